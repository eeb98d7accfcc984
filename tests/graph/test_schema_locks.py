"""Changes of tables and fields while somebody else holds a lock."""

import dataclasses

import asyncpg

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import mutate, values
from tests.support.tables import create_records, make_table

FIELD = {"name": "Price", "type": "NUMBER"}


async def test_a_table_that_stays_locked_is_unavailable_and_unchanged(
    api: Api, services: Services, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    services.limits = dataclasses.replace(services.limits, schema_lock_timeout_ms=20)
    table = await make_table(api)
    await create_records(api, table, [{"Name": "Bolt"}])
    before = await snapshot(services.database)
    name = await pg.fetchval("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname ~ '^base_'")

    async with pg.transaction():
        await pg.execute(f"SELECT FROM {name} FOR UPDATE")
        given = {"tableId": table.id, "field": FIELD}
        locked = await mutate(api, "createField", "field { id }", given, as_=table.owner)
        readable = await values(api, table, "Name")
    free = await mutate(api, "createField", "field { id }", given, as_=table.owner)

    assert (locked.data, locked.codes) == (None, ["UNAVAILABLE"])
    assert readable == ["Bolt"]
    assert free.errors == []
    await mutate(api, "deleteField", "deletedId", {"id": free.ok["createField"]["field"]["id"]}, as_=table.owner)
    after = await snapshot(services.database)
    moved = ("public.bases", "public.changes")  # the version of the schema, and what became of the field that was free
    assert {key: value for key, value in after.items() if not key.startswith(moved)} == {
        key: value for key, value in before.items() if not key.startswith(moved)
    }


async def test_the_timeouts_end_with_the_operation(api: Api, services: Services) -> None:
    await make_table(api)

    async with services.database.unit() as unit:
        timeouts = [await unit.connection.fetchval(f"SHOW {name}") for name in ("lock_timeout", "statement_timeout")]

    assert timeouts == ["0", "10s"]
