"""Codes of apps, recovery codes and passkeys."""
