"""The change log: one exact row for each record that changed, in the transaction that changed it."""

from typing import Any, TypeAlias

import asyncpg
import orjson

from tests.graph.records.conftest import member_of
from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import MadeTable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


async def logged(pg: Connection, table: MadeTable) -> list[dict[str, Any]]:
    """The log's rows in order, the columns of the table's fields replaced by their names, and the others left out."""
    names = {f"f_{row['number']}": row["name"] for row in await pg.fetch("SELECT number, name FROM fields")}
    found = "SELECT * FROM changes WHERE kind = 'record' AND table_id = $1 ORDER BY seq"
    rows = [dict(row) for row in await pg.fetch(found, table.id)]
    for row in rows:
        for side in ("before", "after"):
            values = None if row[side] is None else orjson.loads(row[side])
            row[side] = values and {names[each]: value for each, value in values.items() if each in names}
    return rows


async def test_a_created_record_is_logged_with_all_its_values(
    records: Records, table: MadeTable, pg: Connection
) -> None:
    given = {"Name": "Bolt", "Price": 2.50, "Ready": True, "At": "2026-01-01T10:00:00+02:00"}
    record = (await records.create(given)).ok["createRecord"]["record"]
    [row] = await logged(pg, table)
    assert (row["base_id"], row["table_id"], str(row["record_id"])) == (table.base_id, table.id, record["id"])
    assert (row["operation"], row["actor_id"], row["before"]) == ("C", table.owner.id, None)
    assert row["after"] == {
        "Name": "Bolt", "Price": 2.5, "Ready": True, "Day": None, "At": "2026-01-01T08:00:00+00:00", "Status": None,
    }  # fmt: skip


async def test_an_updated_record_is_logged_as_it_is_and_with_what_differed(
    api: Api, records: Records, table: MadeTable, parts: list[str], pg: Connection
) -> None:
    editor = await member_of(api, table, "EDITOR")
    await records.update(parts[0], {"Price": 3, "Name": "Bolt", "Day": None}, as_=editor)
    row = (await logged(pg, table))[-1]
    assert (row["operation"], str(row["record_id"]), row["actor_id"]) == ("U", parts[0], editor.id)
    assert row["before"] == {"Price": 2.5, "Day": "2026-01-02"}
    assert (row["after"]["Name"], row["after"]["Price"], row["after"]["Day"]) == ("Bolt", 3, None)


async def test_the_log_has_the_whole_row_and_its_stamps_before_and_after(
    records: Records, parts: list[str], pg: Connection
) -> None:
    name = await pg.fetchval(
        "SELECT format('base_%s.t_%s', b.number, t.number) FROM tables t JOIN bases b ON b.id = t.base_id"
    )
    image = f"SELECT to_jsonb(r)::text FROM {name} r WHERE id = $1"
    before = orjson.loads(await pg.fetchval(image, parts[0]))
    await records.update(parts[0], {"Price": 3, "Name": "Bolt"})
    after = orjson.loads(await pg.fetchval(image, parts[0]))
    row = await pg.fetchrow("SELECT before::text, after::text FROM changes ORDER BY seq DESC LIMIT 1")
    assert orjson.loads(row["after"]) == after
    assert orjson.loads(row["before"]).keys() >= {"revision", "updated_at", "updated_by"}
    assert {**after, **orjson.loads(row["before"])} == before
    await records.delete([parts[0]])
    gone = await pg.fetchval("SELECT before::text FROM changes ORDER BY seq DESC LIMIT 1")
    assert orjson.loads(gone) == after


async def test_a_batch_logs_each_record_with_its_own_fields(
    records: Records, table: MadeTable, parts: list[str], pg: Connection
) -> None:
    given = [
        {"id": parts[0], "fields": {"Name": "a"}},
        {"id": parts[1], "fields": {"Price": 5}},
        {"id": parts[2], "fields": {"Name": "Washer"}},
    ]
    await records.update_all(given)
    rows = (await logged(pg, table))[5:]
    changed = [
        (str(row["record_id"]), row["before"], {name: row["after"][name] for name in row["before"]}) for row in rows
    ]
    assert changed == [(parts[0], {"Name": "Bolt"}, {"Name": "a"}), (parts[1], {"Price": 1}, {"Price": 5})]


async def test_a_deleted_record_is_logged_with_all_its_values(
    records: Records, table: MadeTable, parts: list[str], pg: Connection
) -> None:
    await records.delete([parts[1]])
    row = (await logged(pg, table))[-1]
    assert (row["operation"], str(row["record_id"]), row["after"]) == ("D", parts[1], None)
    assert (row["before"]["Name"], row["before"]["Price"], row["before"]["At"]) == ("nut", 1, None)


async def test_an_upsert_logs_what_it_did(records: Records, table: MadeTable, parts: list[str], pg: Connection) -> None:
    await records.upsert(["Name"], [{"Name": "nut", "Price": 2}, {"Name": "new"}, {"Name": "Bolt"}])
    rows = (await logged(pg, table))[5:]
    assert sorted((row["operation"], row["after"]["Name" if row["operation"] == "C" else "Price"]) for row in rows) == [
        ("C", "new"), ("U", 2),
    ]  # fmt: skip
    assert len({row["mutation_id"] for row in rows}) == 1


async def test_rows_of_one_operation_share_transaction_and_mutation(
    records: Records, table: MadeTable, parts: list[str], pg: Connection
) -> None:
    document = """
        mutation ($table: ID!, $id: ID!) {
          createRecord(input: { tableId: $table, fields: {} }) { eventCursor }
          updateRecord(input: { id: $id, fields: { Name: "x" } }) { eventCursor }
          deleteRecords(input: { tableId: $table, ids: [$id] }) { eventCursor }
        }
    """
    assert (await records.run(document, {"table": table.id, "id": parts[0]})).ok
    rows = await logged(pg, table)
    assert [row["operation"] for row in rows] == ["C"] * 5 + ["C", "U", "D"]
    assert len({row["mutation_id"] for row in rows[5:]}) == 1
    assert len({row["xid"] for row in rows[5:]}) == 1
    assert rows[0]["mutation_id"] != rows[5]["mutation_id"]


async def test_a_rolled_back_operation_is_not_logged(
    records: Records, table: MadeTable, parts: list[str], pg: Connection
) -> None:
    document = """
        mutation ($table: ID!, $id: ID!) {
          updateRecord(input: { id: $id, fields: { Name: "x" } }) { eventCursor }
          createRecord(input: { tableId: $table, fields: { Price: "bad" } }) { eventCursor }
        }
    """
    refusal(await records.run(document, {"table": table.id, "id": parts[0]}), "VALIDATION_ERROR")
    assert len(await logged(pg, table)) == 5


async def test_the_event_cursor_of_a_write_is_behind_its_own_changes_alone(
    records: Records, table: MadeTable, pg: Connection
) -> None:
    async def new_since(cursor: str) -> int:
        snapshot = bytes.fromhex(cursor).decode()
        seen = "SELECT count(*) FROM changes WHERE NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)"
        return await pg.fetchval(seen, snapshot)

    one = (await records.create({"Name": "a"})).ok["createRecord"]
    assert await new_since(one["eventCursor"]) == 0
    two = (await records.create_all([{"Name": "b"}, {"Name": "c"}])).ok["createRecords"]
    assert (await new_since(one["eventCursor"]), await new_since(two["eventCursor"])) == (2, 0)
    three = (await records.update(one["record"]["id"], {"Name": "x"})).ok["updateRecord"]
    four = (await records.upsert(["Name"], [{"Name": "x", "Price": 1}, {"Name": "d"}])).ok["upsertRecords"]
    five = (await records.delete([one["record"]["id"]])).ok["deleteRecords"]
    cursors = [each["eventCursor"] for each in (one, two, three, four, five)]
    assert [await new_since(cursor) for cursor in cursors] == [6, 4, 3, 1, 0]
    read = (await records.page(selection="eventCursor")).ok["records"]
    assert await new_since(read["eventCursor"]) == 0
    await records.create({"Name": "later"})
    assert await new_since(read["eventCursor"]) == 1


async def test_the_event_cursor_of_each_root_field_is_behind_the_whole_operation(
    records: Records, table: MadeTable, pg: Connection
) -> None:
    document = """
        mutation ($table: ID!) {
          a: createRecords(input: { tableId: $table, records: [{}] }) { eventCursor }
          b: createRecords(input: { tableId: $table, records: [{}] }) { eventCursor }
        }
    """
    done = (await records.run(document, {"table": table.id})).ok
    for name in ("a", "b"):
        snapshot = bytes.fromhex(done[name]["eventCursor"]).decode()
        unseen = "SELECT count(*) FROM changes WHERE NOT pg_visible_in_snapshot(xid, $1::text::pg_snapshot)"
        assert await pg.fetchval(unseen, snapshot) == 0
