"""Taking a run: from then on whoever had it before can write nothing more."""

from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import asyncpg
import orjson

from domain.accounts.viewer import Viewer
from domain.automations.runs import RunStatus
from resolvers.automations.running.entries import Entry
from resolvers.services import Services

SERVICE: Final = "automation"
"""Who acts for the owner, in logs."""

_STEPS: Final = """
SELECT json_agg(json_build_array(s.path, s.position, s.status, s.input, s.output, s.attempt, s.mutation_id)
                ORDER BY s.position)
  FROM automation_run_steps s WHERE s.run_id = r.id
"""
_CLAIM: Final = f"""
UPDATE automation_runs r
   SET status = 'RUNNING', claim = r.claim + 1, started_at = coalesce(r.started_at, clock_timestamp())
  FROM automations a
 WHERE r.id = $1 AND r.status IN ('QUEUED', 'RUNNING') AND a.id = r.automation_id
RETURNING r.automation_id, r.claim, r.owner_id, r.trigger::text, r.actions::text, a.name, a.table_id,
          ({_STEPS})::text AS steps,
          (SELECT ARRAY[u.is_superuser, u.is_verified]
             FROM users u JOIN table_members m ON m.user_id = u.id AND m.table_id = a.table_id
            WHERE u.id = r.owner_id AND u.is_active) AS owner
"""


@dataclass(frozen=True, slots=True)
class Run:
    """A run as it was claimed. `viewer` is its owner; None where that one may not see the table, or is gone."""

    id: UUID
    automation_id: UUID
    claim: int
    name: str
    table_id: UUID
    viewer: Viewer | None
    trigger: dict[str, Any]
    actions: list[dict[str, Any]]
    entries: dict[str, Entry]
    """What was noted of its steps before, by their paths."""


async def claim(services: Services, id: UUID) -> Run | None:
    """Take a run; None when there is nothing to do: it is over, or was cancelled or deleted."""
    async with services.database.unit() as unit:
        row = await unit.connection.fetchrow(_CLAIM, id)
    if row is None:
        return None
    return Run(
        id=id,
        automation_id=row["automation_id"],
        claim=row["claim"],
        name=row["name"],
        table_id=row["table_id"],
        viewer=_owner(row),
        trigger=orjson.loads(row["trigger"]),
        actions=orjson.loads(row["actions"]),
        entries=_entries(row["steps"], {str(n): a for n, a in enumerate(orjson.loads(row["actions"]), 1)}),
    )


def _owner(row: asyncpg.Record) -> Viewer | None:
    if row["owner"] is None:
        return None
    is_superuser, is_verified = row["owner"]
    return Viewer(row["owner_id"], is_superuser=is_superuser, is_verified=is_verified, service=SERVICE)


def _entries(steps: str | None, actions: dict[str, Any]) -> dict[str, Entry]:
    entries = {}
    for path, position, status, given, output, attempt, mutation in orjson.loads(steps or "[]"):
        top = actions.get(path.partition(".")[0], {})
        entry = Entry(path, position, top.get("id"), top.get("type", ""), RunStatus(status), given, output)
        entry.mutation_id = mutation and UUID(mutation)
        entry.attempt = attempt if entry.status is RunStatus.SUCCEEDED else attempt + 1
        entries[path] = entry
    return entries
