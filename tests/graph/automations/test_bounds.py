"""Depth, pace and retention of runs; and many at once."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from resolvers.automations.upkeep import RunUpkeep
from resolvers.services import Services
from tests.graph.functions.conftest import greetings
from tests.support.api import Api
from tests.support.automation_calls import DELAY, make_automation, runs_of, until_ended
from tests.support.automations import working
from tests.support.catalog import add_table, mutate
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.waiting import eventually

__all__ = ["greetings"]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


def limit(services: Services, **limits: Any) -> None:
    """Other limits."""
    services.limits = replace(services.limits, **limits)


async def test_automations_that_set_each_other_off_come_to_an_end(
    api: Api, services: Services, table: MadeTable
) -> None:
    limit(services, max_automation_depth=3)
    again = {"type": "CREATE_RECORD", "config": {"tableId": str(table.id), "fields": {"Name": "again"}}}
    id = await make_automation(api, table, "RECORD_CREATED", actions=[again])
    async with working(services):
        await create_records(api, table, [{"Name": "first"}])
        runs = await until_ended(api, table, id, 4)
    assert [(run["depth"], run["status"], run["errorCode"]) for run in runs] == [
        (1, "SUCCEEDED", None),
        (2, "SUCCEEDED", None),
        (3, "SUCCEEDED", None),
        (4, "FAILED", "AUTOMATION_DEPTH"),
    ]
    assert runs[3]["error"] == "It was set off by an automation, which was set off by another: 3 in a row are allowed."


@pytest.mark.usefixtures("greetings")
async def test_functions_are_no_way_around_it(api: Api, services: Services, table: MadeTable) -> None:
    limit(services, max_automation_depth=2)
    again = {"type": "CALL_FUNCTION", "config": {"name": "write", "arguments": {"table": str(table.id)}}}
    id = await make_automation(api, table, "RECORD_CREATED", actions=[again])
    async with working(services):
        await create_records(api, table, [{"Name": "first"}])
        runs = await until_ended(api, table, id, 3)
    assert [(run["depth"], run["errorCode"]) for run in runs] == [(1, None), (2, None), (3, "AUTOMATION_DEPTH")]


async def test_what_is_too_much_for_a_minute_waits(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    limit(services, max_automation_runs_per_minute=10)
    id = await make_automation(api, table, "RECORD_CREATED", actions=[DELAY])
    async with working(services):
        await create_records(api, table, [{"Name": str(n)} for n in range(15)])

        async def ten_are_over() -> bool:
            return len([run for run in await runs_of(api, table, id) if run["status"] == "SUCCEEDED"]) == 10

        await eventually(ten_are_over)
    assert [run["status"] for run in await runs_of(api, table, id)] == ["SUCCEEDED"] * 10 + ["QUEUED"] * 5
    waits = await pg.fetch(
        "SELECT extract(epoch FROM execute_after - created)::int AS seconds FROM jobs.pgqueuer"
        " WHERE entrypoint = 'automation_run' ORDER BY execute_after"
    )
    assert [row["seconds"] for row in waits] == pytest.approx([6, 12, 18, 24, 30], abs=2)


async def test_the_pace_is_shared_by_the_automations_of_a_base_alone(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    limit(services, max_automation_runs_per_minute=2)
    beside = replace(table, id=UUID(await add_table(api, table.owner, table.base_id, "Beside")))
    elsewhere = await make_table(api, owner=table.owner)
    ids = [await make_automation(api, each, "BUTTON_CLICKED", actions=[DELAY]) for each in (table, beside, elsewhere)]
    free = [await _trigger(api, table, id) for id in ids]
    waiting = [await _trigger(api, table, id) for id in ids[:2]]
    free.append(await _trigger(api, table, ids[2]))
    delays = {
        orjson.loads(row["payload"])["run"]: row["seconds"]
        for row in await pg.fetch(
            "SELECT payload, extract(epoch FROM execute_after - created)::float AS seconds FROM jobs.pgqueuer"
        )
    }
    assert [delays[id] for id in free] == pytest.approx([0, 0, 0, 0], abs=1)
    assert [delays[id] for id in waiting] == pytest.approx([30, 60], abs=15), "less what has passed meanwhile"


async def _trigger(api: Api, table: MadeTable, automation: str) -> str:
    made = await mutate(api, "triggerAutomation", "run { id }", {"automationId": automation}, as_=table.owner)
    id: str = made.ok["triggerAutomation"]["run"]["id"]
    return id


async def test_many_records_of_one_call_make_a_run_each(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    await make_automation(api, table, "RECORD_CREATED")
    ids = await create_records(api, table, [{"Name": str(n)} for n in range(2_000)])
    counted = "SELECT count(*), count(DISTINCT trigger->>'record_id') FROM automation_runs"

    async def are_all_there() -> bool:
        return (await pg.fetchrow(counted))["count"] >= len(ids)

    async with working(services):
        await eventually(are_all_there)
    assert tuple(await pg.fetchrow(counted)) == (2_000, 2_000)


async def test_runs_that_are_over_go_when_they_are_old(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    limit(services, automation_run_retention=timedelta(days=1))
    id = await make_automation(api, table, "RECORD_CREATED")
    insert = """
        INSERT INTO automation_runs (id, automation_id, event_key, trigger, actions, status, created_at)
        VALUES (gen_random_uuid(), $1, $2, '{}', '[]', $3, now() - $4::interval)
    """
    for key, status, days in (("a", "SUCCEEDED", 2), ("b", "FAILED", 2), ("c", "RUNNING", 2), ("d", "SUCCEEDED", 0)):
        await pg.execute(insert, id, key, status, timedelta(days=days))
    assert await RunUpkeep(services).look() == 2
    assert [row[0] for row in await pg.fetch("SELECT event_key FROM automation_runs ORDER BY 1")] == ["c", "d"]
