"""The pool of connections to one database, and the loans out of it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import TracebackType
from typing import Final, TypeAlias, cast
from weakref import WeakSet

import asyncpg
from asyncpg.transaction import Transaction
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection, QueuePool
from sqlalchemy.util import greenlet_spawn

from adapters.database import sessions
from adapters.database.faults import AWAY, UNREACHABLE
from adapters.database.sessions import MAX_PREPARED, MAX_PREPARED_LENGTH, SESSION_SETTINGS, Connection, Session
from adapters.database.units import Unit
from domain.errors import Unavailable

Turn: TypeAlias = asyncio.Lock | asyncio.Semaphore

logger = logging.getLogger(__name__)

SECONDS_TO_CONNECT: Final = 10
SECONDS_TO_CLOSE: Final = 2.0
"""How long a connection waits for the server to take its good-bye."""
SECONDS_TO_WAIT: Final = 10
"""How long a piece of work waits for a connection, of those that all others have."""
SECONDS_TO_ROLL_BACK: Final = 5.0
"""How long the server may take to take a transaction back; then its connection is closed, to the same effect."""
SECONDS_TO_WAIT_FOR_SETTLING: Final = 0.5
"""How long an answer waits for the end of a statement that was cancelled: when it comes, nothing goes on behind it."""


class Database:
    """The pool of connections to one PostgreSQL database.

    A transaction that is idle for too long is ended: of a process that is paused, or cut off, it would hold its locks.
    """

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 20,
        max_waiting: int = 500,
        statement_timeout_ms: int = 10_000,
        idle_transaction_timeout_ms: int = 300_000,
    ) -> None:
        self.url = asyncpg_url(url)
        self.pool_size = pool_size
        self._max_waiting = max_waiting
        self._idle: list[PoolProxiedConnection] = []
        self._places = asyncio.Semaphore(pool_size)
        """One for each connection that may be at work. Waiting at SQLAlchemy's pool costs more than most statements."""
        self._waiting = 0
        self._settling: set[asyncio.Task[None]] = set()
        self._connections: WeakSet[Connection] = WeakSet()
        self._openings: set[asyncio.Timeout] = set()
        self._is_given_up = False
        self.engine = _engine(
            self.url,
            pool_size,
            statement_timeout=statement_timeout_ms,
            idle_in_transaction_session_timeout=idle_transaction_timeout_ms,
        )
        self._refusal = self.engine.dialect.loaded_dbapi.Error
        """What SQLAlchemy makes of a server that takes no connection, for instance since it starts or stops."""

    @asynccontextmanager
    async def own_connection(self, *, seconds: float | None = None, **settings: str) -> AsyncIterator[Connection]:
        """A connection that is none of the pool's, with these settings, for a block.

        Its statements raise `TimeoutError` where they take longer than that many seconds.
        """
        _, arguments = self.engine.dialect.create_connect_args(self.url)
        arguments["command_timeout"] = seconds
        async with self._opening():
            connection: Connection = await asyncpg.connect(**arguments, server_settings=settings)
        self._connections.add(connection)
        try:
            yield connection
        finally:
            await _say_good_bye(connection)

    @asynccontextmanager
    async def _opening(self) -> AsyncIterator[None]:
        """A block that makes a connection, or is cut off; raises `TimeoutError` and `Unavailable`."""
        if self._is_given_up:
            raise Unavailable(UNREACHABLE)
        async with asyncio.timeout(SECONDS_TO_CONNECT) as limit:
            self._openings.add(limit)
            try:
                yield
            finally:
                self._openings.discard(limit)

    def unit(self, turn: Turn | None = None) -> AbstractAsyncContextManager[Unit]:
        """A connection without a transaction: each statement sees, and commits, by itself.

        It is taken, and held, in a turn of the caller's.
        """
        return _Loan(self, turn)

    async def take(self) -> PoolProxiedConnection:
        """A connection that nobody else has, at hand or a new one; raises `Unavailable`."""
        await self._find_place()
        try:
            return self._take_idle() or await self._open()
        except BaseException:
            self._places.release()
            raise

    async def _find_place(self) -> None:
        if not self._places.locked():
            await self._places.acquire()  # at once
            return
        if self._waiting >= self._max_waiting:
            raise Unavailable(f"{self._max_waiting} requests wait for the database already; try again.")
        self._waiting += 1
        try:
            async with asyncio.timeout(SECONDS_TO_WAIT):
                await self._places.acquire()
        except TimeoutError as error:
            logger.warning("no database connection within %s s", SECONDS_TO_WAIT)
            raise Unavailable(UNREACHABLE) from error
        finally:
            self._waiting -= 1

    def _take_idle(self) -> PoolProxiedConnection | None:
        while self._idle:
            pooled = self._idle.pop()
            if not cast(Connection, pooled.driver_connection).is_closed():
                return pooled
            _discard(pooled)  # the server was restarted, or ended the session
        return None

    async def _open(self) -> PoolProxiedConnection:
        try:
            async with self._opening():
                pooled: PoolProxiedConnection = await greenlet_spawn(self.engine.sync_engine.raw_connection)
        except (OSError, PoolTimeout, self._refusal) as error:
            logger.warning("no database connection: %s", str(error) or type(error).__name__)
            raise Unavailable(UNREACHABLE) from error
        self._connections.add(cast(Connection, pooled.driver_connection))
        return pooled

    async def settle(self, pooled: PoolProxiedConnection, connection: Session) -> None:
        """Give back a connection that is not sound, or not yet; who had it waits for that, unless it takes long."""
        settling = asyncio.create_task(self._settle(pooled, connection))
        self._settling.add(settling)
        settling.add_done_callback(self._settling.discard)
        await asyncio.wait([settling], timeout=SECONDS_TO_WAIT_FOR_SETTLING)  # it goes on, also for who is cancelled

    async def _settle(self, pooled: PoolProxiedConnection, connection: Session) -> None:
        try:
            await connection.settle()
        finally:
            if not connection.is_sound:
                self._discard_idle()  # theirs is the same way to the server, and who gets one would wait as long
            self.leave(pooled, connection)

    def leave(self, pooled: PoolProxiedConnection, connection: Session) -> None:
        """Leave the place to the next one, and the connection too when it is sound; one that is closed is nobody's.

        SQLAlchemy's pool never gets it back: its own checking in and out costs more than a simple query's statement
        does, since it is made for threads.
        """
        if connection.is_sound:
            connection.allow_no_more()
            self._idle.append(pooled)
        else:
            _discard(pooled)  # its rollback was cut off, or its beginning: the server does the rest
        self._places.release()

    def _discard_idle(self) -> None:
        idle, self._idle = self._idle, []
        for pooled in idle:
            _discard(pooled)

    @property
    def connections_in_use(self) -> int:
        """How many connections are working now."""
        return cast(QueuePool, self.engine.sync_engine.pool).checkedout() - len(self._idle)

    @property
    def waiting(self) -> int:
        """How many pieces of work wait for a connection now."""
        return self._waiting

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Unit]:
        """A unit whose work is committed at the end, or rolled back when the block raises."""
        async with self.unit() as unit:
            transaction = unit.connection.transaction()
            await transaction.start()
            try:
                yield unit
            except BaseException:
                await _roll_back(transaction, unit.connection)
                raise
            await transaction.commit()

    def give_up(self) -> None:
        """End all connections at once, and make none any more: whoever waits for the server fails."""
        self._is_given_up = True
        for connection in self._connections:
            connection.terminate()
        for limit in self._openings:
            if not limit.expired():  # what ends by itself just now cannot be told to
                limit.reschedule(0)  # now

    async def close(self) -> None:
        """Close every connection, once the cancelled statements have ended."""
        await asyncio.gather(*self._settling)
        await asyncio.gather(*(_say_good_bye(cast(Connection, pooled.driver_connection)) for pooled in self._idle))
        self._discard_idle()
        await self.engine.dispose()


class _Loan:
    """A unit for a block. A generator would cost as much again as all else that is done for it here."""

    __slots__ = ("_database", "_pooled", "_turn", "_unit")

    def __init__(self, database: Database, turn: Turn | None) -> None:
        self._database = database
        self._turn = turn

    async def __aenter__(self) -> Unit:
        if self._turn is not None:
            await self._turn.acquire()
        try:
            self._pooled = await self._database.take()
        except BaseException:
            if self._turn is not None:
                self._turn.release()
            raise
        self._unit = Unit(self._database.engine, self._pooled)
        return self._unit

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        unit, connection = self._unit, self._unit.connection
        try:
            try:
                if error is None:
                    unit.run_after_commit()
                else:
                    connection.is_midway = True  # the session's statements come by another way
                await unit.close()
            finally:
                if connection.is_sound or connection.is_closed():
                    self._database.leave(self._pooled, connection)
                else:
                    await self._database.settle(self._pooled, connection)
        finally:
            if self._turn is not None:
                self._turn.release()


async def _roll_back(transaction: Transaction, connection: Session) -> None:
    """Take back a transaction that failed, or have the server do that to a connection that is no more."""
    if connection.is_closed():
        return
    try:
        async with asyncio.timeout(SECONDS_TO_ROLL_BACK):
            await transaction.rollback()
    except TimeoutError:
        logger.warning("a transaction could not be taken back within %s s", SECONDS_TO_ROLL_BACK)
        connection.terminate()


async def _say_good_bye(connection: Connection) -> None:
    """Close a connection, with or without the server."""
    with suppress(*AWAY):
        await connection.close(timeout=SECONDS_TO_CLOSE)


def _discard(pooled: PoolProxiedConnection) -> None:
    if pooled.is_valid:  # SQLAlchemy has done it itself when a statement of the session was cut off
        pooled.invalidate()
    pooled.close()


def asyncpg_url(url: str) -> URL:
    """A SQLAlchemy URL for asyncpg, from any spelling of a PostgreSQL URL (`postgres://…` too)."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+asyncpg")


def _engine(url: URL, pool_size: int, **milliseconds: int) -> AsyncEngine:
    settings = {**SESSION_SETTINGS, **{name: str(number) for name, number in milliseconds.items()}}
    longest = milliseconds["statement_timeout"] / 1_000
    return create_async_engine(
        url,
        isolation_level="AUTOCOMMIT",
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=SECONDS_TO_WAIT,
        pool_reset_on_return=None,
        pool_use_lifo=True,
        connect_args={
            "connection_class": Session,
            "server_settings": settings,
            "statement_cache_size": MAX_PREPARED,
            "max_cacheable_statement_size": MAX_PREPARED_LENGTH,
            "command_timeout": longest + sessions.SECONDS_OF_SILENCE,
        },
    )
