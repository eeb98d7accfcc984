"""Upkeep of runs: those that are over, and older than the retention, are deleted, a part at a time."""

from typing import TYPE_CHECKING, Final

from adapters.upkeep import Upkeep

if TYPE_CHECKING:
    from resolvers.services import Services

RUNS_AT_ONCE: Final = 10_000

_DELETE: Final = """
DELETE FROM automation_runs WHERE id IN (
    SELECT id FROM automation_runs
     WHERE created_at < now() - $1::interval AND status NOT IN ('QUEUED', 'RUNNING')
     ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)
"""


class RunUpkeep(Upkeep):
    """Keeps the history of runs within its retention."""

    of_what = "the runs of automations"

    def __init__(self, services: "Services") -> None:
        super().__init__(services.database)
        self._services = services

    async def look(self) -> int:
        """Delete what is older than the retention, and return how many runs that were."""
        keep = self._services.limits.automation_run_retention
        return await self._all(_DELETE, RUNS_AT_ONCE, keep, RUNS_AT_ONCE)
