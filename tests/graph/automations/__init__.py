"""Automations through the API."""
