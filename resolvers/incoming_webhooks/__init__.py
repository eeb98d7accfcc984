"""Incoming webhooks: other servers bring in records by an address that holds a token."""
