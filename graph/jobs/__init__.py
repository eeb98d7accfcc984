"""Work in the background, as administrators see it."""
