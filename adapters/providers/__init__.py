"""Providers of accounts: how somebody is sent there, and what comes back. One file a protocol."""
