"""The types of actions, one a file; the registry finds them."""
