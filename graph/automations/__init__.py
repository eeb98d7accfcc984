"""Automations in the API."""
