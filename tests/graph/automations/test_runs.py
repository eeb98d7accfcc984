"""The history of runs: pages, filters, cancelling, doing again, the stream, and what reading costs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.ids import Kind, new_ids
from resolvers.acting import acting_for
from resolvers.automations.run_events import follow_runs
from resolvers.services import Services
from tests.support.api import Api
from tests.support.automation_calls import DELAY, make_automation, until_ended
from tests.support.automations import working
from tests.support.catalog import mutate
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records, make_table

PAGE = """
    query ($id: ID!, $first: Int, $after: String, $filter: AutomationRunFilter) {
      automation(id: $id) { runs(first: $first, after: $after, filter: $filter) {
        totalCount nodes { id status } pageInfo { hasNextPage endCursor }
      } }
    }
"""
WHOLE = """
    query ($base: ID!) {
      automations(baseId: $base) {
        error nextRunAt owner { id } actions { type } table { automations { id } }
        runs(first: 5) { totalCount nodes { id durationMs automation { id } steps { path action { id } } } }
      }
    }
"""
INSERT = """
    INSERT INTO automation_runs (id, automation_id, event_key, trigger, actions, status)
    VALUES ($1, $2, $1::uuid::text, '{}', '[]', $3)
"""
STEP = """
    INSERT INTO automation_run_steps (run_id, path, position, type, status) VALUES ($1, '1', 0, 'delay', 'SUCCEEDED')
"""


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


async def add_runs(pg: asyncpg.Connection, automation: str, *statuses: str) -> list[str]:
    """The ids of new runs, one after the other, each with a step."""
    ids = new_ids(Kind.AUTOMATION_RUN, len(statuses))
    for id, status in zip(ids, statuses, strict=True):
        await pg.execute(INSERT, id, automation, status)
        await pg.execute(STEP, id)
    return [str(id) for id in ids]


async def test_pages_and_filters(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    id = await make_automation(api, table, "RECORD_CREATED")
    a, b, c = await add_runs(pg, id, "SUCCEEDED", "FAILED", "SUCCEEDED")

    async def read(**given: object) -> tuple[list[str], int, bool, str]:
        found = (await api.execute(PAGE, {"id": id, **given}, as_=table.owner)).ok["automation"]["runs"]
        page = found["pageInfo"]
        return [each["id"] for each in found["nodes"]], found["totalCount"], page["hasNextPage"], page["endCursor"]

    assert await read(first=2) == ([c, b], 3, True, b)
    assert await read(first=2, after=b) == ([a], 3, False, a)
    assert (await read(filter={"statuses": ["FAILED"]}))[:2] == ([b], 1)
    assert (await read(filter={"since": "2100-01-01T00:00:00Z"}))[:2] == ([], 0)
    assert (await read(filter={"isTest": True}))[:2] == ([], 0)


async def test_statements_do_not_grow_with_what_there_is(
    api: Api, table: MadeTable, pg: asyncpg.Connection, statements: Callable[[], StatementLog]
) -> None:
    counts = []
    for _ in range(2):
        id = await make_automation(api, table, "RECORD_CREATED", actions=[DELAY])
        await add_runs(pg, id, "SUCCEEDED", "FAILED")
        with statements() as seen:
            assert (await api.execute(WHOLE, {"base": table.base_id}, as_=table.owner)).ok
        counts.append(seen.count)
    assert counts[0] == counts[1]


async def test_a_run_that_waits_is_cancelled_and_does_nothing(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    id = await make_automation(api, table, "BUTTON_CLICKED", actions=[DELAY])
    made = await mutate(api, "triggerAutomation", "run { id }", {"automationId": id}, as_=table.owner)
    run = made.ok["triggerAutomation"]["run"]["id"]
    selection = "run { id status error }"
    cancelled = (await mutate(api, "cancelAutomationRun", selection, {"id": run}, as_=table.owner)).ok
    assert cancelled["cancelAutomationRun"]["run"] == {
        "id": run,
        "status": "CANCELLED",
        "error": "Somebody cancelled it.",
    }
    assert (await mutate(api, "cancelAutomationRun", selection, {"id": run}, as_=table.owner)).codes == ["CONFLICT"]
    async with working(services):
        await asyncio.sleep(0.5)
        assert [each["status"] for each in await until_ended(api, table, id, 1)] == ["CANCELLED"]
    assert await pg.fetchval("SELECT count(*) FROM automation_run_steps") == 0


async def test_a_run_that_failed_is_done_again_with_the_actions_of_now(
    api: Api, services: Services, table: MadeTable
) -> None:
    wrong = {"type": "DELETE_RECORD", "config": {"recordId": "{{trigger.record.Name}}"}}
    id = await make_automation(api, table, "RECORD_CREATED", actions=[wrong])
    async with working(services):
        await create_records(api, table, [{"Name": "no id"}])
        [failed] = await until_ended(api, table, id, 1)
        assert failed["status"] == "FAILED"
        query = "query ($id: ID!) { automation(id: $id) { actions { id } } }"
        action = (await api.execute(query, {"id": id}, as_=table.owner)).ok["automation"]["actions"][0]["id"]
        given = {"id": action, **DELAY}
        assert (await mutate(api, "updateAutomationAction", "automation { id }", given, as_=table.owner)).ok
        selection = "run { retryOf { id } }"
        again = await mutate(api, "retryAutomationRun", selection, {"id": failed["id"]}, as_=table.owner)
        assert again.ok["retryAutomationRun"]["run"] == {"retryOf": {"id": failed["id"]}}
        runs = await until_ended(api, table, id, 2)
        assert [run["status"] for run in runs] == ["FAILED", "SUCCEEDED"]
        assert runs[1]["trigger"] == failed["trigger"]
        refused = await mutate(api, "retryAutomationRun", "run { id }", {"id": runs[1]["id"]}, as_=table.owner)
        assert refused.codes == ["CONFLICT"]


async def test_the_stream_tells_what_happens_to_runs(
    api: Api, services: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    id = await make_automation(api, table, "RECORD_CREATED", actions=[DELAY])
    await add_runs(pg, id, "SUCCEEDED")
    [waiting] = await add_runs(pg, id, "QUEUED")
    context = await acting_for(services, table.owner.id, "test")
    async with working(services), aclosing(await follow_runs(context, UUID(id))) as events:
        first = await asyncio.wait_for(anext(events), 20)
        assert (str(first.id), first.status) == (waiting, "QUEUED")
        [record] = await create_records(api, table, [{"Name": "Bolt"}])
        seen = [run async for run in _until_over(events)]
    assert {run.trigger["record_id"] for run in seen} == {record}
    assert seen[-1].status == "SUCCEEDED"


async def _until_over(events: AsyncIterator[Any]) -> AsyncIterator[Any]:
    async with asyncio.timeout(20):
        async for run in events:
            yield run
            if run.status == "SUCCEEDED":
                return
