"""Signing in with the passwords of a directory, by LDAP (RFC 4511): one conversation a sign-in."""
