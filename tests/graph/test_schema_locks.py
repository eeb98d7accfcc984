"""Changes of tables and fields while somebody else holds a lock."""

import dataclasses
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, values
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.views import make_view

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


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with links, with a formula that is kept and indexed, and with one that is not kept."""
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Size", "type": "NUMBER"}])
    link = {"linked_table_id": str(table.id)}
    formulas = {"Big": "{Size} * 2", "Old": "NOW()"}
    ids = {name: await add_field(api, table, **_formula(name, formulas[name])) for name in formulas}
    ids["Next"] = await add_field(api, table, name="Next", type="LINKED_RECORD", options=link)
    ids["One"] = await add_field(api, table, name="One", type="LINKED_RECORD", options=link | {"allow_multiple": False})
    ids["view"] = (await make_view(api, table))["id"]
    await create_records(api, table, [{"Name": "Bolt"}])
    return dataclasses.replace(table, fields={**table.fields, **ids})


def _formula(name: str, formula: str) -> dict[str, Any]:
    return {"name": name, "type": "FORMULA", "options": {"formula": formula}, "isIndexed": name == "Big"}


LOOKUP = {"name": "Sizes", "type": "LOOKUP", "options": {"linked_field_id": "Next", "lookup_field_id": "Size"}}
COUNT = {
    "name": "n",
    "type": "ROLLUP",
    "options": {"linked_field_id": "Next", "rollup_field_id": "Size", "function": "COUNT"},
}
SIZE = [{"field": "Size"}]
FREE: list[tuple[str, dict[str, Any]]] = [
    ("updateBase", {"id": "base", "name": "Other"}),
    ("createTable", {"baseId": "base", "name": "Other"}),
    ("updateTable", {"id": "table", "name": "Things", "description": "All."}),
    ("updateTable", {"id": "table", "primaryFieldId": "Size"}),
    ("reorderTables", {"baseId": "base", "tableIds": ["table"]}),
    ("createField", {"tableId": "table", "field": LOOKUP}),
    ("createField", {"tableId": "table", "field": COUNT}),
    ("createField", {"tableId": "table", "field": _formula("Today", "TODAY()")}),
    ("deleteField", {"id": "Old"}),
    ("updateField", {"id": "Big", "name": "Huge"}),
    ("updateField", {"id": "One", "options": {"linked_table_id": "Parts", "allow_multiple": True}}),
    ("createView", {"tableId": "table", "name": "Other", "type": "GRID"}),
    (
        "createView",
        {"tableId": "table", "name": "O", "type": "GRID", "isIndexed": True, "orderBy": [{"field": "Size"}]},
    ),
    ("updateView", {"id": "view", "name": "Mine", "filter": {"field": "Size", "operator": "GT", "value": 1}}),
    ("duplicateView", {"id": "view"}),
    ("reorderViews", {"tableId": "table", "viewIds": ["view"]}),
    ("deleteView", {"id": "view"}),
]


@pytest.mark.parametrize(("mutation", "given"), FREE)
async def test_what_changes_no_column_waits_for_no_writer(
    api: Api,
    services: Services,
    pg: "asyncpg.Connection[asyncpg.Record]",
    table: MadeTable,
    mutation: str,
    given: dict[str, Any],
) -> None:
    services.limits = dataclasses.replace(services.limits, schema_lock_timeout_ms=20)
    ids = {"base": str(table.base_id), "table": str(table.id), **table.fields}
    name = "(SELECT format('%I.%I', 'base_' || number, 't_' || (SELECT number FROM tables)) FROM bases)"
    async with pg.transaction():
        await pg.execute(f"UPDATE {await pg.fetchval(f'SELECT {name}')} SET revision = revision")
        known = {key: ids.get(value, value) if isinstance(value, str) else value for key, value in given.items()}
        known |= {key: [ids.get(each, each) for each in known[key]] for key in ("tableIds", "viewIds") if key in known}
        done = await mutate(api, mutation, "__typename", known, as_=table.owner)
    assert done.codes == []


async def test_the_timeouts_end_with_the_operation(api: Api, services: Services) -> None:
    await make_table(api)

    async with services.database.unit() as unit:
        timeouts = [await unit.connection.fetchval(f"SHOW {name}") for name in ("lock_timeout", "statement_timeout")]

    assert timeouts == ["0", "10s"]
