"""Upkeep of the logs of webhooks: what is older than the retention is deleted, but for messages that are to be sent.

The clock is the database's. Of many processes each may do it, a part at a time: what one deletes the others pass over.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from adapters.database import Database
from adapters.upkeep import Upkeep

ROWS_AT_ONCE: Final = 1_000

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


class WebhookUpkeep(Upkeep):
    """Keeps the logs of one database within their retention, which may change meanwhile."""

    of_what = "the logs of webhooks"

    def __init__(self, database: Database, retention: Callable[[], timedelta]) -> None:
        super().__init__(database)
        self._retention = retention

    async def look(self) -> int:
        """Delete what is older than the retention, and return how many messages and requests that were."""
        most, retention = ROWS_AT_ONCE, self._retention()
        return sum([await self._all(statement, most, retention, most) for statement in (_MESSAGES, _REQUESTS)])
