"""The types of triggers, one a file; the registry finds them."""
