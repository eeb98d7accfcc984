"""Upkeep of the audit log: entries that are older than the retention are deleted, by nobody and nothing else.

A trigger refuses every other deletion; this one says for its own transaction who it is. The clock is the database's. Of
many processes each may do it, a part at a time: what one deletes the others pass over.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from adapters.database import Database
from adapters.upkeep import Upkeep, count_of

ENTRIES_AT_ONCE: Final = 10_000

_DELETE: Final = """
DELETE FROM audit_entries WHERE id IN (
    SELECT id FROM audit_entries WHERE at < now() - $1::interval ORDER BY at LIMIT $2 FOR UPDATE SKIP LOCKED
)
"""


class AuditUpkeep(Upkeep):
    """Keeps the audit log of one database within its retention, which may change meanwhile."""

    of_what = "the entries of the audit log"

    def __init__(self, database: Database, retention: Callable[[], timedelta]) -> None:
        super().__init__(database)
        self._retention = retention

    async def look(self) -> int:
        """Delete what is older than the retention, and return how many entries that were."""
        return await self._all(_DELETE, ENTRIES_AT_ONCE, self._retention(), ENTRIES_AT_ONCE)

    async def _some(self, statement: str, *arguments: object) -> int:
        async with self._database.transaction() as unit:
            await unit.connection.execute("SET LOCAL tablegraph.audit_upkeep = 'on'")
            return count_of(await unit.connection.execute(statement, *arguments))
