"""Upkeep of the logs of webhooks: what is older than the retention is deleted, but for messages that are to be sent.

The clock is the database's. Of many processes each may do it, a part at a time: what one deletes the others pass over.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from adapters.database import AWAY, Database
from adapters.tasks import beside

ROWS_AT_ONCE: Final = 1_000
SECONDS_BETWEEN: Final = 600
"""Between two looks."""

_MESSAGES: Final = """
DELETE FROM webhook_deliveries WHERE id IN (
    SELECT id FROM webhook_deliveries WHERE created_at < now() - $1::interval AND finished_at < now() - $1::interval
     ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_REQUESTS: Final = """
DELETE FROM incoming_requests WHERE id IN (
    SELECT id FROM incoming_requests WHERE received_at < now() - $1::interval
     ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""

logger = logging.getLogger(__name__)


class WebhookUpkeep:
    """Keeps the logs of one database within their retention, which may change meanwhile."""

    def __init__(self, database: Database, retention: Callable[[], timedelta]) -> None:
        self._database = database
        self._retention = retention

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to the logs now and then for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            try:
                await self.delete_expired()
            except AWAY as error:
                logger.warning("the logs of webhooks were not seen to: %s", error)
            await asyncio.sleep(SECONDS_BETWEEN)

    async def delete_expired(self) -> int:
        """Delete what is older than the retention, and return how many messages and requests that were."""
        return await self._all(_MESSAGES) + await self._all(_REQUESTS)

    async def _all(self, statement: str) -> int:
        total = deleted = await self._some(statement)
        while deleted == ROWS_AT_ONCE:
            deleted = await self._some(statement)
            total += deleted
        return total

    async def _some(self, statement: str) -> int:
        async with self._database.transaction() as unit:
            status = await unit.connection.execute(statement, self._retention(), ROWS_AT_ONCE)
        return int(status.rpartition(" ")[2])
