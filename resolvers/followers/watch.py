"""Looks after the followers in one process: whenever a table changes that somebody follows, they get their turns.

A look costs as much as there are changes, however many followers there are; where nobody follows anything, there is
next to none. What a look has missed (another process ended in the middle of a turn) is found by a sweep.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Final
from uuid import UUID

from adapters.database import AWAY
from adapters.tasks import beside, end_task
from domain.changes.new import CURRENT, OF_RECORDS, new_since
from resolvers.followers.follower import Reader
from resolvers.followers.following import FOLLOWERS, NOW
from resolvers.followers.turn import Outcome, take_turn

if TYPE_CHECKING:
    from resolvers.services import Services

logger = logging.getLogger(__name__)

AT_ONCE: Final = 2
"""Turns at a time in a process: each holds a connection."""
SECONDS_BETWEEN_SWEEPS: Final = 60.0
SECONDS_BETWEEN_LOOKS: Final = 0.02
"""At least: what comes meanwhile is seen together."""

_TABLES: Final = "SELECT DISTINCT unnest(tables) FROM log_followers"
_LOOK: Final = f"""
SELECT {CURRENT}, ARRAY(
    SELECT f.id FROM log_followers f
     WHERE (f.rests_until IS NULL OR f.rests_until <= now())
       AND f.tables && ARRAY(SELECT DISTINCT c.table_id FROM changes c
                              WHERE {OF_RECORDS} AND {new_since("$1::text::pg_snapshot")})
    UNION SELECT f.id FROM log_followers f WHERE f.rests_until <= now())
"""
_SINCE: Final = "split_part(convert_from(decode(f.cursor, 'hex'), 'UTF8'), '/', 1)::pg_snapshot"
_HAS_NEWS: Final = f"""
(f.schema_version IS DISTINCT FROM b.schema_version OR length(f.cursor) > 2 * length({_SINCE}::text)
 OR EXISTS (SELECT FROM changes c WHERE {OF_RECORDS} AND c.table_id = ANY(f.tables) AND {new_since(_SINCE)}))
"""
_SWEEP: Final = f"""
SELECT {CURRENT}, ARRAY(
    SELECT f.id FROM log_followers f JOIN bases b ON b.id = f.base_id
     WHERE (f.rests_until IS NULL OR f.rests_until <= now()) AND {_HAS_NEWS})
"""
_SEND_ON: Final = f"""
WITH idle AS (
    SELECT f.id FROM log_followers f JOIN bases b ON b.id = f.base_id
     WHERE f.seen_at < now() - interval '1 hour' AND f.rests_until IS NULL AND NOT {_HAS_NEWS}
       FOR UPDATE OF f SKIP LOCKED)
UPDATE log_followers f SET cursor = {NOW}, seen_at = now() FROM idle WHERE f.id = idle.id
"""
"""Those for whom there is nothing keep up with the log all the same, which forgets what is old."""


class Followers:
    """The followers' turns in one process; `readers` say for each kind what they read."""

    def __init__(self, services: "Services", readers: Mapping[str, Reader]) -> None:
        self._services = services
        self._readers = readers
        self._waiting: dict[UUID, None] = {}
        """In the order in which they are to have their turns."""
        self._turns: dict[UUID, asyncio.Task[None]] = {}
        self._position: str | None = None
        self._swept_at = 0.0
        self._woken = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Look after the followers for as long as the block lasts; turns under way are rolled back behind it."""
        try:
            async with beside(self._go_on()):
                yield
        finally:
            self._waiting.clear()
            for task in list(self._turns.values()):
                await end_task(task)

    async def _go_on(self) -> None:
        while True:
            try:
                await self._listen()
            except AWAY as error:
                logger.warning("the followers were not looked after: %s", error)
                await asyncio.sleep(self._pause)
            except Exception:
                logger.exception("the followers were not looked after")
                await asyncio.sleep(self._pause)

    async def _listen(self) -> None:
        """Look whenever the bus says so, until other tables are followed, or it is time for a sweep."""
        bus = self._services.bus
        with bus.listening(FOLLOWERS) as others:
            tables = await self._tables()
            with bus.listening(*tables) as self._woken:
                is_first = True
                while is_first or (tables and not others.is_set() and not self._is_due_for_sweep()):
                    is_first = False
                    if tables:
                        await self._look()
                        self._give_turns()
                    await self._wait(others)

    async def _wait(self, others: asyncio.Event) -> None:
        """Until something is said, or for the pause; but not so short that each change costs a look."""
        await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
        waits = [asyncio.ensure_future(event.wait()) for event in (others, self._woken)]
        try:
            await asyncio.wait(waits, timeout=self._pause, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()
        self._woken.clear()

    @property
    def _pause(self) -> float:
        return self._services.limits.event_poll_interval.total_seconds()

    async def _tables(self) -> frozenset[UUID]:
        async with self._services.database.unit() as unit:
            return frozenset(row[0] for row in await unit.connection.fetch(_TABLES))

    def _is_due_for_sweep(self) -> bool:
        return asyncio.get_running_loop().time() - self._swept_at > SECONDS_BETWEEN_SWEEPS

    async def _look(self) -> None:
        async with self._services.database.unit() as unit:
            if self._position is None or self._is_due_for_sweep():
                [(position, ids)] = await unit.connection.fetch(_SWEEP)
                await unit.connection.execute(_SEND_ON)
                self._swept_at = asyncio.get_running_loop().time()
            else:
                [(position, ids)] = await unit.connection.fetch(_LOOK, self._position)
        self._position = position
        self._waiting.update(dict.fromkeys(ids))

    def _give_turns(self) -> None:
        for id in list(self._waiting):
            if len(self._turns) >= AT_ONCE:
                return
            if id not in self._turns:
                del self._waiting[id]
                self._turns[id] = task = asyncio.create_task(self._take_turns(id))
                task.add_done_callback(partial(self._ended, id))

    def _ended(self, id: UUID, _: asyncio.Task[None]) -> None:
        del self._turns[id]
        self._give_turns()

    async def _take_turns(self, id: UUID) -> None:
        """Until nothing more is new, or others wait for theirs; what fails with the database comes again."""
        try:
            outcome = await take_turn(self._services, self._readers, id)
            while outcome is Outcome.MORE and not self._waiting:
                outcome = await take_turn(self._services, self._readers, id)
            if outcome is Outcome.HELD:
                await asyncio.sleep(self._pause)
            if outcome in (Outcome.HELD, Outcome.MORE):
                self._waiting[id] = None
        except AWAY as error:
            logger.warning("a follower lost the database: %s", error)
            await asyncio.sleep(self._pause)
            self._waiting[id] = None
