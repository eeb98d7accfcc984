"""Signing in by the backends that a server asks."""
