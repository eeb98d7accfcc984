"""Schedules that users make, of functions and of automations."""
