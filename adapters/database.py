"""PostgreSQL as the rest of the code sees it: one pool, and units of work checked out of it.

SQLAlchemy's engine owns the pool and runs in autocommit mode. A `Unit` is one connection of it: `connection` is
asyncpg's own, for records; `session` is an ORM session on the very same connection, for the catalog. A transaction
is opened and ended here and nowhere else, so both always commit together.
"""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeAlias, cast

import asyncpg
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection, QueuePool
from sqlalchemy.util import greenlet_spawn

from domain.errors import Unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

logger = logging.getLogger(__name__)

MAX_PREPARED = 256
MAX_PREPARED_LENGTH = 16 << 10
"""How many statements a connection keeps prepared, and how long they may be, in bytes. PostgreSQL holds some 50 bytes
of plan a byte of text, for each connection, and clients can think of selections without end."""

SESSION_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "application_name": "tablegraph",
    "jit": "off",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
}


class Unit:
    """One connection, checked out for one piece of work.

    In a mutation one unit serves the whole operation inside its transaction; elsewhere each statement commits
    by itself.
    """

    def __init__(self, engine: AsyncEngine, pooled: PoolProxiedConnection) -> None:
        self._engine = engine
        self._pooled = pooled
        self._session: AsyncSession | None = None
        self._after_commit: list[Callable[[], None]] = []
        self.connection = cast(Connection, pooled.driver_connection)

    @property
    def session(self) -> AsyncSession:
        """An ORM session on this unit's connection; flush it, never commit it."""
        if self._session is None:
            connection = AsyncConnection(self._engine, SyncConnection(self._engine.sync_engine, self._pooled))
            self._session = AsyncSession(connection, expire_on_commit=False, autoflush=False)
        return self._session

    def after_commit(self, action: Callable[[], None]) -> None:
        """Have `action` called at the end of the unit, when all is committed; it is dropped when that fails."""
        self._after_commit.append(action)

    def run_after_commit(self) -> None:
        """Call the actions that waited for the commit."""
        for action in self._after_commit:
            action()

    async def close(self) -> None:
        """Detach the session; the connection goes back to the pool by its own context."""
        if self._session is not None:
            await self._session.close()


class Database:
    """The pool of connections to one PostgreSQL database."""

    def __init__(self, url: str, *, pool_size: int = 20, statement_timeout_ms: int = 10_000) -> None:
        self.url = asyncpg_url(url)
        settings = {**SESSION_SETTINGS, "statement_timeout": str(statement_timeout_ms)}
        self._idle: list[PoolProxiedConnection] = []
        self._waiting = 0
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_reset_on_return=None,
            pool_use_lifo=True,
            connect_args={
                "server_settings": settings,
                "statement_cache_size": MAX_PREPARED,
                "max_cacheable_statement_size": MAX_PREPARED_LENGTH,
                "timeout": 10,
            },
        )

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[Unit]:
        """A connection without a transaction: each statement sees, and commits, by itself."""
        pooled = self._take_idle() or await self._check_out()
        unit = Unit(self.engine, pooled)
        try:
            yield unit
            unit.run_after_commit()
        finally:
            await unit.close()
            self._give_back(pooled, unit.connection)

    def _take_idle(self) -> PoolProxiedConnection | None:
        while self._idle:
            pooled = self._idle.pop()
            if not cast(Connection, pooled.driver_connection).is_closed():
                return pooled
            _discard(pooled)  # the server was restarted, or ended the session
        return None

    async def _check_out(self) -> PoolProxiedConnection:
        self._waiting += 1
        try:
            return await greenlet_spawn(self.engine.sync_engine.raw_connection)
        except (OSError, PoolTimeout, asyncpg.PostgresError) as error:
            logger.warning("no database connection: %s", error)
            raise Unavailable("The database cannot be reached, or is too busy; try again.") from error
        finally:
            self._waiting -= 1

    def _give_back(self, pooled: PoolProxiedConnection, connection: Connection) -> None:
        """Keep a sound connection at hand; SQLAlchemy's pool gets it back only when somebody waits there.

        Its own checking in and out costs more than a simple query's statement does, since it is made for threads.
        """
        if connection.is_closed() or connection.is_in_transaction():
            _discard(pooled)  # a rollback was cut off, or the server has gone: nobody else may inherit it
        elif self._waiting:
            pooled.close()
        else:
            self._idle.append(pooled)

    @property
    def connections_in_use(self) -> int:
        """How many connections are working now."""
        return cast(QueuePool, self.engine.sync_engine.pool).checkedout() - len(self._idle)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Unit]:
        """A unit whose work is committed at the end, or rolled back when the block raises."""
        async with self.unit() as unit, unit.connection.transaction():
            yield unit

    async def close(self) -> None:
        """Close every connection."""
        while self._idle:
            self._idle.pop().close()
        await self.engine.dispose()


def _discard(pooled: PoolProxiedConnection) -> None:
    pooled.invalidate()
    pooled.close()


def asyncpg_url(url: str) -> URL:
    """A SQLAlchemy URL for asyncpg, from any spelling of a PostgreSQL URL (`postgres://…` too)."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+asyncpg")
