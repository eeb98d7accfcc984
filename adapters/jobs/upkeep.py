"""Upkeep of what is noted of jobs that are over: it is deleted when it is old, a part at a time, by any process."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from adapters.database import AWAY, Database
from adapters.jobs.store import LOG, STATISTICS, TABLE
from adapters.tasks import beside

ROWS_AT_ONCE: Final = 10_000
SECONDS_BETWEEN: Final = 600
"""Between two looks."""

_OVER: Final = f"""
DELETE FROM {LOG} WHERE id IN (
    SELECT l.id FROM {LOG} l
     WHERE l.created < now() - $1::interval
       AND NOT EXISTS (SELECT FROM {TABLE} q WHERE q.id = l.job_id AND q.status = 'failed')
     ORDER BY l.created LIMIT $2 FOR UPDATE SKIP LOCKED)
"""  # noqa: S608  # of constants
_COUNTED: Final = f"""
DELETE FROM {STATISTICS} WHERE id IN (
    SELECT id FROM {STATISTICS} WHERE created < now() - $1::interval ORDER BY created LIMIT $2 FOR UPDATE SKIP LOCKED)
"""  # noqa: S608  # likewise

logger = logging.getLogger(__name__)


class JobUpkeep:
    """Keeps what is noted of jobs for a time; of one that has failed for good, as long as it is there."""

    def __init__(self, database: Database, retention: timedelta) -> None:
        self._database = database
        self._retention = retention

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to it now and then for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            try:
                await self.delete_expired()
            except AWAY as error:
                logger.warning("the log of jobs was not seen to: %s", error)
            await asyncio.sleep(SECONDS_BETWEEN)

    async def delete_expired(self) -> None:
        """Delete all that is older than the retention."""
        for statement in (_OVER, _COUNTED):
            deleted = ROWS_AT_ONCE
            while deleted == ROWS_AT_ONCE:
                async with self._database.unit() as unit:
                    status = await unit.connection.execute(statement, self._retention, ROWS_AT_ONCE)
                deleted = int(status.rpartition(" ")[2])
