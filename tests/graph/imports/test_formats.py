"""importRecords: every format becomes a table with the same fields and records."""

import json

import pytest

from tests.domain.imports.files import workbook
from tests.graph.imports.conftest import Owner
from tests.support.api import Api
from tests.support.imports import imported, records_of, run_import
from tests.support.refusals import refusal

NAMES = ["Name", "Price", "Ready", "Day", "Mail"]
ROWS: list[list[object]] = [
    ["Bolt", 2.5, True, "2026-01-02", "ann@example.com"],
    ["Größe 🔩", 1, False, "2026-01-01", "bob@example.com"],
    ['Quote "x", comma', None, True, None, None],
]
OBJECTS = [dict(zip(NAMES, row, strict=True)) for row in ROWS]


def delimited(mark: str) -> str:
    lines = [NAMES, *([_text(cell) for cell in row] for row in ROWS)]
    return "".join(mark.join(line) + "\r\n" for line in lines)


def _text(cell: object) -> str:
    if cell is None:
        return ""
    text = json.dumps(cell) if isinstance(cell, bool) else str(cell)
    return '"' + text.replace('"', '""') + '"' if '"' in text or "," in text else text


FILES: dict[str, str | bytes] = {
    "a.csv": delimited(","),
    "b.csv": delimited(";").encode("utf-16"),
    "c.tsv": delimited("\t"),
    "d.json": json.dumps(OBJECTS),
    "e.json": json.dumps({"meta": {"n": 3}, "records": OBJECTS}),
    "f.jsonl": "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in OBJECTS),
    "g.xlsx": workbook(("Parts", [NAMES, *ROWS])),
    "no ending": delimited(","),
}
FORMATS = {"csv": "CSV", "tsv": "TSV", "json": "JSON", "jsonl": "JSONL", "xlsx": "XLSX", "no ending": "CSV"}


@pytest.mark.parametrize("name", FILES)
async def test_file_of_any_format_becomes_a_table(api: Api, owner: Owner, name: str) -> None:
    done = await imported(api, owner.person, FILES[name], name, workspaceId=owner.workspace_id)

    assert done["problems"] == []
    assert [(field["name"], field["type"]) for field in done["table"]["fields"]] == [
        ("Name", "TEXT"),
        ("Price", "NUMBER"),
        ("Ready", "CHECKBOX"),
        ("Day", "DATE"),
        ("Mail", "EMAIL"),
    ]
    assert (done["rowCount"], done["cellCount"], done["problemCount"]) == (3, 15, 0)
    assert done["file"]["format"] == FORMATS[name.rpartition(".")[2]]
    assert await records_of(api, owner.person, done["table"]["id"]) == ROWS


async def test_base_and_table_are_called_after_the_file(api: Api, owner: Owner) -> None:
    done = await imported(api, owner.person, "a\nx\n", "some/folder/My parts.v2.csv", workspaceId=owner.workspace_id)

    assert (done["table"]["name"], done["table"]["base"]["name"]) == ("My parts.v2", "My parts.v2")


async def test_given_names_count(api: Api, owner: Owner) -> None:
    given = {"workspaceId": owner.workspace_id, "baseName": "Stock", "tableName": "Parts"}
    done = await imported(api, owner.person, "a\nx\n", **given)

    assert (done["table"]["name"], done["table"]["base"]["name"]) == ("Parts", "Stock")


async def test_table_of_a_base_is_made(api: Api, owner: Owner) -> None:
    done = await imported(api, owner.person, "a\nx\n", baseId=owner.base_id)

    assert (done["table"]["name"], done["table"]["base"]["id"]) == ("data", str(owner.base_id))
    assert done["columns"] == [{"name": "a", "fieldName": "a", "type": "TEXT", "isNew": True, "newChoices": []}]


async def test_given_layout_counts(api: Api, owner: Owner) -> None:
    content = "Größe|05/06/2024|1.234\n".encode("cp1252")
    given = {
        "encoding": "cp1252",
        "delimiter": "|",
        "hasHeader": False,
        "dateOrder": "DMY",
        "decimalMark": "COMMA",
        "format": "CSV",
    }
    done = await imported(api, owner.person, content, "data.bin", baseId=owner.base_id, **given)

    assert done["file"] == {
        "format": "CSV",
        "encoding": "cp1252",
        "delimiter": "|",
        "hasHeader": False,
        "sheet": None,
        "recordsKey": None,
    }
    assert await records_of(api, owner.person, done["table"]["id"]) == [["Größe", "2024-06-05", 1234]]


async def test_sheet_and_array_are_chosen(api: Api, owner: Owner) -> None:
    book = workbook(("One", [["a"], [1]]), ("Two", [["b"], [2]]))
    of_sheet = await imported(api, owner.person, book, "book.xlsx", baseId=owner.base_id, sheet="Two")
    arrays = json.dumps({"x": [{"a": 1}], "y": [{"b": 2}]})
    of_array = await imported(api, owner.person, arrays, "two.json", baseId=owner.base_id, recordsKey="y")

    assert (of_sheet["file"]["sheet"], of_sheet["columns"][0]["name"]) == ("Two", "b")
    assert (of_array["file"]["recordsKey"], of_array["columns"][0]["name"]) == ("y", "b")


async def test_header_alone_makes_an_empty_table(api: Api, owner: Owner) -> None:
    done = await imported(api, owner.person, "Name,Price\n", baseId=owner.base_id)

    assert (done["rowCount"], [each["type"] for each in done["columns"]]) == (0, ["TEXT", "TEXT"])
    assert await records_of(api, owner.person, done["table"]["id"]) == []


async def test_chosen_columns_are_indexed_once_the_rows_are_there(api: Api, owner: Owner) -> None:
    done = await imported(api, owner.person, "Name,Price\nx,1\n", baseId=owner.base_id, indexedColumns=["price"])

    document = "query ($id: ID!) { fields(tableId: $id) { name isIndexed } }"
    fields = (await api.execute(document, {"id": done["table"]["id"]}, as_=owner.person)).ok["fields"]
    assert fields == [{"name": "Name", "isIndexed": False}, {"name": "Price", "isIndexed": True}]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fileName": "x.csv"}, "Give the file as one of content and contentBase64."),
        ({"fileName": "x.csv", "content": "a\n1", "contentBase64": "YQ=="}, "Give the file as one of"),
        ({"fileName": "x.csv", "contentBase64": "no base64!"}, "contentBase64 is not base64."),
        ({"fileName": "x.csv", "contentBase64": "١٢"}, "contentBase64 is not base64."),
        ({"fileName": "x.csv", "content": ""}, "The file is empty"),
        ({"fileName": "x.pdf", "contentBase64": "JVBERi0xLjc="}, "'x.pdf' is of no known format"),
        ({"fileName": "x.csv", "content": "a\nx\n", "encoding": "utf-8", "delimiter": "ab"}, "delimiter"),
        ({"fileName": "x.csv", "content": "a\nx\n", "indexedColumns": ["b"]}, "No new field can be indexed as 'b'"),
    ],
)
async def test_file_that_cannot_be_read_is_refused(
    api: Api, owner: Owner, given: dict[str, object], message: str
) -> None:
    document = "mutation ($input: ImportRecordsInput!) { importRecords(input: $input) { rowCount } }"
    result = await api.execute(document, {"input": {**given, "baseId": owner.base_id}}, as_=owner.person)

    assert message in refusal(result, "BAD_REQUEST")["message"]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ((), "Give one of workspaceId (for a new base), baseId (for a new table) and tableId."),
        (("workspaceId", "baseId"), "Give one of workspaceId (for a new base), baseId (for a new table) and tableId."),
        (("baseId", "baseName"), "baseName is the name of a new base: it goes with workspaceId only."),
        (("tableId", "tableName"), "tableName is the name of a new table: it does not go with tableId."),
        (("baseId", "createMissingFields"), "createMissingFields goes with tableId only"),
    ],
)
async def test_targets_that_do_not_go_together_are_refused(
    api: Api, owner: Owner, given: tuple[str, ...], message: str
) -> None:
    values = {"workspaceId": owner.workspace_id, "baseId": owner.base_id, "tableId": owner.base_id}
    others = {"baseName": "x", "tableName": "x", "createMissingFields": True}
    result = await run_import(api, owner.person, "a\nx\n", **{name: {**values, **others}[name] for name in given})

    assert message in refusal(result, "BAD_REQUEST")["message"]
