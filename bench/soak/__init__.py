"""The soak: writers, readers that drop, servers that are killed; in the end each reader has seen exactly the log."""
