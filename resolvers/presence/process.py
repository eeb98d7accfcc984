"""This process's part in presence: which connections it holds in which channels, and that it is alive."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Coroutine
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid4

import asyncpg

from adapters.bus import Bus
from adapters.database import AWAY, Database
from domain.accounts.viewer import Viewer
from domain.errors import RateLimited
from domain.presence.channels import Channel, topic_of
from domain.presence.statements import CLOSE, END, JOIN, LEAVE, REGISTER, RENEW, RENEWED_SECONDS, SWEEP
from resolvers.presence.cursors import Cursors
from resolvers.presence.limits import PresenceLimits
from resolvers.presence.rooms import Event, Room, Rooms, Subscriber

logger = logging.getLogger(__name__)

SECONDS_TO_LEAVE: Final = 1.0
"""How long a server that stops waits for the database to know it; otherwise its members expire by themselves."""


@dataclass(slots=True)
class _Connection:
    """A client's connection. `channels` counts its subscriptions; its writes come one after the other by `turn`."""

    user_id: UUID
    channels: dict[Channel, int] = field(default_factory=dict)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class Presence:
    """The members that this process holds, and the rooms of its subscribers.

    What the database has of them follows what is here: when it was lost there (a crash of the database empties
    unlogged tables, and others sweep a process that stood still for long), all is registered anew.
    """

    def __init__(self, database: Database, bus: Bus, limits: Callable[[], PresenceLimits]) -> None:
        self._database = database
        self._bus = bus
        self._limits = limits
        self._id = uuid4()
        self._connections: dict[UUID, _Connection] = {}
        self._rooms = Rooms(lambda channel: Room(channel, database, bus, limits()))
        self._is_registered = True
        self._beating: asyncio.Task[None] | None = None
        self._leaving: set[asyncio.Task[None]] = set()
        self.cursors = Cursors(database, bus, lambda: limits().pause_seconds)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """At the end of the block, when the server stops, its members are gone at once."""
        try:
            yield
        finally:
            await self._stop()

    def holds(self, connection_id: UUID, user_id: UUID, channel: Channel) -> bool:
        """Whether this user's connection is here, and in this channel."""
        connection = self._connections.get(connection_id)
        return connection is not None and connection.user_id == user_id and channel in connection.channels

    async def follow(self, channel: Channel, viewer: Viewer, connection_id: UUID) -> AsyncGenerator[Event, None]:
        """Be a member of a channel, and be told what happens there, until the generator is closed.

        The caller has seen that the viewer may see the channel. Raises `RateLimited` for too many channels.
        """
        connection = self._connections.get(connection_id) or _Connection(viewer.user_id)
        is_joining = self._count(connection, channel)
        self._connections[connection_id] = connection
        try:
            await self._join(connection, channel, connection_id, is_joining=is_joining)
            async with aclosing(self._rooms.events(channel, Subscriber(viewer, connection_id))) as events:
                async for event in events:
                    yield event
        finally:
            self._in_background(self._leave(connection, channel, connection_id))

    def _count(self, connection: _Connection, channel: Channel) -> bool:
        """Count one subscription more; whether it is the connection's first of this channel."""
        before, most = connection.channels.get(channel, 0), self._limits().most_channels
        if not before and len(connection.channels) >= most:
            message = f"This connection is in {most} channels, which is the most; leave one first."
            raise RateLimited(message, quota="channels", limit=most, remaining=0)
        connection.channels[channel] = before + 1
        return not before

    async def _join(self, connection: _Connection, channel: Channel, connection_id: UUID, *, is_joining: bool) -> None:
        async with connection.turn:
            if not is_joining:
                return
            async with self._database.unit() as unit:
                user_id = connection.user_id
                is_new = await unit.connection.fetchval(JOIN, self._id, connection_id, user_id, str(channel))
        if is_new and len(self._connections) > 1:
            self._is_registered = False
        self._bus.publish(channel.topic)
        if self._beating is None:
            self._beating = asyncio.create_task(self._beat())

    async def _leave(self, connection: _Connection, channel: Channel, connection_id: UUID) -> None:
        """Count one subscription less; the last one of a channel takes the member out of it."""
        async with connection.turn:
            left = connection.channels.pop(channel) - 1
            if left:
                connection.channels[channel] = left
                return
            try:
                await self._take_out(connection, channel, connection_id)
            except AWAY as error:
                self._is_registered = False
                logger.warning("a member of %s was not taken out yet: %s", channel, error)
            if not connection.channels:
                del self._connections[connection_id]
        self._bus.publish(channel.topic)

    async def _take_out(self, connection: _Connection, channel: Channel, connection_id: UUID) -> None:
        async with self._database.unit() as unit:
            if connection.channels:
                await unit.connection.execute(LEAVE, connection_id, str(channel))
            else:
                await unit.connection.execute(CLOSE, connection_id)

    def _in_background(self, work: Coroutine[Any, Any, None]) -> None:
        """Do it even when who asks for it is being cancelled."""
        task = asyncio.create_task(work)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def _beat(self) -> None:
        """Say that this process is alive, for as long as it has members or has some to take back."""
        while True:
            await asyncio.sleep(RENEWED_SECONDS)
            if not self._connections and self._is_registered:
                break
            try:
                await self._renew()
            except Exception as error:  # whatever it is: a process that no longer says so counts as dead
                logger.warning("presence was not renewed: %s", error)
        self._beating = None

    async def _renew(self) -> None:
        async with self._database.unit() as unit:
            is_new = await unit.connection.fetchval(RENEW, self._id)
            if is_new or not self._is_registered:
                await self._register(unit.connection)
            await unit.connection.execute(SWEEP)

    async def _register(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        """Make the database's members those that are here."""
        self._is_registered = True
        members = [(id, each.user_id, channel) for id, each in self._connections.items() for channel in each.channels]
        try:
            ids, users, channels = zip(*members, strict=True) if members else ((), (), ())
            await connection.execute(REGISTER, self._id, ids, users, [str(channel) for channel in channels])
        except AWAY:
            self._is_registered = False
            raise
        for channel in set(channels):
            self._bus.publish(channel.topic)

    async def _stop(self) -> None:
        if self._leaving:
            await asyncio.wait(self._leaving, timeout=SECONDS_TO_LEAVE)
        for task in (self._beating, self.cursors.flushing):
            if task is not None:
                task.cancel()
        with suppress(*AWAY):  # others sweep what is left
            async with asyncio.timeout(SECONDS_TO_LEAVE), self._database.unit() as unit:
                for row in await unit.connection.fetch(END, self._id):
                    self._bus.publish(topic_of(row["channel"]))
