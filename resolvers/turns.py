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
        self._none_waits: asyncio.Event | None = None
        self.begin()

    def begin(self) -> None:
        """Begin a turn: the work has waited for something, and others had theirs."""
        self._ends = monotonic() + TURN_SECONDS

    @property
    def is_over(self) -> bool:
        """Whether the work has to let others go first."""
        return monotonic() > self._ends

    async def next(self) -> None:
        """Let others go first, and go on in the order of asking, a few coroutines whenever the event loop comes round.

        However many ask, each of them waits once.
        """
        loop = asyncio.get_running_loop()
        waiter = loop.create_future()
        self._waiting.append(waiter)
        if self._none_waits is None:
            self._none_waits = asyncio.Event()
            loop.call_soon(self._go_on, loop, self._none_waits)
        await waiter

    async def all_taken(self) -> None:
        """Return once no coroutine of the work waits for its turn, and those that did have gone on."""
        while self._none_waits is not None:
            await self._none_waits.wait()
            await asyncio.sleep(0)  # for the tasks that they have begun

    def _go_on(self, loop: asyncio.AbstractEventLoop, none_waits: asyncio.Event) -> None:
        if not self._waiting:
            self._none_waits = None
            none_waits.set()
            return
        self.begin()
        for _ in range(min(TOGETHER, len(self._waiting))):
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
        loop.call_soon(self._go_on, loop, none_waits)


async def in_turns(rows: Iterable[Row]) -> list[Row]:
    """All rows, parsed a few at a time: other requests get their turn every few milliseconds."""
    parsed: list[Row] = []
    turns = Turns()
    for row in rows:
        parsed.append(row)
        if turns.is_over:
            await turns.next()
    return parsed
