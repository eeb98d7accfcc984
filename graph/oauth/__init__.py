"""Signing in by way of providers, and the accounts there that belong to a user."""
