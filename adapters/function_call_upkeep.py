"""Upkeep of the records of calls: those whose process is gone have failed, and those that are too old are removed.

Of many processes each may do it, a part at a time: what one is about the others pass over. The clock is the database's.
"""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from adapters.database import AWAY, Database
from adapters.tasks import beside

CALLS_AT_ONCE: Final = 1_000
SECONDS_BETWEEN: Final = 60
"""Between two looks."""
LEFT: Final = "Its process ended while it was under way."

_GIVE_UP: Final = """
UPDATE function_calls SET status = 'failed', error = $2, finished_at = now(), sealed_arguments = NULL WHERE id IN (
    SELECT id FROM function_calls WHERE finished_at IS NULL AND given_up_at < now() LIMIT $1 FOR UPDATE SKIP LOCKED)
"""
_DELETE: Final = """
DELETE FROM function_calls WHERE id IN (
    SELECT id FROM function_calls WHERE created_at < now() - $2::interval AND finished_at IS NOT NULL
     ORDER BY created_at LIMIT $1 FOR UPDATE SKIP LOCKED)
"""

logger = logging.getLogger(__name__)


class FunctionCallUpkeep:
    """Keeps the calls of one database for `retention` after they were made, and until they have ended."""

    def __init__(self, database: Database, retention: timedelta) -> None:
        self._database = database
        self._retention = retention

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to the calls now and then for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            try:
                await self.look()
            except AWAY as error:
                logger.warning("calls of functions were not seen to: %s", error)
            await asyncio.sleep(SECONDS_BETWEEN)

    async def look(self) -> tuple[int, int]:
        """Do all there is to do; how many calls were given up, and how many removed."""
        return await self._all(_GIVE_UP, LEFT), await self._all(_DELETE, self._retention)

    async def _all(self, statement: str, argument: object) -> int:
        total = changed = await self._some(statement, argument)
        while changed == CALLS_AT_ONCE:
            changed = await self._some(statement, argument)
            total += changed
        return total

    async def _some(self, statement: str, argument: object) -> int:
        async with self._database.unit() as unit:
            status = await unit.connection.execute(statement, CALLS_AT_ONCE, argument)
        return int(status.rpartition(" ")[2])
