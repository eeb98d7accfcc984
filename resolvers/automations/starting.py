"""Setting automations off: their runs are written down and put into the queue, in the transaction of what did it.

Everything that sets an automation off comes through `start_runs`, and for one event only one run comes of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from adapters.jobs import Job, enqueue
from domain.automations.runs import RunStatus
from domain.errors import Conflict
from domain.ids import Kind, new_ids
from domain.storable import storable

if TYPE_CHECKING:
    from resolvers.services import Limits, Services

RUN_JOB: Final = "automation_run"
"""The kind of the jobs; the payload is `{"run": id}`, and more for some, see `running/job.py`."""
TOO_DEEP: Final = "AUTOMATION_DEPTH"

_START: Final = """
WITH given AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[])
        WITH ORDINALITY g(id, automation_id, event_key, trigger, mutation_id, place)),
causes AS (
    SELECT DISTINCT ON (mutation_id) mutation_id, run_id, depth FROM (
        SELECT s.mutation_id, r.id AS run_id, r.depth
          FROM automation_run_steps s JOIN automation_runs r ON r.id = s.run_id WHERE s.mutation_id = ANY($5::uuid[])
         UNION ALL
        SELECT id, id, depth FROM automation_runs WHERE id = ANY($5::uuid[])) c
     ORDER BY mutation_id, depth DESC),
begun AS (
    SELECT g.*, a.owner_id, a.base_id, coalesce(c.depth, 0) + 1 AS depth, c.run_id AS caused_by,
           coalesce(c.depth, 0) >= $6 AS is_too_deep
      FROM given g JOIN automations a ON a.id = g.automation_id
      LEFT JOIN causes c ON c.mutation_id = g.mutation_id
     WHERE a.is_enabled AND NOT a.is_paused OR $8),
actions AS (
    SELECT a.id, coalesce((SELECT jsonb_agg(jsonb_build_object('id', x.id, 'type', x.type, 'config', x.config)
                                            ORDER BY x.position)
                             FROM automation_actions x WHERE x.automation_id = a.id), '[]') AS actions
      FROM automations a WHERE a.id = ANY($2::uuid[])),
new AS (
    INSERT INTO automation_runs (id, automation_id, owner_id, event_key, trigger, actions, depth, caused_by,
                                 status, error, error_code, finished_at)
    SELECT b.id, b.automation_id, b.owner_id, b.event_key, b.trigger::jsonb, x.actions, b.depth, b.caused_by,
           CASE WHEN is_too_deep THEN 'FAILED' ELSE 'QUEUED' END, CASE WHEN is_too_deep THEN $7 END,
           CASE WHEN is_too_deep THEN 'AUTOMATION_DEPTH' END, CASE WHEN is_too_deep THEN now() END
      FROM begun b JOIN actions x ON x.id = b.automation_id ORDER BY b.place
    ON CONFLICT (automation_id, event_key) DO NOTHING
    RETURNING id, automation_id, status)
SELECT n.id, n.automation_id, n.status, b.base_id FROM new n JOIN begun b ON b.id = n.id ORDER BY b.place
"""
_TAKE: Final = """
INSERT INTO automation_paces AS p (base_id, taken_until) VALUES ($1, now() + $2::interval)
ON CONFLICT (base_id) DO UPDATE SET taken_until = greatest(p.taken_until, now()) + $2::interval
RETURNING taken_until - now()
"""
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Start:
    """One event that sets an automation off.

    `event_key` names it: the cursor of a change, the moment of a schedule, an id of the request; a second one with the
    same key counts for nothing. `trigger` is what templates see under that name. `mutation_id` is that of the change,
    by which it is known whether an automation made it: that of a step, or the id of a run whose request came back.
    """

    automation_id: UUID
    event_key: str
    trigger: Mapping[str, Any]
    mutation_id: UUID | None = None


async def start_runs(unit: Unit, services: "Services", starts: Sequence[Start], *, by_hand: bool = False) -> list[UUID]:
    """The ids of the runs that come of events; none for those that had theirs, or whose automation is off.

    They begin once the unit's transaction is committed. An automation that is paused or disabled is set off `by_hand`
    only. Too deep a run is written down as one that failed.
    """
    if not starts:
        return []
    try:
        rows = await unit.connection.fetch(
            _START, *_columns(starts), services.limits.max_automation_depth, too_deep(services.limits), by_hand
        )
    except asyncpg.ForeignKeyViolationError:
        raise overtaken(starts[0].automation_id) from None
    await _enqueue(unit, services.limits, [row for row in rows if row["status"] == RunStatus.QUEUED])
    for automation_id in {row["automation_id"] for row in rows}:
        unit.after_commit(lambda id=automation_id: services.bus.publish(id))  # type: ignore[misc]  # bound on purpose
    return [row["id"] for row in rows]


def overtaken(automation_id: UUID) -> Conflict:
    """The error for whoever sets an automation off that was deleted, or went off, at the same moment."""
    return Conflict("The automation was changed or deleted at the same moment.", automationId=str(automation_id))


def too_deep(limits: "Limits") -> str:
    """What is wrong with a run that is too deep."""
    most = limits.max_automation_depth
    return f"It was set off by an automation, which was set off by another: {most} in a row are allowed."


def _columns(starts: Sequence[Start]) -> tuple[list[Any], ...]:
    ids = new_ids(Kind.AUTOMATION_RUN, len(starts))
    rows = [
        (id, each.automation_id, each.event_key, orjson.dumps(storable(each.trigger)).decode(), each.mutation_id)
        for id, each in zip(ids, starts, strict=True)
    ]
    return tuple(list(column) for column in zip(*rows, strict=True))


async def _enqueue(unit: Unit, limits: "Limits", rows: Iterable[asyncpg.Record]) -> None:
    """In their order; what is too much for a base in this minute has its delay."""
    by_base: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for row in rows:
        by_base[row["base_id"]].append(row["id"])
    share = _MINUTE / limits.max_automation_runs_per_minute
    jobs = []
    for base_id in sorted(by_base):
        ids = by_base[base_id]
        end = await unit.connection.fetchval(_TAKE, base_id, share * len(ids))
        delays = [end - share * (len(ids) - place) - _MINUTE for place in range(1, len(ids) + 1)]
        jobs += [run_job(id, max(delay, timedelta(0))) for id, delay in zip(ids, delays, strict=True)]
    await enqueue(unit.connection, jobs)


def run_job(run_id: UUID, delay: timedelta = timedelta(0)) -> Job:
    """The job of a run."""
    return Job(RUN_JOB, {"run": str(run_id)}, delay)
