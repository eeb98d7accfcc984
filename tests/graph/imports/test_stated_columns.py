"""importRecords with `columns`: the caller says what the fields of a new table are, instead of leaving it to values."""

from typing import Any

import pytest

from adapters.database import Database
from tests.graph.imports.conftest import Owner
from tests.support.api import Api
from tests.support.imports import counts, imported, records_of, run_import
from tests.support.refusals import refusal
from tests.support.tables import make_table

FILE = "Code,Price,Kind,Day,Note\n007,1.5,red,05/06/2024,1\n008,x,blue,06/06/2024,2\n009,2,red,,3\n"


def column(name: str, type: str, options: Any = None) -> dict[str, Any]:
    """An item of `columns`."""
    return {"name": name, "type": type, "options": options}


def types(done: Any) -> dict[str, str]:
    """The types of the columns of a payload."""
    return {each["name"]: each["type"] for each in done["columns"]}


async def options_of(api: Api, owner: Owner, done: Any, name: str) -> Any:
    """The options of a field that an import has made."""
    [id] = [field["id"] for field in done["table"]["fields"] if field["name"] == name]
    document = "query ($id: ID!) { field(id: $id) { options } }"
    return (await api.execute(document, {"id": id}, as_=owner.person)).ok["field"]["options"]


async def test_columns_become_what_is_said_and_the_others_what_their_values_tell(api: Api, owner: Owner) -> None:
    stated = [
        column("code", "NUMBER", {"precision": 0}),
        column("Price", "CURRENCY", {"currency_symbol": "€", "precision": 2}),
        column("Kind", "SINGLE_SELECT"),
        column("Day", "DATE", {"date_format": "DD/MM/YYYY"}),
    ]

    done = await imported(api, owner.person, FILE, baseId=owner.base_id, columns=stated)

    assert types(done) == {
        **{"Code": "NUMBER", "Price": "CURRENCY", "Kind": "SINGLE_SELECT", "Day": "DATE", "Note": "NUMBER"}
    }
    assert [(each["line"], each["column"], each["value"]) for each in done["problems"]] == [(3, "Price", "x")]
    assert (await options_of(api, owner, done, "Price"))["currency_symbol"] == "€"
    kinds = (await options_of(api, owner, done, "Kind"))["choices"]
    assert [choice["name"] for choice in kinds] == ["red", "blue"]
    assert await records_of(api, owner.person, done["table"]["id"]) == [
        [7, 1.5, "red", "2024-06-05", 1],
        [8, None, "blue", "2024-06-06", 2],
        [9, 2, "red", None, 3],
    ]


async def test_a_strict_import_refuses_cells_that_are_not_what_is_said(
    api: Api, owner: Owner, database: Database
) -> None:
    before = await counts(database)
    stated = [column("Price", "NUMBER")]
    refused = await run_import(api, owner.person, FILE, baseId=owner.base_id, columns=stated, strict=True)
    problem = refusal(refused, "VALIDATION_ERROR")["errors"][0]
    assert (problem["loc"], problem["line"]) == (["Price"], 3)
    assert await counts(database) == before


async def test_given_choices_are_all_unless_missing_ones_are_to_be_made(api: Api, owner: Owner) -> None:
    stated = [column("Kind", "MULTI_SELECT", {"choices": [{"name": "Red", "color": "red"}]})]
    into = {"baseId": owner.base_id, "columns": stated}

    done = await imported(api, owner.person, FILE, tableName="a", **into)
    made = await imported(api, owner.person, FILE, tableName="b", createMissingChoices=True, **into)

    assert [(each["line"], each["message"]) for each in done["problems"]] == [(3, "This is none of the choices 'Red'.")]
    assert made["problems"] == []
    kinds = (await options_of(api, owner, made, "Kind"))["choices"]
    assert kinds[0]["color"] == "red"
    assert [choice["name"] for choice in kinds] == ["Red", "blue"]
    assert [row[2] for row in await records_of(api, owner.person, made["table"]["id"])] == [["Red"], ["blue"], ["Red"]]


@pytest.mark.parametrize(
    ("stated", "loc", "message"),
    [
        (column("Colour", "TEXT"), ["columns", 1, "name"], "The file has no column 'Colour'. It has 'Code', 'Price', "),
        (column("NOTE", "TEXT"), ["columns", 1, "name"], "The column 'NOTE' is named twice."),
        (
            column("Price", "FORMULA"),
            ["columns", 1, "type"],
            "A formula field is filled by the server: no ",
        ),
        (column("Price", "LINKED_RECORD"), ["columns", 1, "type"], "A column cannot become a linked record field. "),
        (
            column("Price", "NUMBER", {"precisoin": 2}),
            ["columns", 1, "options", "precisoin"],
            "There is no 'precisoin'",
        ),
        (column("Price", "NUMBER", 7), ["columns", 1, "options"], "The options must be a JSON object."),
    ],
)
async def test_what_cannot_be_is_refused_where_it_stands(
    api: Api, owner: Owner, database: Database, stated: Any, loc: list[Any], message: str
) -> None:
    before = await counts(database)
    columns = [column("Note", "TEXT"), stated]

    refused = await run_import(api, owner.person, FILE, baseId=owner.base_id, columns=columns)

    [problem] = refusal(refused, "VALIDATION_ERROR")["errors"]
    assert problem["loc"] == loc
    assert problem["msg"].startswith(message)
    assert await counts(database) == before


async def test_new_fields_of_a_table_that_is_there_may_be_said_too(api: Api) -> None:
    table = await make_table(api, [{"name": "Code", "type": "TEXT"}])
    into = {"tableId": table.id, "createMissingFields": True}

    done = await imported(api, table.owner, FILE, **into, columns=[column("Price", "TEXT")])
    there = await run_import(api, table.owner, FILE, **into, columns=[column("code", "NUMBER")])
    plain = await run_import(api, table.owner, FILE, tableId=table.id, columns=[column("Price", "TEXT")])

    assert (types(done)["Price"], done["problemCount"]) == ("TEXT", 0)
    [problem] = refusal(there, "VALIDATION_ERROR")["errors"]
    assert problem["loc"] == ["columns", 0, "name"]
    assert problem["msg"] == "The table has the field 'Code' for this column, whose type stays as it is."
    assert refusal(plain, "BAD_REQUEST")["argument"] == "columns"


async def test_the_cells_of_a_workbook_or_json_are_converted_too(api: Api, owner: Owner) -> None:
    content = '[{"a": 1, "b": true, "c": ["x", "y"]}, {"a": 2.5, "b": null, "c": ["x"]}]'
    stated = [column("a", "TEXT"), column("b", "CHECKBOX"), column("c", "MULTI_SELECT")]
    done = await imported(api, owner.person, content, "data.json", baseId=owner.base_id, columns=stated)
    assert await records_of(api, owner.person, done["table"]["id"]) == [["1", True, ["x", "y"]], ["2.5", False, ["x"]]]


async def test_a_column_without_values_has_the_type_that_is_said(api: Api, owner: Owner) -> None:
    done = await imported(api, owner.person, "a,b\nx,\n", baseId=owner.base_id, columns=[column("b", "EMAIL")])
    assert types(done) == {"a": "TEXT", "b": "EMAIL"}
