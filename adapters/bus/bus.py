"""One process's end of the bus: who listens here, what was published here, and a connection to the other processes.

The bus only wakes. What has changed is read from the change log, and a wake-up that is lost costs whoever waits until
its next look, never an event. So a writer never waits for the bus and never hears of its failures, and what cannot be
sent is dropped: each process wakes all who listen in it whenever it is connected anew.
"""

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from typing import Final
from uuid import UUID, uuid4

from adapters.bus.carrier import Carrier, Send
from adapters.bus.messages import messages, read_message
from adapters.tasks import end_task

COALESCED_SECONDS: Final = 0.01
"""How long what was published is gathered before the next wake-up of its topic is sent."""
CONNECT_SECONDS: Final = 10.0
PROBE_SECONDS: Final = 5.0
"""After how long without anything to send a process sends a message to itself, to know whether the way is open; and
how long sending may take."""
SILENT_PROBES: Final = 3
"""How many of these times may pass without hearing anything, oneself included, until the way counts as closed."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 5.0
"""Seconds between attempts to connect: each one about twice as long as the one before."""

logger = logging.getLogger(__name__)


class Bus:
    """Listeners and publishers of this process. Nothing is carried outside of `running`."""

    def __init__(self, carrier: Carrier, *, probe_seconds: float = PROBE_SECONDS) -> None:
        self._carrier = carrier
        self._probe_seconds = probe_seconds
        self._origin = uuid4()
        self._listeners: dict[UUID, set[asyncio.Event]] = {}
        self._published: set[UUID] = set()
        self._has_published = asyncio.Event()
        self._outgoing: set[UUID] = set()
        self._has_outgoing = asyncio.Event()
        self._has_come_back = asyncio.Event()
        self._is_failing = False
        self.is_connected = False
        """Whether other processes are heard, and hear."""
        self.connections = 0
        """How many connections were made, one after the other."""
        self.last_heard = 0.0
        """When a message came, this process's own ones too, in seconds of the event loop's clock."""
        self.sent = 0
        self.received = 0
        """How many wake-ups went to other processes, and came from them; a wake-up is of one topic."""

    def publish(self, topic: UUID) -> None:
        """Wake the listeners of a topic, soon; called by writers, so it does next to nothing."""
        self._published.add(topic)
        self._has_published.set()

    @property
    def listeners(self) -> int:
        """How many wait here, over all topics."""
        return len(set().union(*self._listeners.values()))

    @contextmanager
    def listening(self, *topics: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever a topic may have news; whoever waits for it clears it before it looks."""
        woken = asyncio.Event()
        for topic in topics:
            self._listeners.setdefault(topic, set()).add(woken)
        try:
            yield woken
        finally:
            for topic in topics:
                listeners = self._listeners[topic]
                listeners.discard(woken)
                if not listeners:
                    del self._listeners[topic]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry wake-ups for as long as the block lasts, over as many connections as it takes."""
        async with AsyncExitStack() as stack:
            for work in (self._relay, self._stay_connected):
                stack.push_async_callback(end_task, asyncio.create_task(work()))
            yield

    async def probe(self) -> None:
        """Connect, hear oneself and part again; raises what the carrier's library does, or `TimeoutError`."""
        async with asyncio.timeout(CONNECT_SECONDS):
            async with self._carrier.connected(self._hear, lambda: None) as send:
                await self._try(send)

    async def _relay(self) -> None:
        """Wake listeners here at once, whatever the connection does, and leave the other processes to it."""
        while True:
            await self._has_published.wait()
            self._has_published.clear()
            topics, self._published = self._published, set()
            self._wake(topics)
            if self.is_connected:
                self._outgoing |= topics
                self._has_outgoing.set()
            await asyncio.sleep(COALESCED_SECONDS)

    def _wake(self, topics: set[UUID] | list[UUID]) -> None:
        for topic in topics:
            for woken in self._listeners.get(topic, ()):
                woken.set()

    async def _stay_connected(self) -> None:
        pause = FIRST_PAUSE
        while True:
            before = self.connections
            try:
                await self._connect()
            except Exception as error:  # whatever it is, and whosever library it comes from: the bus must go on trying
                self._tell(error)
            pause = FIRST_PAUSE if self.connections > before else min(2 * pause, LONGEST_PAUSE)
            # Not all processes at the same moment, when what carries the bus is there again.
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311  # no secret

    async def _connect(self) -> None:
        """Carry wake-ups over one connection, until it is lost or raises."""
        lost = asyncio.Event()

        def lose() -> None:
            lost.set()
            self._has_outgoing.set()

        async with AsyncExitStack() as stack:
            async with asyncio.timeout(CONNECT_SECONDS):
                send = await stack.enter_async_context(self._carrier.connected(self._hear, lose))
                await self._try(send)
            try:
                self._begin()
                await self._carry(send, lost)
            finally:
                self.is_connected = False

    async def _try(self, send: Send) -> None:
        """Send an empty message and wait for it: who may listen but not publish, say, is not connected."""
        self._outgoing.clear()
        self._has_come_back.clear()
        await self._send(send)
        await self._has_come_back.wait()

    def _begin(self) -> None:
        if self._is_failing:
            logger.info("the bus is connected again")
        self._is_failing = False
        self.connections += 1
        self._wake(list(self._listeners))  # there is no knowing what was published meanwhile
        self.is_connected = True

    async def _carry(self, send: Send, lost: asyncio.Event) -> None:
        clock = asyncio.get_running_loop().time
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._probe_seconds):
                    await self._has_outgoing.wait()
            if lost.is_set():
                raise ConnectionError("the connection was lost")
            if clock() - self.last_heard > SILENT_PROBES * self._probe_seconds:
                raise ConnectionError("nothing comes through any more")
            await self._send(send)

    async def _send(self, send: Send) -> None:
        """Send what was gathered; nothing at all is worth a message too, for it comes back."""
        self._has_outgoing.clear()
        topics, self._outgoing = list(self._outgoing), set()
        async with asyncio.timeout(self._probe_seconds):
            await send(list(messages(self._origin, topics, self._carrier.max_length)))
        self.sent += len(topics)

    def _hear(self, message: str) -> None:
        try:
            origin, topics = read_message(message)
        except ValueError as error:
            logger.warning("ignored what somebody else sent: %s", error)
            return
        self.last_heard = asyncio.get_running_loop().time()
        if origin == self._origin:
            self._has_come_back.set()
        else:
            self.received += len(topics)
            self._wake(topics)

    def _tell(self, error: Exception) -> None:
        """Log the first failure of a row; the others would say the same."""
        level = logging.DEBUG if self._is_failing else logging.WARNING
        self._is_failing = True
        logger.log(level, "the bus is not connected, and goes on trying: %s", str(error) or type(error).__name__)
