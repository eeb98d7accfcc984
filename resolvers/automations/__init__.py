"""The use cases of automations."""
