"""Benchmarks: the server beside the least that could do the same work. See bench/README.md."""
