"""Work on indexes of large tables that is done behind the mutations that asked for it, without stopping writers.

What is to be done stands in the catalog, so it survives the process: any process that serves takes up what another
one has left. An advisory lock keeps two from doing the same, and what is built from being changed meanwhile; it ends
with the connection of the one that died. PostgreSQL builds in several transactions (CREATE INDEX CONCURRENTLY); what
one that failed has left is dropped first.
"""

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Awaitable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import ClassVar, Final

import asyncpg

from adapters.database import AWAY, SESSION_SETTINGS, Connection, Database, Unit
from adapters.tasks import beside

SECONDS_BETWEEN: Final = 30
"""Between two looks for what other processes have left, or what failed; a process looks at once for its own."""

GONE: Final = (asyncpg.UndefinedTableError, asyncpg.UndefinedColumnError, asyncpg.InvalidSchemaNameError)
"""What PostgreSQL says when the table or the column was dropped before the work on it began."""

logger = logging.getLogger(__name__)


class Builder(ABC):
    """Does what is to be done in one database. Each thing has a number, by which it is locked."""

    what: ClassVar[str]
    """What is built, for the log."""
    connection_name: ClassVar[str]
    """What PostgreSQL shows its connection as."""
    lock: ClassVar[int]
    """First key of the advisory locks; the second is the number of the thing."""
    waiting: ClassVar[str]
    """The statement that finds what is to be done: rows with a `number`, among other things."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wanted = asyncio.Event()

    @abstractmethod
    async def build(self, connection: Connection, row: asyncpg.Record) -> None:
        """Do what a row of `waiting` asks for, as far as it is still to be done; under the lock of its number."""

    def wake(self) -> None:
        """Have it done soon, where `running` is under way; elsewhere a process that serves finds it."""
        self._wanted.set()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Do what is to be done, now and then for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            self._wanted.clear()
            await self._warned(self.build_pending())
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_BETWEEN):
                    await self._wanted.wait()

    async def build_pending(self) -> None:
        """Do what is to be done and what nobody else does; what fails for lack of the database or of time stays."""
        async with self._database.unit() as unit:
            waiting = await unit.connection.fetch(self.waiting)
        if not waiting:
            return
        async with self._own_connection() as connection:
            for row in waiting:
                await self._warned(self._build_alone(connection, row))

    async def _build_alone(self, connection: Connection, row: asyncpg.Record) -> None:
        number = row["number"]
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", self.lock, number):
            return
        try:
            await self.build(connection, row)
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock($1, $2)", self.lock, number)

    async def _warned(self, work: Awaitable[None]) -> None:
        """Leave what fails to the next look: the database may be away, or somebody in the way."""
        try:
            await work
        except AWAY as error:
            logger.warning("%s was not built: %s", self.what, error)
        except Exception:  # such as a type of field that a newer server has made: others are still built
            logger.exception("%s was not built", self.what)

    def _own_connection(self) -> AbstractAsyncContextManager[Connection]:
        """It works for long, and its end frees the locks."""
        settings = {**SESSION_SETTINGS, "application_name": self.connection_name, "statement_timeout": "0"}
        return self._database.own_connection(seconds=None, **settings)


async def hold(unit: Unit, lock: int, numbers: Sequence[int]) -> None:
    """Keep things with these numbers from being built until the transaction ends, and stop those that are."""
    if numbers:
        await unit.connection.execute(_STOP, lock, numbers)
        await unit.connection.execute(_HOLD, lock, numbers)


_STOP: Final = """
SELECT pg_cancel_backend(l.pid) FROM pg_locks l JOIN pg_database d ON d.oid = l.database
 WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database()
   AND l.classid::bigint = $1 AND l.objid::bigint = ANY($2::bigint[]) AND l.objsubid = 2 AND l.pid <> pg_backend_pid()
"""
_HOLD: Final = "SELECT pg_advisory_xact_lock($1::integer, n::integer) FROM unnest($2::bigint[]) n"
