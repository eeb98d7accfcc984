"""Formula fields through the API."""
