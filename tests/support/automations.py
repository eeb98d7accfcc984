"""Runs of automations in tests: actions that are done by a real worker, for a trigger that the test makes up."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import orjson

from adapters.jobs import Pace
from adapters.outgoing.client import OutgoingClient
from adapters.outgoing.rules import Rules
from domain.automations.conditions import FilterLimits
from domain.automations.contract import Reading
from domain.automations.nesting import read_actions
from domain.errors import invalid_input
from domain.ids import Kind, new_id
from domain.networks import networks
from resolvers.automations.starting import Start, start_runs
from resolvers.services import Limits, Services
from server.working import Work
from tests.support.api import Api
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

PACE = Pace(at_once=10, poll=timedelta(milliseconds=100), takeover=timedelta(seconds=2), grace=timedelta(seconds=1))
Connection = asyncpg.Connection
_CREATE = "mutation ($input: CreateAutomationInput!) { createAutomation(input: $input) { automation { id } } }"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended. `steps` maps the paths of its steps to their rows."""

    id: UUID
    status: str
    error: str | None
    steps: Mapping[str, Mapping[str, Any]]

    @property
    def outputs(self) -> dict[str, Any]:
        """The outputs of the steps by their paths."""
        return {path: step["output"] for path, step in self.steps.items()}


def checked(actions: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Actions as they are kept; raises what a client is told that sends wrong ones."""
    reading = Reading(None, FilterLimits(20, 500))  # type: ignore[arg-type]  # actions name no fields of the table
    kept = read_actions(list(actions), ("actions",), reading)
    if reading.problems:
        raise invalid_input(reading.problems)
    return [{"id": str(new_id(Kind.AUTOMATION_ACTION)), **action} for action in kept]


async def create_automation(
    api: Api, table: MadeTable, actions: Sequence[Mapping[str, Any]], trigger_type: str = "BUTTON_CLICKED", **more: Any
) -> UUID:
    """A new automation of a table, by its owner."""
    given = {"tableId": table.id, "name": "Test", "triggerType": trigger_type, "actions": actions, **more}
    result = await api.execute(_CREATE, {"input": given}, as_=table.owner)
    return UUID(result.ok["createAutomation"]["automation"]["id"])


async def begin_runs(services: Services, automation: UUID, triggers: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """Runs that wait in the queue, one for each trigger."""
    starts = [Start(automation, str(uuid4()), trigger) for trigger in triggers]
    async with services.database.transaction() as unit:
        return await start_runs(unit, services, starts, by_hand=True)


async def begin_run(
    api: Api, table: MadeTable, actions: Sequence[Mapping[str, Any]], trigger: Mapping[str, Any] | None = None
) -> UUID:
    """A run of a new automation that waits in the queue."""
    [id] = await begin_runs(api.services, await create_automation(api, table, actions), [trigger or {}])
    return id


async def found(pg: Connection, id: UUID) -> Ended:
    """A run as it stands."""
    run = await pg.fetchrow("SELECT status, error FROM automation_runs WHERE id = $1", id)
    rows = await pg.fetch("SELECT * FROM automation_run_steps WHERE run_id = $1 ORDER BY position", id)
    steps = {
        row["path"]: {**row, **{name: orjson.loads(row[name] or "null") for name in ("input", "output")}}
        for row in rows
    }
    return Ended(id, run["status"], run["error"], steps)


async def ended(pg: Connection, id: UUID) -> Ended:
    """A run once it is over."""

    async def is_over() -> bool:
        return (await found(pg, id)).status not in ("QUEUED", "RUNNING")

    await eventually(is_over)
    return await found(pg, id)


@asynccontextmanager
async def working(services: Services, pace: Pace = PACE) -> AsyncIterator[None]:
    """A worker beside the test, which may send requests to this machine."""
    services.outgoing = OutgoingClient(Rules(networks=networks(("127.0.0.0/8",)), total_timeout=5))
    async with services.bus.running(), Work(services, pace).running():
        yield
    await services.outgoing.aclose()
    await services.scripts.aclose()


async def run_actions(
    api: Api,
    pg: Connection,
    table: MadeTable,
    actions: Sequence[Mapping[str, Any]],
    trigger: Mapping[str, Any] | None = None,
) -> Ended:
    """How actions end that are done once."""
    id = await begin_run(api, table, actions, trigger)
    async with working(api.services):
        return await ended(pg, id)


def quick(services: Services, attempts: int = 3) -> Limits:
    """Limits with which a run that fails for a while is tried again soon, so often."""
    return replace(services.limits, automation_attempts=attempts, automation_retry_delay=timedelta(milliseconds=20))
