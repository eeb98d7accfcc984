"""Signing in by way of a provider: sending somebody there, taking them back, and which accounts there are theirs."""
