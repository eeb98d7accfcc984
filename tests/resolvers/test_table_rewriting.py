"""A table that has used up its columns is rewritten: everything of it stays as it was."""

import asyncpg

from adapters.database import Database
from resolvers.table_rewriting import make_room
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, update_field, values
from tests.support.tables import MadeTable, create_records, make_table

FIELDS = [
    {"name": "Name", "type": "TEXT", "isIndexed": True},
    {"name": "No", "type": "AUTONUMBER"},
    {"name": "Price", "type": "NUMBER"},
]
INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname LIKE 'base%' ORDER BY indexname"


async def sql_name(pg: "asyncpg.Connection[asyncpg.Record]") -> str:
    """Qualified name of the only table."""
    return await pg.fetchval("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname ~ '^base_'")


async def crowded_table(api: Api) -> MadeTable:
    """A table with two records whose third field's column stands behind a dropped one."""
    table = await make_table(api, FIELDS)
    await create_records(api, table, [{"Name": "Bolt", "Price": 1}, {"Name": "Nut", "Price": 2}])
    await update_field(api, table, "Price", type="TEXT")
    return table


async def test_a_rewritten_table_has_its_rows_keys_indexes_and_counters(
    api: Api, database: Database, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    table = await crowded_table(api)
    name = await sql_name(pg)
    await pg.execute(f"CREATE TABLE public.pointing (record uuid REFERENCES {name} ON DELETE CASCADE)")
    try:
        rows, indexes = await pg.fetch(f"SELECT * FROM {name} ORDER BY id"), await pg.fetch(INDEXES)
        await pg.execute("INSERT INTO public.pointing VALUES ($1)", rows[0]["id"])

        async with database.transaction() as unit:
            assert await make_room(unit, name, limit=10) is True

        assert [tuple(row) for row in await pg.fetch(f"SELECT * FROM {name} ORDER BY id")] == [
            tuple(row) for row in rows
        ]
        assert await pg.fetch(INDEXES) == indexes
        assert await pg.fetchval("SELECT max(attnum) FROM pg_attribute WHERE attrelid = $1::text::regclass", name) == 9
        await mutate(api, "deleteRecords", "deletedIds", {"tableId": table.id, "ids": [rows[0]["id"]]}, as_=table.owner)
        assert await pg.fetchval("SELECT count(*) FROM public.pointing") == 0
    finally:
        await pg.execute("DROP TABLE public.pointing")
    await create_records(api, table, [{"Name": "Washer", "Price": "3"}])
    assert await values(api, table, "No") == [2, 3]
    assert await values(api, table, "Price") == ["2", "3"]


async def test_a_table_can_be_rewritten_again(
    api: Api, database: Database, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    table = await crowded_table(api)
    name = await sql_name(pg)

    for _ in range(2):
        async with database.transaction() as unit:
            assert await make_room(unit, name, limit=1) is True

    assert await values(api, table, "No") == [1, 2]


async def test_a_table_with_room_is_left_alone(
    api: Api, database: Database, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await crowded_table(api)
    before = await pg.fetchval("SELECT $1::text::regclass::oid", await sql_name(pg))

    async with database.transaction() as unit:
        assert await make_room(unit, await sql_name(pg), limit=11) is False

    assert await pg.fetchval("SELECT $1::text::regclass::oid", await sql_name(pg)) == before


async def test_fields_can_come_and_go_more_often_than_postgresql_has_columns(
    api: Api, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    table = await make_table(api)
    await create_records(api, table, [{"Name": "Bolt"}])
    name = await sql_name(pg)
    additions = ", ".join(f"ADD COLUMN x{number} text" for number in range(1_493))
    await pg.execute(f"ALTER TABLE {name} {additions}")
    await pg.execute(f"ALTER TABLE {name} {', '.join(f'DROP COLUMN x{number}' for number in range(1_493))}")

    field = await add_field(api, table, name="Late", type="NUMBER", isRequired=True, defaultValue=1)

    assert await values(api, table, field) == [1]
    assert await pg.fetchval("SELECT max(attnum) FROM pg_attribute WHERE attrelid = $1::text::regclass", name) == 8
