"""What goes on in the process of the subscribers: their sockets, and what can be asked of them."""

import asyncio
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, count
from typing import Final, Protocol

from bench.generator import endless
from bench.listener import Listener, Seat
from bench.score import Score
from bench.writer import WriteFailed, Writer

SECONDS_TO_OPEN = 300
SECONDS_TO_CLOSE = 60
OPERATIONS_A_SECOND = 300
"""How fast subscriptions begin, so that what is measured is not how many a server can begin at the same time."""
SECONDS_TO_DRAIN = 120
SECONDS_OF_SILENCE = 2.0
"""After which a probe that has not reached everybody will not any more."""
MAX_REFUSALS = 5
"""Of probes."""
SECONDS_BETWEEN_LOOKS: Final = 0.02
_OPENING_AT_A_TIME: Final = 32
NUMBERS: Final = count(500_000_000)
"""For `COUNTER`; other numbers than the generator's, whose update to the same one would change nothing."""


class Hall:
    """The sockets that are open, and the run that counts what they hear."""

    def __init__(self) -> None:
        self.listeners: list[Listener] = []
        self.run: Score | None = None
        self.writers: defaultdict[int, list[Writer]] = defaultdict(list)
        """Open connections that are free, by their port."""

    def hear(self, listener: Listener) -> None:
        """Note one message with a result."""
        if self.run is not None:
            self.run.note(listener.count)

    @asynccontextmanager
    async def writer(self, port: int) -> AsyncIterator[Writer]:
        """A connection that nobody else has, a new one if need be: the server closes those that are idle for long."""
        free = self.writers[port]
        free[:] = [writer for writer in free if not writer.transport.is_closing()]
        if free:
            writer = free.pop()
        else:
            _, writer = await asyncio.get_running_loop().create_connection(Writer, "127.0.0.1", port)
        yield writer
        free.append(writer)

    def start_anew(self) -> None:
        """Set all counts to zero."""
        for listener in self.listeners:
            listener.count = 0

    def check(self) -> None:
        """Raise `RuntimeError` when a socket was closed, or got anything that is no result."""
        complaints = [each.complaint for each in self.listeners if each.complaint]
        closed = sum(each.is_closed.done() for each in self.listeners)
        if complaints or closed:
            raise RuntimeError(f"{len(complaints)} complaints, {closed} sockets closed; {complaints[:1]}")

    @property
    def heard(self) -> int:
        """Messages with results since all counts were zero."""
        return sum(each.count for each in self.listeners)


class Command(Protocol):
    """Something to do; what it returns goes back to whoever asked."""

    async def carry_out(self, hall: Hall) -> object:
        """Do it."""


@dataclass(frozen=True, slots=True)
class Take:
    """Open a socket for each seat."""

    port: int
    path: str
    seats: Sequence[Seat]

    async def carry_out(self, hall: Hall) -> None:
        """Some at a time, and not faster than operations may begin; done when all are acknowledged."""
        places, began, operations = asyncio.Semaphore(_OPENING_AT_A_TIME), time.perf_counter(), 0
        async with asyncio.timeout(SECONDS_TO_OPEN), asyncio.TaskGroup() as openings:
            for seat in self.seats:
                await asyncio.sleep(began + operations / OPERATIONS_A_SECOND - time.perf_counter())
                openings.create_task(self._open(hall, seat, places))
                operations += seat.operations

    async def _open(self, hall: Hall, seat: Seat, places: asyncio.Semaphore) -> None:
        async with places:
            make = partial(Listener, self.path, seat, hall.hear)
            _, listener = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", self.port)
            hall.listeners.append(listener)
            await listener.is_open


@dataclass(frozen=True, slots=True)
class Ready:
    """Wait until every socket hears what a request writes: `each` messages. Subscriptions are not acknowledged."""

    port: int
    request: bytes
    each: int

    async def carry_out(self, hall: Hall) -> None:
        """Write again and again, each time when it has become quiet, until nobody misses anything."""
        refusals = 0
        async with asyncio.timeout(SECONDS_TO_OPEN):
            for request in endless([self.request], NUMBERS):
                try:
                    if await self._all_heard(hall, request):
                        break
                except WriteFailed:  # a server that thousands have just subscribed to may be too busy
                    refusals += 1
                    if refusals > MAX_REFUSALS:
                        raise
                    await asyncio.sleep(SECONDS_OF_SILENCE)
                hall.check()
        hall.start_anew()

    async def _all_heard(self, hall: Hall, request: bytes) -> bool:
        hall.start_anew()
        async with hall.writer(self.port) as writer:
            await writer.write(request)
        heard, since = -1, time.perf_counter()
        while time.perf_counter() - since < SECONDS_OF_SILENCE:
            if hall.heard != heard:
                heard, since = hall.heard, time.perf_counter()
            elif all(listener.count == self.each for listener in hall.listeners):
                return True
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        return False


@dataclass(frozen=True, slots=True)
class Heard:
    """How many messages with results came since the sockets were ready, once there are `awaited` or no more come."""

    awaited: int

    async def carry_out(self, hall: Hall) -> int:
        """Wait, then a moment more for what should not come."""
        for _ in range(round(SECONDS_TO_DRAIN / SECONDS_BETWEEN_LOOKS)):
            is_enough = hall.heard >= self.awaited
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            if is_enough:
                break
        hall.check()
        return hall.heard


@dataclass(frozen=True, slots=True)
class Empty:
    """Close all sockets."""

    async def carry_out(self, hall: Hall) -> None:
        """Done when the server has closed its ends too."""
        listeners, hall.listeners = hall.listeners, []
        for listener in listeners:
            listener.leave()
        for writer in chain.from_iterable(hall.writers.values()):
            writer.transport.close()
        hall.writers.clear()
        async with asyncio.timeout(SECONDS_TO_CLOSE):
            await asyncio.gather(*(listener.is_closed for listener in listeners))
