"""The bus: wakes whoever waits for changes of a topic, in this process and in the others of the same database.

It only wakes. What has changed is read from the change log, and a wake-up that is lost costs whoever waits until its
next look, never an event. Between processes it is PostgreSQL's LISTEN and NOTIFY, on one connection of its own:
NOTIFY inside the transactions that write would let them commit only one after the other.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from typing import Final
from uuid import UUID

import asyncpg

from adapters.database import Connection, Database

CHANNEL: Final = "tablegraph_changes"
APPLICATION: Final = "tablegraph bus"
"""What the database knows the bus's connections by."""
COALESCED_SECONDS: Final = 0.01
"""How long what was published is gathered before the next wake-up of its topic is sent."""
RETRY_SECONDS: Final = 1.0
CONNECT_SECONDS: Final = 10.0

_NOTIFY: Final = "SELECT pg_notify($1, topic) FROM unnest($2::text[]) topic"
_LOST: Final = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError)

logger = logging.getLogger(__name__)


class Bus:
    """One process's end of the bus. Nothing is carried outside of `running`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._listeners: dict[UUID, set[asyncio.Event]] = {}
        self._published: set[UUID] = set()
        self._has_published = asyncio.Event()
        self._connection: Connection | None = None

    def publish(self, topic: UUID) -> None:
        """Wake the listeners of a topic, soon; called by writers, so it does next to nothing."""
        self._published.add(topic)
        self._has_published.set()

    @property
    def listeners(self) -> int:
        """How many wait here, over all topics."""
        return sum(map(len, self._listeners.values()))

    @property
    def is_connected(self) -> bool:
        """Whether other processes are heard, and hear."""
        return self._connection is not None

    @contextmanager
    def listening(self, topic: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever the topic may have news; whoever waits for it clears it before it looks."""
        woken = asyncio.Event()
        self._listeners.setdefault(topic, set()).add(woken)
        try:
            yield woken
        finally:
            listeners = self._listeners[topic]
            listeners.discard(woken)
            if not listeners:
                del self._listeners[topic]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Carry wake-ups for as long as the block lasts, over as many connections as it takes."""
        async with AsyncExitStack() as stack:
            for work in (self._relay, self._stay_connected):
                stack.push_async_callback(_cancelled, asyncio.create_task(work()))
            yield

    async def _relay(self) -> None:
        """Wake listeners here at once, and those of other processes by a notification."""
        while True:
            await self._has_published.wait()
            self._has_published.clear()
            topics, self._published = self._published, set()
            for topic in topics:
                self._wake(topic)
            await self._notify(topics)
            await asyncio.sleep(COALESCED_SECONDS)

    def _wake(self, topic: UUID) -> None:
        for woken in self._listeners.get(topic, ()):
            woken.set()

    async def _notify(self, topics: set[UUID]) -> None:
        if self._connection is None:
            return
        try:
            await self._connection.execute(_NOTIFY, CHANNEL, [str(topic) for topic in topics], timeout=RETRY_SECONDS)
        except _LOST as error:
            logger.warning("wake-ups were not sent: %s", error)

    async def _stay_connected(self) -> None:
        while True:
            try:
                await self._connect()
            except _LOST as error:
                logger.warning("the bus is not connected: %s", error)
            await asyncio.sleep(RETRY_SECONDS)

    async def _connect(self) -> None:
        """Listen until the connection is lost."""
        _, arguments = self._database.engine.dialect.create_connect_args(self._database.url)
        settings = {"application_name": APPLICATION}
        connection: Connection = await asyncpg.connect(**arguments, server_settings=settings, timeout=CONNECT_SECONDS)
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        try:
            await connection.add_listener(CHANNEL, self._hear)
            self._connection = connection
            await lost.wait()
        finally:
            self._connection = None
            connection.terminate()

    def _hear(self, connection: object, sender: int, _channel: str, payload: object) -> None:
        own = self._connection
        if own is None or connection is not own or sender != own.get_server_pid():
            self._wake(UUID(str(payload)))


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.wait([task])
