"""A piece of work on the database."""

from collections.abc import Callable
from typing import cast

from sqlalchemy.engine import Connection as SyncConnection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.pool import PoolProxiedConnection

from adapters.database.sessions import Session


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
        self.connection = cast(Session, pooled.driver_connection)

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
