"""The cases, one module a kind."""
