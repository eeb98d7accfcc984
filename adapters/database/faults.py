"""What the database may raise through no fault of those who work on it."""

from typing import Final

import asyncpg

from domain.errors import Unavailable

UNREACHABLE: Final = "The database cannot be reached, or is too busy; try again."

AWAY: Final = (OSError, Unavailable, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)
"""What work on the database may raise through no fault of its own: whoever has nobody to tell does it again later."""

AWAY_OR_BUSY: Final = (
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
"""What it may raise when the same may well succeed a little later."""


def is_away(error: BaseException) -> bool:
    """Whether the database is away or too busy; of the rest of `AWAY`, some would fail in the same way for ever."""
    return isinstance(error, AWAY_OR_BUSY) and not isinstance(error, ValueError)  # an argument that cannot be sent
