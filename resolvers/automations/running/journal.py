"""What is noted of a run, by whoever has claimed it."""

from collections.abc import Sequence
from typing import Final

import orjson

from adapters.database import Unit
from domain.automations.runs import RunStatus
from domain.storable import storable
from resolvers.automations.running.claim import Run
from resolvers.automations.running.entries import Entry
from resolvers.services import Services

_COLUMNS: Final = (
    "path text, position int, action_id uuid, type text, status text, input jsonb, output jsonb, error text,"
    " mutation_id uuid, attempt int, started_at timestamptz, finished_at timestamptz"
)
_NAMES: Final = ", ".join(column.split()[0] for column in _COLUMNS.split(","))
_NOTE: Final = f"""
WITH held AS (
    UPDATE automation_runs SET status = $3, error = $4, error_code = $5,
           finished_at = CASE WHEN $3 <> 'RUNNING' THEN clock_timestamp() END
     WHERE id = $1 AND claim = $2 AND status = 'RUNNING' RETURNING id),
written AS (
    INSERT INTO automation_run_steps (run_id, {_NAMES})
    SELECT held.id, s.* FROM held, jsonb_to_recordset($6::jsonb) AS s({_COLUMNS})
    ON CONFLICT (run_id, path) DO UPDATE SET status = excluded.status, input = excluded.input,
       output = excluded.output, error = excluded.error, mutation_id = excluded.mutation_id,
       attempt = excluded.attempt, finished_at = excluded.finished_at)
SELECT count(*) FROM held
"""


class Superseded(Exception):
    """The run is somebody else's, was cancelled or deleted: nothing more may be done for it."""


class Journal:
    """Of one run."""

    def __init__(self, services: Services, run: Run) -> None:
        self._services = services
        self._run = run

    async def note(
        self,
        unit: Unit,
        entries: Sequence[Entry],
        status: RunStatus = RunStatus.RUNNING,
        error: str | None = None,
        code: str | None = None,
    ) -> None:
        """Write entries down, and how the run stands; raises `Superseded`, behind which nothing may be committed."""
        rows = orjson.dumps([entry.row() for entry in entries]).decode()
        run = self._run
        held = await unit.connection.fetchval(_NOTE, run.id, run.claim, status, storable(error), code, rows)
        if not held:
            raise Superseded
        unit.after_commit(lambda: self._services.bus.publish(run.automation_id))
