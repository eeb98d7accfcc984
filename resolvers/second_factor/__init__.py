"""Proving besides, or instead of, a password who one is: codes of an app, recovery codes and passkeys."""
