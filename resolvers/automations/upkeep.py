"""Upkeep of runs: old ones that are over are deleted, a part at a time; those that nobody does any more have failed."""

from typing import TYPE_CHECKING, Final

from adapters.jobs.store import TABLE
from adapters.upkeep import Upkeep
from resolvers.automations.starting import RUN_JOB

if TYPE_CHECKING:
    from resolvers.services import Services

RUNS_AT_ONCE: Final = 10_000

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
   AND NOT EXISTS (SELECT FROM {TABLE} o WHERE o.entrypoint = $1 AND o.status IN ('queued', 'picked')
                      AND convert_from(o.payload, 'UTF8')::json->>'run' = r.id::text)
"""
_GIVEN_UP: Final = "Its job has failed for good: the server's administrators find it among the dead letters."


class RunUpkeep(Upkeep):
    """Keeps the history of runs within its retention."""

    of_what = "the runs of automations"

    def __init__(self, services: "Services") -> None:
        super().__init__(services.database)
        self._services = services

    async def look(self) -> int:
        """Give up what nobody does any more; delete what is older than the retention, and return how many runs."""
        await self.give_up()
        keep = self._services.limits.automation_run_retention
        return await self._all(_DELETE, RUNS_AT_ONCE, keep, RUNS_AT_ONCE)

    async def give_up(self) -> None:
        """Note of the runs whose jobs have become dead letters that they have failed."""
        async with self._services.database.unit() as unit:
            await unit.connection.execute(_GIVE_UP, RUN_JOB, _GIVEN_UP)
