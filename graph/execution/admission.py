"""How many operations a process takes on at a time. More than it can serve would wait, and make all others wait."""

from typing import Final

from domain.errors import Unavailable

OVERLOADED: Final = "The server has more to do than it can; try again in a moment."


class Admission:
    """Counts the queries and mutations that run, over whatever transport; subscriptions have limits of their own.

    Used as a context manager around one of them: raises `Unavailable` where there are `most` already.
    """

    __slots__ = ("most", "refused", "running")

    def __init__(self, most: int) -> None:
        self.most = most
        self.running = 0
        self.refused = 0
        """How many were refused since the process began, here or before they came here."""

    @property
    def is_full(self) -> bool:
        """Whether the next one would be refused."""
        return self.running >= self.most

    def __enter__(self) -> None:
        if self.running >= self.most:
            self.refused += 1
            raise Unavailable(OVERLOADED)
        self.running += 1

    def __exit__(self, *_: object) -> None:
        self.running -= 1
