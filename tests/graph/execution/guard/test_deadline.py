"""An operation whose time is up is given up: nothing of it is written, and nothing of it goes on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from resolvers.services import Services
from tests.support.api import Api
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.waiting import eventually

LATE = "The operation took longer than the 0.5 s that it may, and was given up."
WRITE = """
    mutation ($table: ID!, $id: ID!) {
      createRecord(input: {tableId: $table, fields: {Name: "new"}}) { record { id } }
      updateRecord(input: {id: $id, fields: {Name: "other"}}) { record { id } }
    }
"""
READ = "query ($table: ID!) { records(tableId: $table) { nodes { fields } } }"
LONG_WAY = "query ($table: ID!) { table(id: $table) { records { nodes { fields } } } me { id } }"
ADD = """
    mutation ($table: ID!) {
      createField(input: {tableId: $table, field: {name: "More", type: TEXT}}) { field { name } }
    }
"""


@pytest.fixture
def services(services: Services) -> Services:
    """With half a second for each operation."""
    services.limits = replace(services.limits, execution_timeout=timedelta(seconds=0.5))
    return services


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table of one record."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


@pytest.fixture
async def locked(pg: "asyncpg.Connection[asyncpg.Record]", table: MadeTable) -> AsyncIterator[str]:
    """The table's name in PostgreSQL, for whoever wants to lock it in a transaction that lasts as long as the test."""
    name = await pg.fetchval("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname ~ '^base_'")
    transaction = pg.transaction()
    await transaction.start()
    yield name
    await transaction.rollback()


async def is_quiet(pg: "asyncpg.Connection[asyncpg.Record]") -> bool:
    """Whether no other session of the database does anything, or holds a transaction open."""
    busy = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
          AND backend_type = 'client backend' AND query NOT LIKE 'LISTEN%'
    """
    await pg.execute("SELECT pg_stat_clear_snapshot()")
    return bool(await pg.fetchval(busy) == 0)


async def test_a_mutation_whose_time_is_up_is_rolled_back(
    api: Api, services: Services, table: MadeTable, locked: str, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    [id] = await create_records(api, table, [{"Name": "first"}])
    await pg.execute(f"SELECT FROM {locked} FOR UPDATE")
    late = await api.execute(WRITE, {"table": table.id, "id": id}, as_=table.owner)
    assert (late.data, late.codes, late.errors[0]["message"]) == (None, ["UNAVAILABLE"], LATE)
    await eventually(lambda: is_quiet(pg))
    assert services.database.connections_in_use == 0
    left = await api.execute(READ, {"table": table.id}, as_=table.owner)
    assert left.ok == {"records": {"nodes": [{"fields": {"Name": "first"}}]}}


@pytest.mark.parametrize("document", [READ, LONG_WAY])
async def test_a_query_whose_time_is_up_leaves_nothing_running(
    document: str, api: Api, services: Services, table: MadeTable, locked: str, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await pg.execute(f"LOCK TABLE {locked} IN ACCESS EXCLUSIVE MODE")
    late = await api.execute(document, {"table": table.id}, as_=table.owner)
    assert (late.data, late.codes, late.errors[0]["message"]) == (None, ["UNAVAILABLE"], LATE)
    await eventually(lambda: is_quiet(pg))
    assert services.database.connections_in_use == 0


async def test_a_change_of_the_schema_may_take_longer_once_it_has_begun(
    api: Api, services: Services, table: MadeTable, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    services.limits = replace(services.limits, schema_lock_timeout_ms=20_000)
    base = "SELECT FROM bases FOR UPDATE"
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute(base)
    added = asyncio.create_task(api.execute(ADD, {"table": table.id}, as_=table.owner))
    await asyncio.sleep(1)
    assert not added.done()
    await transaction.rollback()
    assert (await added).ok == {"createField": {"field": {"name": "More"}}}
