"""How events get from a writer to whoever follows: who wakes whom, and what it costs when nobody does."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias

import asyncpg
import pytest

from adapters.bus import APPLICATION
from adapters.database import Database
from adapters.passwords import Passwords
from resolvers.services import Services
from server.services import make_services
from server.settings import Settings
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.api import Api
from tests.support.catalog import add_field
from tests.support.records import Records
from tests.support.sockets import Socket, opened, served
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@pytest.fixture
async def elsewhere(
    settings: Settings, services: Services, database_url: str, passwords: Passwords
) -> AsyncIterator[str]:
    """The address of a second server of the same database, with a pool and a bus of its own."""
    database = Database(database_url, pool_size=5)
    others = make_services(settings, database)
    others.passwords, others.limits = passwords, services.limits
    async with served(settings, others) as address:
        yield address
    await database.close()


async def cursor_of(records: Records) -> str:
    """The cursor of this moment."""
    return (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]


async def connected_buses(pg: Connection) -> list[int]:
    """The process ids of the connections that listen."""
    found = "SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND datname = current_database()"
    return [row["pid"] for row in await pg.fetch(found, APPLICATION)]


async def test_a_write_wakes_the_streams_of_another_server(
    owner: Socket, elsewhere: str, records: Records, table: MadeTable, pg: Connection
) -> None:
    await eventually(lambda: _are(pg, 2))
    async with opened(elsewhere) as socket:
        await socket.initialise(table.owner)
        cursor = await cursor_of(records)
        here = await owner.subscribe(EVENTS, {"table": table.id, "after": cursor})
        there = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor})
        for _ in range(5):
            made = (await records.create({})).ok["createRecord"]["record"]["id"]
            assert [(await each.event(id))["recordId"] for each, id in ((owner, here), (socket, there))] == [made] * 2


async def _are(pg: Connection, count: int) -> bool:
    return len(await connected_buses(pg)) == count


async def test_a_bus_that_lost_its_connection_gets_another(
    owner: Socket, elsewhere: str, records: Records, table: MadeTable, pg: Connection
) -> None:
    await eventually(lambda: _are(pg, 2))
    before = set(await connected_buses(pg))
    for pid in before:
        await pg.execute("SELECT pg_terminate_backend($1)", pid)

    async def are_others() -> bool:
        pids = set(await connected_buses(pg))
        return len(pids) == 2 and not pids & before

    await eventually(are_others)
    async with opened(elsewhere) as socket:
        await socket.initialise(table.owner)
        id = await socket.subscribe(EVENTS, {"table": table.id, "after": await cursor_of(records)})
        made = (await records.create({})).ok["createRecord"]["record"]["id"]
        assert (await socket.event(id))["recordId"] == made


async def test_without_a_bus_events_are_found_by_looking(
    settings: Settings, services: Services, records: Records, table: MadeTable
) -> None:
    services.limits = replace(services.limits, event_poll_interval=timedelta(seconds=0.02))
    async with served(settings, services, with_bus=False) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        id = await socket.subscribe(EVENTS, {"table": table.id, "after": await cursor_of(records)})
        for _ in range(3):
            made = (await records.create({})).ok["createRecord"]["record"]["id"]
            assert (await socket.event(id))["recordId"] == made


async def test_a_write_sends_no_statement_for_the_bus(
    address: str, records: Records, statements: Callable[[], StatementLog]
) -> None:
    await records.create({})
    with statements() as seen:
        await records.create({})
    assert seen.count == 1


async def test_a_mutation_of_several_fields_wakes_once_it_is_committed(
    owner: Socket, records: Records, table: MadeTable
) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": await cursor_of(records)})
    document = """
        mutation ($table: ID!) {
          a: createRecord(input: { tableId: $table, fields: {} }) { record { id } }
          b: createRecord(input: { tableId: $table, fields: {}, idempotencyKey: "k" }) { record { id } }
        }
    """
    done = (await records.run(document, {"table": table.id})).ok
    assert [(await owner.event(id))["recordId"] for _ in range(2)] == [done[each]["record"]["id"] for each in "ab"]
    await records.upsert(["Name"], [{"Name": "x"}])
    assert (await owner.event(id))["type"] == "CREATED"


async def test_nothing_is_left_of_sockets_that_drop(
    services: Services, address: str, records: Records, table: MadeTable
) -> None:
    for drop in range(6):
        async with opened(address) as socket:
            await socket.initialise(table.owner)
            cursor = await cursor_of(records)
            ids = [await socket.subscribe(EVENTS, {"table": table.id, "after": cursor}) for _ in range(5)]
            await eventually(lambda: services.bus.listeners == 1)
            await records.create({})
            assert {(await socket.receive())["id"] for _ in ids} == set(ids)
            if drop % 2:
                socket.connection.transport.abort()
        await eventually(lambda: (services.bus.listeners, services.streams.feeds) == (0, 0))
    await eventually(lambda: services.database.connections_in_use == 0)


async def test_the_log_waits_for_a_client_that_is_slow(
    services: Services,
    api: Api,
    owner: Socket,
    records: Records,
    table: MadeTable,
    statements: Callable[[], StatementLog],
) -> None:
    await add_field(api, table, name="Long", type="LONG_TEXT")
    services.limits = replace(services.limits, events_per_read=2)
    cursor = await cursor_of(records)
    made: list[str] = []
    for _ in range(30):
        batch = await records.create_all([{"Long": "x" * 100_000}] * 10, selection="id")
        made += [record["id"] for record in batch.ok["createRecords"]["records"]]
    document = """
        subscription ($table: ID!, $after: String) {
          recordEvents(tableId: $table, after: $after) { recordId record { fields } }
        }
    """
    with statements() as seen:
        id = await owner.subscribe(document, {"table": table.id, "after": cursor})
        await eventually(lambda: seen.count > 2)
        before = 0
        while before != seen.count:
            before = seen.count
            await asyncio.sleep(0.3)  # long enough for a stream that nothing holds back to read on
    assert seen.count < len(made) // 2 * 0.9
    assert [(await owner.event(id))["recordId"] for _ in made] == made


async def test_no_transaction_of_a_writer_notifies(
    services: Services,
    elsewhere: str,
    owner: Socket,
    records: Records,
    table: MadeTable,
    pg: Connection,
    statements: Callable[[], StatementLog],
) -> None:
    await eventually(lambda: _are(pg, 2))
    async with opened(elsewhere) as socket:
        await socket.initialise(table.owner)
        there = await socket.subscribe(EVENTS, {"table": table.id, "after": await cursor_of(records)})
        with statements() as seen:
            made = (await records.create({"Name": "a"})).ok["createRecord"]["record"]["id"]
            await records.create_all([{"Name": "b"}] * 3)
            await records.upsert(["Name"], [{"Name": "a", "Price": 1}])
            await eventually(lambda: services.bus.sent > 0)
            assert (await socket.event(there))["recordId"] == made
        assert [text for text in seen.texts if "notify" in text.lower()] == []
        assert len(seen.transactions) > 0
