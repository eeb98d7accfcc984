"""Moves of cursors, gathered: each look of the others costs one statement, however often a cursor has moved."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final
from uuid import UUID

import asyncpg

from adapters.bus import Bus
from adapters.database import AWAY, Database
from domain.presence.channels import topic_of
from domain.presence.statements import MOVE

MAX_WAITING: Final = 10_000
"""Cursors that wait to be written; only while the database is away can there be so many."""

logger = logging.getLogger(__name__)

_Place = tuple[UUID, str]
"""A connection, and the text of a channel."""


class Cursors:
    """The newest place of each cursor that has moved since they were last written."""

    def __init__(self, database: Database, bus: Bus, pause_seconds: Callable[[], float]) -> None:
        self._database = database
        self._bus = bus
        self._pause_seconds = pause_seconds
        self._moved: dict[_Place, str] = {}
        self.flushing: asyncio.Task[None] | None = None

    def move(self, connection_id: UUID, channel: str, cursor: str) -> None:
        """Have a member's cursor, JSON text, written soon; the last one wins."""
        if len(self._moved) >= MAX_WAITING and (connection_id, channel) not in self._moved:
            return
        self._moved[connection_id, channel] = cursor
        if self.flushing is None:
            self.flushing = asyncio.create_task(self._flush())

    async def _flush(self) -> None:
        while self._moved:
            await asyncio.sleep(self._pause_seconds())
            moved, self._moved = self._moved, {}
            try:
                await self._write(moved)
            except asyncpg.DataError as error:  # it would fail again, and keep all others back
                logger.error("moves of cursors were dropped: %s", error)
            except AWAY as error:
                logger.warning("moves of cursors were not written yet: %s", error)
                self._moved = moved | self._moved
        self.flushing = None

    async def _write(self, moved: dict[_Place, str]) -> None:
        places = sorted(moved)
        connections, channels = [place[0] for place in places], [place[1] for place in places]
        async with self._database.unit() as unit:
            await unit.connection.execute(MOVE, connections, channels, [moved[place] for place in places])
        for channel in set(channels):
            self._bus.publish(topic_of(channel))
