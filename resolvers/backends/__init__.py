"""The backends that `login` asks whose a name and a password are."""
