"""Upkeep of runs: old ones that are over are deleted, a part at a time; those that nobody does any more have failed."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

from adapters.database import AWAY
from adapters.jobs.store import TABLE
from adapters.tasks import beside
from resolvers.automations.starting import RUN_JOB

if TYPE_CHECKING:
    from resolvers.services import Services

RUNS_AT_ONCE: Final = 10_000
SECONDS_BETWEEN: Final = 600

_DELETE: Final = """
DELETE FROM automation_runs WHERE id IN (
    SELECT id FROM automation_runs
     WHERE created_at < now() - $1::interval AND status NOT IN ('QUEUED', 'RUNNING')
     ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""
_GIVE_UP: Final = f"""
UPDATE automation_runs r SET status = 'FAILED', error = $2, error_code = 'INTERNAL_ERROR', finished_at = now()
  FROM {TABLE} q
 WHERE q.status = 'failed' AND q.entrypoint = $1 AND r.id = (convert_from(q.payload, 'UTF8')::json->>'run')::uuid
   AND r.status IN ('QUEUED', 'RUNNING')
   AND NOT EXISTS (SELECT FROM {TABLE} o WHERE o.payload = q.payload AND o.status IN ('queued', 'picked'))
"""
_GIVEN_UP: Final = "Its job has failed for good: the server's administrators find it among the dead letters."

logger = logging.getLogger(__name__)


class RunUpkeep:
    """Keeps the history of runs within its retention."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """See to it now and then for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        while True:
            try:
                await self.give_up()
                while await self.delete_expired() == RUNS_AT_ONCE:
                    pass
            except AWAY as error:
                logger.warning("the runs of automations were not seen to: %s", error)
            await asyncio.sleep(SECONDS_BETWEEN)

    async def give_up(self) -> None:
        """Note of the runs whose jobs have become dead letters that they have failed."""
        async with self._services.database.unit() as unit:
            await unit.connection.execute(_GIVE_UP, RUN_JOB, _GIVEN_UP)

    async def delete_expired(self) -> int:
        """Delete some of what is older than the retention, and return how many runs that were."""
        async with self._services.database.unit() as unit:
            keep = self._services.limits.automation_run_retention
            status = await unit.connection.execute(_DELETE, keep, RUNS_AT_ONCE)
        return int(status.rpartition(" ")[2])
