"""Calls of `transact`."""
