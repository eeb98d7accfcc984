"""Work that takes long lets others have their turn."""

import asyncio
from collections import deque
from collections.abc import Iterable
from time import monotonic
from typing import Final

from domain.records.values import Row

TURN_SECONDS: Final = 0.01
"""How long one piece of work may keep the event loop to itself."""
TOGETHER: Final = 10
"""How many coroutines of one piece of work go on in one turn."""


class Turns:
    """Of one piece of work, by however many coroutines it is done."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._ends = monotonic() + TURN_SECONDS

    @property
    def is_over(self) -> bool:
        """Whether the work has to let others go first."""
        return monotonic() > self._ends

    async def next(self) -> None:
        """Let others go first, and go on in the order of asking, a few coroutines whenever the event loop comes round.

        However many ask, each of them waits once.
        """
        waiter = asyncio.get_running_loop().create_future()
        self._waiting.append(waiter)
        if len(self._waiting) == 1:
            waiter.get_loop().call_soon(self._begin)
        await waiter

    def _begin(self) -> None:
        self._ends = monotonic() + TURN_SECONDS
        for _ in range(min(TOGETHER, len(self._waiting))):
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
        if self._waiting:
            self._waiting[0].get_loop().call_soon(self._begin)


async def in_turns(rows: Iterable[Row]) -> list[Row]:
    """All rows, parsed a few at a time: other requests get their turn every few milliseconds."""
    parsed: list[Row] = []
    turns = Turns()
    for row in rows:
        parsed.append(row)
        if turns.is_over:
            await turns.next()
    return parsed
