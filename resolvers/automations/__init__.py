"""Automations: making and changing them, setting them off, and what one sees of their runs."""
