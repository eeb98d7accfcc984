"""Upkeep of the audit log: entries that are older than the retention are deleted, by nobody and nothing else.

A trigger refuses every other deletion; this one says for its own transaction who it is. The clock is the database's. Of
many processes each may do it, a part at a time: what one deletes the others pass over.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from adapters.database import AWAY, Database
from adapters.tasks import beside

ENTRIES_AT_ONCE: Final = 10_000
SECONDS_BETWEEN: Final = 600
"""Between two looks."""

_DELETE: Final = """
DELETE FROM audit_entries WHERE id IN (
    SELECT id FROM audit_entries WHERE at < now() - $1::interval ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""

logger = logging.getLogger(__name__)


class AuditUpkeep:
    """Keeps the audit log of one database within its retention, which may change meanwhile."""

    def __init__(self, database: Database, retention: Callable[[], timedelta]) -> None:
        self._database = database
        self._retention = retention

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to the log now and then for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            try:
                await self.delete_expired()
            except AWAY as error:
                logger.warning("the audit log was not seen to: %s", error)
            await asyncio.sleep(SECONDS_BETWEEN)

    async def delete_expired(self) -> int:
        """Delete what is older than the retention, and return how many entries that were."""
        total = deleted = await self._delete_some()
        while deleted == ENTRIES_AT_ONCE:
            deleted = await self._delete_some()
            total += deleted
        return total

    async def _delete_some(self) -> int:
        async with self._database.transaction() as unit:
            await unit.connection.execute("SET LOCAL tablegraph.audit_upkeep = 'on'")
            status = await unit.connection.execute(_DELETE, self._retention(), ENTRIES_AT_ONCE)
        return int(status.rpartition(" ")[2])
