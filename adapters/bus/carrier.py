"""What every carrier of the bus is: a way to the other processes, over one connection at a time."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Final, Protocol, TypeAlias

APPLICATION: Final = "tablegraph bus"
"""What PostgreSQL knows the bus's connections by."""

Hear: TypeAlias = Callable[[str], None]
"""Takes one message; never raises."""
Send: TypeAlias = Callable[[Sequence[str]], Awaitable[None]]
"""Sends messages; raises whatever the carrier's library does when it cannot."""


class Carrier(Protocol):
    """A way to the other processes. What one of them sends, all of them hear, in order; the sender hears it too."""

    max_length: int
    """Characters of a message, all of them ASCII, at most."""

    def connected(self, hear: Hear, lost: Callable[[], None]) -> AbstractAsyncContextManager[Send]:
        """A connection that lasts as long as the block; `lost` is called as soon as it is known to be broken.

        Raises whatever the carrier's library does when there is no connection to be had.
        """
        ...
