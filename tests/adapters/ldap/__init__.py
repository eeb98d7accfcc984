"""Directories, on a real slapd."""
