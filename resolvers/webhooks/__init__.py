"""Webhooks: other servers are told of what happens to records, and each event is told once."""
