"""A transaction that takes long delays no events but its own, neither of its own table nor of another base."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.support.api import Api
from tests.support.records import Records
from tests.support.sockets import Socket, opened, served
from tests.support.tables import MadeTable, make_table
from tests.support.waiting import eventually

EVENTS = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after) { cursor type recordId previous }
    }
"""
SLOW = """
    mutation ($table: ID!, $locked: ID!) {
      before: createRecord(input: { tableId: $table, fields: { Name: "before" } }) { record { id } }
      locked: updateRecord(input: { id: $locked, fields: { Name: "changed" } }) { record { id } }
      after: createRecord(input: { tableId: $table, fields: { Name: "after" } }) { record { id } }
    }
"""
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
async def address(settings: Settings, services: Services) -> AsyncIterator[str]:
    """A server whose streams are woken by changes only."""
    services.limits = replace(services.limits, event_poll_interval=timedelta(hours=1))
    async with served(settings, services) as address:
        yield address


@pytest.fixture
async def table(api: Api) -> MadeTable:
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


@pytest.fixture
async def socket(address: str, table: MadeTable) -> AsyncIterator[Socket]:
    async with opened(address) as socket:
        yield await socket.initialise(table.owner)


async def cursor_of(records: Records) -> str:
    return (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]


async def created(records: Records) -> str:
    return (await records.create({"Name": "quick"})).ok["createRecord"]["record"]["id"]


async def test_only_its_own_events_wait_for_a_transaction(
    api: Api, socket: Socket, table: MadeTable, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner, name="Elsewhere")
    here, there = Records(api, table), Records(api, other)
    locked = await created(here)
    streams = [
        (records, await socket.subscribe(EVENTS, {"table": records.table.id, "after": await cursor_of(records)}))
        for records in (there, here)
    ]
    own = streams[-1][1]
    numbers = "SELECT format('base_%s.t_%s', b.number, t.number) FROM tables t JOIN bases b ON b.id = t.base_id"
    sql_name = await pg.fetchval(f"{numbers} WHERE t.id = $1", table.id)

    async with asyncio.TaskGroup() as tasks, pg.transaction():
        await pg.execute(f"SELECT FROM {sql_name} WHERE id = $1 FOR UPDATE", locked)
        slow = tasks.create_task(here.run(SLOW, {"table": table.id, "locked": locked}))
        await eventually(lambda: _waits(pg))
        for _ in range(5):
            for records, stream in streams:
                made = await created(records)
                event = await socket.event(stream)
                assert (event["type"], event["recordId"]) == ("CREATED", made)
        cursor = event["cursor"]
        assert not slow.done()

    done = slow.result().ok
    expected = [("CREATED", "before", None), ("UPDATED", "locked", {"Name": "quick"}), ("CREATED", "after", None)]
    events = [await socket.event(own) for _ in expected]
    ids = {name: done[name]["record"]["id"] for name in done}
    assert [(each["type"], each["recordId"], each["previous"]) for each in events] == [
        (type, ids[name], previous) for type, name, previous in expected
    ]
    resumed = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor})
    assert [(await socket.event(resumed))["recordId"] for _ in expected] == [each["recordId"] for each in events]


async def _waits(pg: "asyncpg.Connection[asyncpg.Record]") -> bool:
    await pg.execute("SELECT pg_stat_clear_snapshot()")  # a transaction sees the same activity all the time
    return bool(await pg.fetchval(WAITS))
