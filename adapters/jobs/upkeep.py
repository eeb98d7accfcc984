"""Upkeep of what is noted of jobs that are over: it is deleted when it is old, a part at a time, by any process."""

from datetime import timedelta
from typing import Final

from adapters.database import Database
from adapters.jobs.store import LOG, STATISTICS, TABLE
from adapters.upkeep import Upkeep

ROWS_AT_ONCE: Final = 10_000

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


class JobUpkeep(Upkeep):
    """Keeps what is noted of jobs for a time; of one that has failed for good, as long as it is there."""

    of_what = "the notes of jobs"

    def __init__(self, database: Database, retention: timedelta) -> None:
        super().__init__(database)
        self._retention = retention

    async def look(self) -> int:
        """Delete what is older than the retention, and return how many notes that were."""
        most = ROWS_AT_ONCE
        return sum([await self._all(statement, most, self._retention, most) for statement in (_OVER, _COUNTED)])
