"""PostgreSQL as the rest of the code sees it: one pool, and units of work checked out of it.

SQLAlchemy's engine owns the pool and runs in autocommit mode. A `Unit` is one connection of it: `connection` is
asyncpg's own, for records; `session` is an ORM session on the very same connection, for the catalog. A transaction
is opened and ended here and nowhere else, so both always commit together.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from types import TracebackType
from typing import Any, Final, TypeAlias, cast

import asyncpg
from asyncpg.protocol.protocol import BaseProtocol
from asyncpg.transaction import Transaction
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection, QueuePool
from sqlalchemy.util import greenlet_spawn

from adapters.statement_times import time_statements
from domain.errors import Unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Turn: TypeAlias = asyncio.Lock | asyncio.Semaphore

logger = logging.getLogger(__name__)

UNREACHABLE: Final = "The database cannot be reached, or is too busy; try again."

AWAY: Final = (OSError, Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What work on the database may raise through no fault of its own: whoever has nobody to tell does it again later."""

_AWAY_OR_BUSY: Final = (
    ConnectionError,
    Unavailable,
    asyncpg.PostgresConnectionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.CannotConnectNowError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.LockNotAvailableError,
    asyncpg.TransactionRollbackError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)

MAX_PREPARED = 256
MAX_PREPARED_LENGTH = 16 << 10
"""How many statements a connection keeps prepared, and how long they may be, in bytes. PostgreSQL holds some 50 bytes
of plan a byte of text, for each connection, and clients can think of selections without end."""

SECONDS_TO_CONNECT: Final = 10
SECONDS_TO_WAIT: Final = 10
"""How long a piece of work waits for a connection, of those that all others have."""
SECONDS_TO_ROLL_BACK: Final = 5.0
"""How long the server may take to take a transaction back; then its connection is closed, to the same effect."""
SECONDS_TO_WAIT_FOR_SETTLING: Final = 0.5
"""How long an answer waits for the end of a statement that was cancelled: when it comes, nothing goes on behind it."""
SETTLING_SECONDS = 5.0
"""How long a cancelled statement may take to end; then its connection is given up."""

SESSION_SETTINGS = {
    "TimeZone": "UTC",
    "DateStyle": "ISO, YMD",
    "IntervalStyle": "iso_8601",
    "application_name": "tablegraph",
    "jit": "off",
    "extra_float_digits": "1",
    "standard_conforming_strings": "on",
}


def is_away(error: BaseException) -> bool:
    """Whether the database is away or too busy; of the rest of `AWAY`, some would fail in the same way for ever."""
    return isinstance(error, _AWAY_OR_BUSY) and not isinstance(error, ValueError)  # an argument that cannot be sent


class _Session(asyncpg.Connection):
    """A connection that knows whether the next one may have it, as those of asyncpg's own pool do.

    A statement whose task is cancelled goes on: asyncpg asks the server to end it on a connection made for that, and
    until the server has answered nobody knows whether there is a transaction. Who closes the connection meanwhile
    takes the request back, and the server works on, with all its locks.

    One that was prepared and then not executed, since its task was cancelled or its arguments cannot be sent, has no
    end at all: the server holds its locks and lets its timeout run until it is told that nothing more comes.
    """

    __slots__ = ("is_midway",)
    _protocol: "BaseProtocol[asyncpg.Record]"
    _top_xact: object | None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        time_statements(self._protocol)
        self.is_midway = False
        """Whether a statement was cut off, perhaps between its parts."""

    async def _do_execute(self, *arguments: Any, **options: Any) -> Any:
        try:
            return await super()._do_execute(*arguments, **options)  # type: ignore[misc]  # the stubs leave it out
        except BaseException:
            self.is_midway = True
            raise

    @property
    def is_sound(self) -> bool:
        """Whether it is open, no statement is under way, and there is no transaction nor the try of one."""
        if self.is_midway or self.is_closed() or self._protocol._is_cancelling():
            return False
        return self._top_xact is None and not self.is_in_transaction()

    async def settle(self) -> None:
        """Wait for the end of a cancelled statement, and end one that is midway; what does not end is given up."""
        with suppress(*AWAY):
            await self._protocol._wait_for_cancellation(SETTLING_SECONDS)
            if self.is_midway:
                await self.execute("SELECT", timeout=SETTLING_SECONDS)
                self.is_midway = False


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
        self.connection = cast(_Session, pooled.driver_connection)

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
        settings = {
            **SESSION_SETTINGS,
            "statement_timeout": str(statement_timeout_ms),
            "idle_in_transaction_session_timeout": str(idle_transaction_timeout_ms),
        }
        self._idle: list[PoolProxiedConnection] = []
        self._places = asyncio.Semaphore(pool_size)
        """One for each connection that may be at work. Waiting at SQLAlchemy's pool costs more than most statements."""
        self._waiting = 0
        self._settling: set[asyncio.Task[None]] = set()
        self.engine: AsyncEngine = create_async_engine(
            self.url,
            isolation_level="AUTOCOMMIT",
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=SECONDS_TO_WAIT,
            pool_reset_on_return=None,
            pool_use_lifo=True,
            connect_args={
                "connection_class": _Session,
                "server_settings": settings,
                "statement_cache_size": MAX_PREPARED,
                "max_cacheable_statement_size": MAX_PREPARED_LENGTH,
                "timeout": SECONDS_TO_CONNECT,
            },
        )
        self._refusal = self.engine.dialect.loaded_dbapi.Error
        """What SQLAlchemy makes of a server that takes no connection, for instance since it starts or stops."""

    async def connect(self, **settings: str) -> Connection:
        """A connection that is none of the pool's, with these settings; whoever asks for it closes it."""
        _, arguments = self.engine.dialect.create_connect_args(self.url)
        connection: Connection = await asyncpg.connect(
            **arguments, server_settings=settings, timeout=SECONDS_TO_CONNECT
        )
        return connection

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
            return await greenlet_spawn(self.engine.sync_engine.raw_connection)
        except (OSError, PoolTimeout, self._refusal) as error:
            logger.warning("no database connection: %s", error)
            raise Unavailable(UNREACHABLE) from error

    async def settle(self, pooled: PoolProxiedConnection, connection: _Session) -> None:
        """Give back a connection that is not sound, or not yet; who had it waits for that, unless it takes long."""
        settling = asyncio.create_task(self._settle(pooled, connection))
        self._settling.add(settling)
        settling.add_done_callback(self._settling.discard)
        await asyncio.wait([settling], timeout=SECONDS_TO_WAIT_FOR_SETTLING)  # it goes on, also for who is cancelled

    async def _settle(self, pooled: PoolProxiedConnection, connection: _Session) -> None:
        try:
            await connection.settle()
        finally:
            self.leave(pooled, connection)

    def leave(self, pooled: PoolProxiedConnection, connection: _Session) -> None:
        """Leave the place to the next one, and the connection too when it is sound; one that is closed is nobody's.

        SQLAlchemy's pool never gets it back: its own checking in and out costs more than a simple query's statement
        does, since it is made for threads.
        """
        if connection.is_sound:
            self._idle.append(pooled)
        else:
            _discard(pooled)  # its rollback was cut off, or its beginning: the server does the rest
        self._places.release()

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

    async def close(self) -> None:
        """Close every connection, once the cancelled statements have ended."""
        await asyncio.gather(*self._settling)
        while self._idle:
            self._idle.pop().close()
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


async def _roll_back(transaction: Transaction, connection: _Session) -> None:
    """Take back a transaction that failed, or have the server do that to a connection that is no more."""
    if connection.is_closed():
        return
    try:
        async with asyncio.timeout(SECONDS_TO_ROLL_BACK):
            await transaction.rollback()
    except TimeoutError:
        logger.warning("a transaction could not be taken back within %s s", SECONDS_TO_ROLL_BACK)
        connection.terminate()


def _discard(pooled: PoolProxiedConnection) -> None:
    if pooled.is_valid:  # SQLAlchemy has done it itself when a statement of the session was cut off
        pooled.invalidate()
    pooled.close()


def asyncpg_url(url: str) -> URL:
    """A SQLAlchemy URL for asyncpg, from any spelling of a PostgreSQL URL (`postgres://…` too)."""
    parsed = make_url(url.replace("postgres://", "postgresql://", 1))
    return parsed.set(drivername="postgresql+asyncpg")
