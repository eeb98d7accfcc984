"""Which failures of a read pass by themselves: the stream waits for the database and goes on."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import asyncpg

from domain.errors import Unavailable

T = TypeVar("T")

RETRY_SECONDS: Final = 0.5
MAX_TIMEOUTS: Final = 5

logger = logging.getLogger(__name__)

_OUTAGES: Final = (
    Unavailable,
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.LockNotAvailableError,
)


def is_outage(error: Exception) -> bool:
    """Whether it is worth another try: the database is away, restarting, or too busy."""
    return isinstance(error, _OUTAGES) and not isinstance(error, asyncpg.QueryCanceledError)


async def through_outages(read: Callable[[], Awaitable[T]]) -> T:
    """What a read answers, however long the database is away before it does.

    One that takes longer than statements may is tried a few times: it is too big, or the database is too busy.
    """
    timeouts = 0
    while True:
        try:
            return await read()
        except Exception as error:
            timeouts += isinstance(error, asyncpg.QueryCanceledError)
            if not is_outage(error) and not 0 < timeouts < MAX_TIMEOUTS:
                raise
            logger.warning("a stream waits for the database: %s", error)
            await asyncio.sleep(RETRY_SECONDS)
