"""The rows that the change log gets of bases, tables and fields: what changed, by whom, in which operation."""

from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from adapters.database import Connection
from domain.ids import Kind, kind_of
from tests.support.api import Api, Person
from tests.support.catalog import add_field, add_table, mutate, update_field
from tests.support.imports import imported
from tests.support.tables import MadeTable, make_base, make_table, make_workspace


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with the fields Name and Price."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}])


class Log:
    """The log's rows of the schema, each of which is read once."""

    def __init__(self, pg: Connection) -> None:
        self._pg = pg
        self._seen = 0

    async def rows(self) -> list[asyncpg.Record]:
        """Those that are new since the last look, in order."""
        rows = await self._pg.fetch(
            "SELECT * FROM changes WHERE kind <> 'record' AND seq > $1 ORDER BY seq", self._seen
        )
        self._seen = max([self._seen, *(row["seq"] for row in rows)])
        return rows


@pytest.fixture
async def log(pg: Connection, table: MadeTable) -> Log:
    """The log behind the making of the table."""
    log = Log(pg)
    await log.rows()
    return log


async def stored(pg: Connection, table: str, id: Any) -> dict[str, Any]:
    """A row of the catalog as the log is to have it."""
    row = await pg.fetchval(f"SELECT to_jsonb(t) - 'schema_version' FROM {table} t WHERE id = $1", UUID(str(id)))
    return read(row)


def read(json: str | None) -> Any:
    return None if json is None else orjson.loads(json)


def images(row: asyncpg.Record) -> tuple[Any, Any]:
    return read(row["before"]), read(row["after"])


def places(row: asyncpg.Record) -> tuple[str, str | None, str | None, str, str | None]:
    """The row's ids: base, table, record, subject, actor."""
    ids = (row["base_id"], row["table_id"], row["record_id"], row["subject_id"], row["actor_id"])
    return tuple(None if id is None else str(id) for id in ids)  # type: ignore[return-value]


async def test_a_new_base_is_one_row(api: Api, pg: Connection, table: MadeTable, log: Log) -> None:
    base = await make_base(api, table.owner, table.workspace_id, "Second")

    (row,) = await log.rows()
    assert (row["kind"], row["operation"]) == ("base", "C")
    assert places(row) == (str(base), None, None, str(base), str(table.owner.id))
    assert kind_of(row["mutation_id"]) is Kind.MUTATION
    assert images(row) == (None, await stored(pg, "bases", base))
    assert read(row["after"])["name"] == "Second"


async def test_a_renamed_base_keeps_the_old_name_only(api: Api, pg: Connection, table: MadeTable, log: Log) -> None:
    await mutate(api, "updateBase", "base { id }", {"id": table.base_id, "name": "New"}, as_=table.owner)

    (row,) = await log.rows()
    assert (row["kind"], row["operation"]) == ("base", "U")
    assert places(row) == (str(table.base_id), None, None, str(table.base_id), str(table.owner.id))
    assert images(row) == ({"name": "Base"}, await stored(pg, "bases", table.base_id))
    assert read(row["after"])["name"] == "New"


async def test_what_changes_nothing_but_the_version_leaves_no_row(
    api: Api, pg: Connection, table: MadeTable, log: Log
) -> None:
    version = await pg.fetchval("SELECT schema_version FROM bases")
    await mutate(api, "updateBase", "base { id }", {"id": table.base_id, "name": "Base"}, as_=table.owner)
    await pg.execute("UPDATE fields SET name = name")

    assert await pg.fetchval("SELECT schema_version FROM bases") == version + 1
    assert await log.rows() == []


async def test_a_new_table_comes_before_its_fields(api: Api, pg: Connection, table: MadeTable, log: Log) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Size", "type": "NUMBER"}]
    other = await add_table(api, table.owner, table.base_id, "Other", fields)

    rows = await log.rows()
    found = await pg.fetch("SELECT id FROM fields WHERE table_id = $1 ORDER BY position", UUID(other))
    ids = [str(row["id"]) for row in found]
    base, owner = str(table.base_id), str(table.owner.id)
    assert [(row["kind"], row["operation"]) for row in rows] == [("table", "C"), ("field", "C"), ("field", "C")]
    assert [places(row) for row in rows] == [(base, other, None, id, owner) for id in (other, *ids)]
    assert len({row["mutation_id"] for row in rows}) == 1
    assert images(rows[0]) == (None, await stored(pg, "tables", other))
    assert [images(row) for row in rows[1:]] == [(None, await stored(pg, "fields", id)) for id in ids]
    assert [images(row)[1]["name"] for row in rows] == ["Other", "Name", "Size"]


async def test_tables_that_change_places_are_a_row_each(api: Api, pg: Connection, table: MadeTable, log: Log) -> None:
    other = await add_table(api, table.owner, table.base_id, "Other")
    await log.rows()
    given = {"baseId": table.base_id, "tableIds": [other, str(table.id)]}
    await mutate(api, "reorderTables", "tables { id }", given, as_=table.owner)

    rows = await log.rows()
    assert {(str(row["subject_id"]), row["operation"], row["before"]) for row in rows} == {
        (str(table.id), "U", '{"position": 0}'),
        (other, "U", '{"position": 1}'),
    }
    assert [images(row)[1] for row in rows] == [await stored(pg, "tables", row["subject_id"]) for row in rows]


async def test_a_changed_table_keeps_what_differs(api: Api, pg: Connection, table: MadeTable, log: Log) -> None:
    given = {"id": table.id, "name": "Pieces", "description": "All of them"}
    await mutate(api, "updateTable", "table { id }", given, as_=table.owner)

    (row,) = await log.rows()
    assert (row["kind"], row["operation"], places(row)[1]) == ("table", "U", str(table.id))
    assert images(row) == ({"name": "Parts", "description": None}, await stored(pg, "tables", table.id))


async def test_a_deleted_table_takes_its_fields_along_in_silence(
    api: Api, pg: Connection, table: MadeTable, log: Log
) -> None:
    was = await stored(pg, "tables", table.id)
    await mutate(api, "deleteTable", "deletedId", {"id": table.id}, as_=table.owner)

    (row,) = await log.rows()
    id = str(table.id)
    assert (row["kind"], row["operation"]) == ("table", "D")
    assert places(row) == (str(table.base_id), id, None, id, str(table.owner.id))
    assert images(row) == (was, None)


async def test_a_field_is_made_changed_and_deleted(api: Api, pg: Connection, table: MadeTable, log: Log) -> None:
    field = await add_field(api, table, name="Extra", type="TEXT", description="More")
    new = await stored(pg, "fields", field)
    await mutate(api, "updateField", "field { id }", {"id": field, "name": "Else", "isIndexed": True}, as_=table.owner)
    changed = await stored(pg, "fields", field)
    await mutate(api, "deleteField", "deletedId", {"id": field}, as_=table.owner)

    rows = await log.rows()
    assert [(row["kind"], row["operation"]) for row in rows if row["operation"] != "U"] == [
        ("field", "C"), ("field", "D"),
    ]  # fmt: skip
    assert {places(row) for row in rows} == {
        (str(table.base_id), str(table.id), None, field, str(table.owner.id)),
    }  # fmt: skip
    assert images(rows[0]) == (None, new)
    before = {key: value for row in rows[1:-1] for key, value in images(row)[0].items()}
    assert before == {"name": "Extra", "is_indexed": False}
    assert images(rows[-2])[1] == changed
    assert images(rows[-1]) == (changed, None)
    assert [len({row["mutation_id"] for row in part}) for part in (rows, rows[1:-1])] == [3, 1]


async def test_a_converted_field_keeps_its_old_type_and_options(
    api: Api, pg: Connection, table: MadeTable, log: Log
) -> None:
    was = await stored(pg, "fields", table.fields["Price"])
    await update_field(api, table, "Price", type="TEXT")

    (row,) = await log.rows()
    now = await stored(pg, "fields", table.fields["Price"])
    differing = {key for key in was if was[key] != now[key]}
    assert {"type", "options"} <= differing
    assert images(row) == ({key: was[key] for key in differing}, now)
    assert (was["type"], now["type"]) == ("number", "text")


async def test_fields_that_change_places_are_a_row_each(api: Api, table: MadeTable, log: Log) -> None:
    name, price = table.fields["Name"], table.fields["Price"]
    given = {"tableId": table.id, "fieldIds": [price, name]}
    await mutate(api, "reorderFields", "fields { id }", given, as_=table.owner)

    assert {(str(row["subject_id"]), row["before"]) for row in await log.rows()} == {
        (name, '{"position": 0}'),
        (price, '{"position": 1}'),
    }


async def test_a_deleted_base_leaves_itself_and_then_its_tables(
    api: Api, pg: Connection, table: MadeTable, log: Log
) -> None:
    tables = {str(table.id), await add_table(api, table.owner, table.base_id, "Other")}
    was = await stored(pg, "bases", table.base_id)
    await log.rows()
    await mutate(api, "deleteBase", "deletedId", {"id": table.base_id}, as_=table.owner)

    of_base, *of_tables = await log.rows()
    assert {(row["kind"], row["operation"], str(row["subject_id"])) for row in of_tables} == {
        ("table", "D", id) for id in tables
    }
    assert len(of_tables) == 2
    assert (of_base["kind"], of_base["operation"]) == ("base", "D")
    assert places(of_base) == (str(table.base_id), None, None, str(table.base_id), str(table.owner.id))
    assert images(of_base) == (was, None)
    assert {row["base_id"] for row in of_tables} == {table.base_id}


async def test_the_bases_of_a_deleted_workspace_are_rows_of_their_own(api: Api, table: MadeTable, log: Log) -> None:
    second = await make_base(api, table.owner, table.workspace_id)
    await log.rows()
    await mutate(api, "deleteWorkspace", "deletedId", {"id": table.workspace_id}, as_=table.owner)

    rows = await log.rows()
    assert sorted((row["kind"], row["operation"], str(row["subject_id"])) for row in rows) == sorted(
        [("base", "D", str(table.base_id)), ("base", "D", str(second)), ("table", "D", str(table.id))]
    )
    assert {row["actor_id"] for row in rows} == {table.owner.id}
    assert len({row["mutation_id"] for row in rows} - {None}) == 1


async def test_a_copy_of_a_base_is_logged_whole(api: Api, pg: Connection, table: MadeTable, log: Log) -> None:
    result = await mutate(api, "duplicateBase", "base { id }", {"baseId": table.base_id}, as_=table.owner)
    copy = UUID(result.ok["duplicateBase"]["base"]["id"])

    rows = await log.rows()
    assert [(row["kind"], row["operation"]) for row in rows if row["operation"] == "C"] == [
        ("base", "C"), ("table", "C"), ("field", "C"), ("field", "C"),
    ]  # fmt: skip
    assert {(row["base_id"], row["actor_id"]) for row in rows} == {(copy, table.owner.id)}
    assert len({row["mutation_id"] for row in rows} - {None}) == 1
    last = {row["subject_id"]: images(row)[1] for row in rows}
    kinds = {"base": "bases", "table": "tables", "field": "fields"}
    assert last == {row["subject_id"]: await stored(pg, kinds[row["kind"]], row["subject_id"]) for row in rows}


async def test_an_import_logs_what_it_makes(api: Api, table: MadeTable, log: Log) -> None:
    target = {"workspaceId": table.workspace_id, "baseName": "Imported"}
    await imported(api, table.owner, "Name,Size\nBolt,8\n", **target)

    rows = await log.rows()
    assert [(row["kind"], row["operation"]) for row in rows if row["operation"] == "C"] == [
        ("base", "C"), ("table", "C"), ("field", "C"), ("field", "C"),
    ]  # fmt: skip
    assert {row["actor_id"] for row in rows} == {table.owner.id}
    assert len({row["mutation_id"] for row in rows} - {None}) == 1


async def test_all_of_one_operation_has_its_mutation_id(api: Api, pg: Connection, table: MadeTable, log: Log) -> None:
    document = """
        mutation ($base: ID!, $table: ID!) {
          updateBase(input: { id: $base, name: "New" }) { base { id } }
          createField(input: { tableId: $table, field: { name: "Extra", type: TEXT } }) { field { id } }
          createRecord(input: { tableId: $table, fields: { Name: "Bolt" } }) { record { id } }
        }
    """
    (await api.execute(document, {"base": table.base_id, "table": table.id}, as_=table.owner)).ok  # noqa: B018

    record = await pg.fetchrow("SELECT * FROM changes WHERE kind = 'record'")
    assert record is not None
    assert {(row["kind"], row["mutation_id"], row["actor_id"]) for row in await log.rows()} == {
        (kind, record["mutation_id"], table.owner.id) for kind in ("base", "field")
    }


async def test_each_who_changes_something_is_named(api: Api, table: MadeTable, log: Log) -> None:
    other: Person = await api.register()
    base = await make_base(api, other, await make_workspace(api, other))
    await add_field(api, table, name="Extra", type="TEXT")

    rows = await log.rows()
    assert [(row["base_id"], row["actor_id"]) for row in rows] == [(base, other.id), (table.base_id, table.owner.id)]


async def test_a_change_without_a_name_on_it_is_nobodys(api: Api, table: MadeTable, log: Log) -> None:
    """The signature of one operation does not stay on the connection that the next one gets."""
    await add_field(api, table, name="Extra", type="TEXT")
    await log.rows()
    async with api.services.database.unit() as unit:
        await unit.connection.execute("UPDATE fields SET description = 'By hand' WHERE name = 'Extra'")

    (row,) = await log.rows()
    assert (row["operation"], row["actor_id"], row["mutation_id"]) == ("U", None, None)
    assert images(row)[0] == {"description": None}


async def test_what_is_rolled_back_leaves_no_row(api: Api, table: MadeTable, log: Log) -> None:
    document = """
        mutation ($base: ID!, $table: ID!) {
          updateBase(input: { id: $base, name: "New" }) { base { id } }
          first: createField(input: { tableId: $table, field: { name: "Extra", type: TEXT } }) { field { id } }
          second: createField(input: { tableId: $table, field: { name: "Name", type: TEXT } }) { field { id } }
        }
    """
    result = await api.execute(document, {"base": table.base_id, "table": table.id}, as_=table.owner)

    assert result.codes == ["DUPLICATE_VALUE"]
    assert await log.rows() == []
