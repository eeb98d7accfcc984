"""What runs: the program, its processes and the HTTP application."""

import gc

# Imports and the schema make a million objects that stay, and requests some thousands that are soon let go of: at its
# usual 700, the cyclic collector took a fifth of the CPU of a start, and with what stays a fourth of a server's.
gc.set_threshold(10_000)
