"""Streams of changes: what is read of the log once in a process, for all who follow the same."""
