"""Upkeep of the records of calls: those whose process is gone have failed, and those that are too old are removed.

Of many processes each may do it, a part at a time: what one is about the others pass over. The clock is the database's.
"""

from datetime import timedelta
from typing import Final

from adapters.database import Database
from adapters.upkeep import Upkeep

CALLS_AT_ONCE: Final = 1_000
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


class FunctionCallUpkeep(Upkeep):
    """Keeps the calls of one database for `retention` after they were made, and until they have ended."""

    of_what = "calls of functions"
    seconds_between = 60

    def __init__(self, database: Database, retention: timedelta) -> None:
        super().__init__(database)
        self._retention = retention

    async def look(self) -> tuple[int, int]:
        """Do all there is to do; how many calls were given up, and how many removed."""
        most = CALLS_AT_ONCE
        return await self._all(_GIVE_UP, most, most, LEFT), await self._all(_DELETE, most, most, self._retention)
