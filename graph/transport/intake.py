"""What clients have sent of requests and messages that are not complete: each is bounded, and so are all together."""

from types import TracebackType
from typing import Final, Self

INTAKE: Final = "tablegraph.intake"
"""Where the application's lifespan puts its `Intake` into the state of the server."""
FREE: Final = 16 << 10
"""Bytes of one request or message that are never refused: nearly all have fewer."""
TOO_MUCH: Final = "The server has too many requests to read that are not complete; try again in a moment."


class Intake:
    """That of one process, `most` bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self.held = 0
        """Bytes that wait for the rest."""

    def begin(self) -> "Part":
        """A request or message that is not complete yet."""
        return Part(self)

    def holds(self, before: int, now: int) -> bool:
        """Count a part that has grown, or shrunk; False, and nothing is counted, where that is too much."""
        if now > max(before, FREE) and self.held - before + now > self._most:
            return False
        self.held += now - before
        return True


class Part:
    """One of them; a context manager, at whose end nothing of it is held any more."""

    __slots__ = ("_intake", "_size")

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._size = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.holds(0)

    def holds(self, size: int) -> bool:
        """Note that so many bytes are held by now; False where that is too much."""
        if not self._intake.holds(self._size, size):
            return False
        self._size = size
        return True
