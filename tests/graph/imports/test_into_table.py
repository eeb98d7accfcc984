"""importRecords into a table that is there: columns find their fields by name."""

import asyncio
from typing import Any

import asyncpg

from resolvers.services import Services
from tests.support.api import Api
from tests.support.imports import imported, records_of, run_import
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.waiting import eventually

FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER"},
    {"name": "No", "type": "AUTONUMBER"},
    {"name": "Note", "type": "TEXT"},
]


async def test_columns_are_matched_by_name_in_any_order(api: Api) -> None:
    table = await make_table(api, FIELDS)
    await create_records(api, table, [{"Name": "first", "Price": 7}])

    done = await imported(api, table.owner, "PRICE; name ;Colour;no\n1,5;Bolt;red;9\n2;Nut;;9\n", tableId=table.id)

    assert [(each["name"], each["fieldName"], each["isNew"]) for each in done["columns"]] == [
        ("PRICE", "Price", False),
        ("name", "Name", False),
    ]
    assert done["ignoredColumns"] == [
        {"name": "Colour", "reason": "The table has no field of that name."},
        {"name": "no", "reason": "The field 'No' is set by the server."},
    ]
    assert (done["rowCount"], done["cellCount"]) == (2, 4)
    assert await records_of(api, table.owner, table.id) == [
        ["first", 7, 1, None],
        ["Bolt", 1.5, 2, None],
        ["Nut", 2, 3, None],
    ]


async def test_fields_are_made_for_other_columns_if_asked(api: Api) -> None:
    table = await make_table(api, FIELDS)
    await create_records(api, table, [{"Name": "first"}])
    content = "Name,Day,$price,No\nx,2026-01-02,5,1\ny,2026-01-03,6,2\n"

    done = await imported(api, table.owner, content, tableId=table.id, createMissingFields=True, indexedColumns=["Day"])

    assert [(each["name"], each["fieldName"], each["type"], each["isNew"]) for each in done["columns"]] == [
        ("Name", "Name", "TEXT", False),
        ("Day", "Day", "DATE", True),
        ("$price", "price 2", "NUMBER", True),
    ]
    assert await records_of(api, table.owner, table.id) == [
        ["first", None, 1, None, None, None],
        ["x", None, 2, None, "2026-01-02", 5],
        ["y", None, 3, None, "2026-01-03", 6],
    ]


async def test_file_without_a_column_of_the_table_is_refused(api: Api) -> None:
    table = await make_table(api, FIELDS)

    result = await run_import(api, table.owner, "a,b\n1,2\n", tableId=table.id)

    assert "No column of the file has the name of a field" in refusal(result, "BAD_REQUEST")["message"]


async def test_every_record_is_in_the_log_as_created_by_its_importer(
    api: Api, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    table = await make_table(api, FIELDS)

    await imported(api, table.owner, "Name,Price\nx,1\ny,\n", tableId=table.id)

    column = {row["name"]: f"f_{row['number']}" for row in await pg.fetch("SELECT name, number FROM fields")}
    rows = await pg.fetch(
        "SELECT record_id, operation, actor_id, table_id, base_id, before, after::json AS after FROM changes"
        " WHERE kind = 'record' ORDER BY seq"
    )
    ids = await _ids(api, table)
    assert [str(row["record_id"]) for row in rows] == ids
    assert {(row["operation"], row["actor_id"], row["table_id"], row["base_id"], row["before"]) for row in rows} == {
        ("C", table.owner.id, table.id, table.base_id, None)
    }
    assert len({*await pg.fetch("SELECT xid, mutation_id FROM changes WHERE kind = 'record'")}) == 1
    first = await pg.fetchval(
        "SELECT after ->> $2 FROM changes WHERE record_id = $1", rows[0]["record_id"], column["Name"]
    )
    assert first == "x"


async def _ids(api: Api, table: MadeTable) -> list[str]:
    document = "query ($id: ID!) { records(tableId: $id) { nodes { id createdBy { id } revision } } }"
    nodes = (await api.execute(document, {"id": table.id}, as_=table.owner)).ok["records"]["nodes"]
    assert {(node["createdBy"]["id"], node["revision"]) for node in nodes} == {(str(table.owner.id), 1)}
    return [node["id"] for node in nodes]


async def test_imports_and_other_mutations_of_one_operation_are_one_transaction(api: Api) -> None:
    table = await make_table(api, FIELDS)
    document = """
        mutation ($a: ImportRecordsInput!, $b: CreateRecordInput!) {
          importRecords(input: $a) { rowCount table { records { totalCount nodes { fields(only: ["Name"]) } } } }
          createRecord(input: $b) { record { id } }
        }
    """

    async def run(fields: dict[str, Any]) -> Any:
        given = {"a": {"fileName": "x.csv", "content": "Name\nx\n", "tableId": table.id}}
        return await api.execute(document, {**given, "b": {"tableId": table.id, "fields": fields}}, as_=table.owner)

    refused = await run({"Price": "abc"})
    after_refusal = await records_of(api, table.owner, table.id)
    done = await run({"Name": "y"})

    assert (refused.codes, after_refusal) == (["VALIDATION_ERROR"], [])
    assert done.ok["importRecords"]["table"]["records"] == {"totalCount": 1, "nodes": [{"fields": {"Name": "x"}}]}
    assert [row[0] for row in await records_of(api, table.owner, table.id)] == ["x", "y"]


async def test_several_imports_into_one_table_go_on_at_once(api: Api) -> None:
    table = await make_table(api, FIELDS)
    contents = ["Name\n" + f"{mark}\n" * 3_000 for mark in "abc"]

    done = await asyncio.gather(*(imported(api, table.owner, each, tableId=table.id) for each in contents))

    assert [each["rowCount"] for each in done] == [3_000] * 3
    rows = await Records(api, table).page(selection="totalCount")
    assert rows.ok["records"]["totalCount"] == 9_000


async def test_subscribers_are_woken_once_the_import_is_committed(api: Api, services: Services) -> None:
    table = await make_table(api, FIELDS)

    async with services.bus.running():
        await eventually(lambda: services.bus.is_connected)  # which wakes those who listen
        with services.bus.listening(table.id) as woken:
            await run_import(api, table.owner, "Name\n", tableId=table.id, strict=True, delimiter="ab")
            was_woken = woken.is_set()
            await imported(api, table.owner, "Name\nx\n", tableId=table.id)
            await asyncio.wait_for(woken.wait(), 10)

    assert was_woken is False
