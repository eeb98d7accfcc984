"""Upkeep of the change log: partitions are made ahead, and those older than the retention are dropped.

Nobody who writes or reads is held up by it. A partition is attached, never created in place; it is detached
concurrently, and what was dropped is noted before, so that whoever comes with an older cursor is told. The clock is
the database's. Of many processes one does the work at a time.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from adapters.database import AWAY, SECONDS_OF_SILENCE, Connection, Database
from adapters.tasks import beside
from domain.changes.partitions import Partition, expired, to_make
from domain.sql import quote_name

MAKING: Final = 0x6C6F67  # "log" in ASCII
DROPPING: Final = MAKING + 1
"""Keys of the advisory locks under which the work is done."""
LOCK_TIMEOUT: Final = "4s"
"""How long attaching a partition may wait for others that change the log's tables."""
SECONDS_TO_DETACH: Final = 60
"""How long detaching may wait for transactions that are open; it is finished at one of the next looks."""
SECONDS_BETWEEN: Final = 30
"""Between two looks; how soon there are partitions again when the database's clock has leapt, or after a failure."""

_TABLES: Final = r"""
SELECT c.relname, i.inhdetachpending FROM pg_class c LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
 WHERE c.relkind = 'r' AND c.relname ~ '^changes_[0-9]+_[0-9]+$'
   AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'changes'::regclass)
"""
_CLOCK: Final = """
SELECT floor(extract(epoch FROM now()))::bigint, (
       SELECT floor(extract(epoch FROM min(xact_start)))::bigint FROM pg_stat_activity
        WHERE datname = current_database())
"""


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _State:
    """The log's partitions; `leaving` are those that are being detached, `left` are detached and still there.

    `now` and `oldest`, when the first of the open transactions began, are seconds since 1970.
    """

    staying: list[Partition]
    leaving: list[Partition]
    left: list[Partition]
    now: int
    oldest: int


class LogUpkeep:
    """Keeps the log of one database within its retention."""

    def __init__(self, database: Database, retention: timedelta) -> None:
        self._database = database
        self._retention = retention

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to the log now, and then every now and then for as long as the block lasts."""
        await _warned(self.make_ahead())
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            await _warned(self.make_ahead())
            await _warned(self.drop_expired())
            await asyncio.sleep(SECONDS_BETWEEN)

    async def make_ahead(self) -> None:
        """Make the partitions that the present and the time ahead need."""
        async with self._database.unit() as unit:
            if not await self._missing(unit.connection):
                return
        async with self._database.transaction() as unit:
            connection = unit.connection
            await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
            await connection.execute("SELECT pg_advisory_xact_lock($1)", MAKING)
            for partition in await self._missing(connection):
                await connection.execute(
                    f"CREATE TABLE {quote_name(partition.name)} (LIKE changes INCLUDING DEFAULTS);"
                    f" ALTER TABLE changes ATTACH PARTITION {quote_name(partition.name)}"
                    f" FOR VALUES {partition.bounds}"
                )

    async def _missing(self, connection: Connection) -> list[Partition]:
        state = await _state(connection)
        return to_make([*state.staying, *state.leaving], state.now, self._retention)

    async def drop_expired(self) -> None:
        """Drop the partitions that are older than the retention, unless another process is about it.

        What is cut off or fails in the middle is finished by the next call, whoever makes it.
        """
        async with self._database.unit() as unit:
            state = await _state(unit.connection)
            if not (state.leaving or self._expired(state.staying, state) or self._expired(state.left, state)):
                return
        async with self._own_connection() as connection:
            if await connection.fetchval("SELECT pg_try_advisory_lock($1)", DROPPING):
                await self._drop_expired(connection)

    def _expired(self, partitions: list[Partition], state: _State) -> list[Partition]:
        return expired(partitions, state.now, self._retention, state.oldest)

    async def _drop_expired(self, connection: Connection) -> None:
        """In three steps, each of which begins with what is there: PostgreSQL detaches one partition at a time."""
        for partition in (await _state(connection)).leaving:
            await _detach(connection, partition, "FINALIZE")
        state = await _state(connection)
        for partition in self._expired(state.staying, state):
            await _note_horizon(connection, partition)
            await _detach(connection, partition, "CONCURRENTLY")
        state = await _state(connection)
        for partition in self._expired(state.left, state):
            await _note_horizon(connection, partition)  # somebody else may have detached it, by hand
            await connection.execute(f"DROP TABLE {quote_name(partition.name)}")
            logger.info("the changes of %s were dropped", partition.name)

    def _own_connection(self) -> AbstractAsyncContextManager[Connection]:
        """It may have to wait for long, and its end frees the lock."""
        return self._database.own_connection(
            seconds=SECONDS_TO_DETACH + SECONDS_OF_SILENCE,
            application_name="tablegraph upkeep",
            TimeZone="UTC",
            statement_timeout=f"{SECONDS_TO_DETACH}s",
        )


async def _warned(work: Awaitable[None]) -> None:
    """Leave what fails to the next look: the database may be away, or somebody in the way."""
    try:
        await work
    except AWAY as error:
        logger.warning("the change log was not seen to: %s", error)


async def _state(connection: Connection) -> _State:
    found: dict[bool | None, list[Partition]] = {False: [], True: [], None: []}
    for row in await connection.fetch(_TABLES):
        partition = Partition.named(row["relname"])
        if partition is not None:
            found[row["inhdetachpending"]].append(partition)
    clock = await connection.fetchrow(_CLOCK)
    assert clock is not None  # a SELECT without FROM has one row
    return _State(found[False], found[True], found[None], *clock)


async def _note_horizon(connection: Connection, partition: Partition) -> None:
    """Committed before the first change is out of sight; no transaction is open that could write another one there."""
    await connection.execute(
        f"INSERT INTO change_horizon AS h (id, xid)"  # noqa: S608  # a name that we made
        f" SELECT 1, c.xid FROM {quote_name(partition.name)} c ORDER BY c.xid DESC LIMIT 1"
        " ON CONFLICT (id) DO UPDATE SET xid = greatest(h.xid, excluded.xid)"
    )


async def _detach(connection: Connection, partition: Partition, how: str) -> None:
    await connection.execute(f"ALTER TABLE changes DETACH PARTITION {quote_name(partition.name)} {how}")
