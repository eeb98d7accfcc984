"""importRecords: the names of columns become names that fields may have, and one field is the primary one."""

from tests.graph.imports.conftest import Owner
from tests.support.api import Api
from tests.support.imports import imported, records_of, run_import
from tests.support.refusals import refusal

UUID = "01a20283-3b27-8000-8000-105989a7bd31"


async def test_odd_names_become_allowed_and_unique(api: Api, owner: Owner) -> None:
    names = ["$id", "$ price", "price", UUID, "a\u0085b", "\u200b", "", "q\"uo'te", "مرحبا", "🔩", "x.y"]
    header = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    content = f"{header}\n{','.join(str(n) for n in range(11))}\n"

    done = await imported(api, owner.person, content, baseId=owner.base_id, hasHeader=True)

    assert [each["fieldName"] for each in done["columns"]] == [
        *("id", "price", "price 2", f"Column {UUID}", "a b", "Column 6", "Column 7"),
        *("q\"uo'te", "مرحبا", "🔩", "x.y"),
    ]
    assert await records_of(api, owner.person, done["table"]["id"]) == [list(range(11))]


async def test_first_column_that_names_a_record_is_the_primary_one(api: Api, owner: Owner) -> None:
    content = "Done,Name\ntrue,x\nfalse,y\ntrue,z\n"

    done = await imported(api, owner.person, content, baseId=owner.base_id)

    assert [each["name"] for each in done["columns"]] == ["Done", "Name"]
    assert [(each["name"], each["type"]) for each in done["table"]["fields"]] == [
        ("Name", "TEXT"),
        ("Done", "CHECKBOX"),
    ]
    assert await records_of(api, owner.person, done["table"]["id"]) == [["x", True], ["y", False], ["z", True]]


async def test_rows_are_counted_where_no_column_names_a_record(api: Api, owner: Owner) -> None:
    content = '[{"row": true, "b": false}, {"row": false, "b": true}]'

    done = await imported(api, owner.person, content, "data.json", baseId=owner.base_id)

    assert [(each["name"], each["type"]) for each in done["table"]["fields"]] == [
        ("Row 2", "AUTONUMBER"),
        ("row", "CHECKBOX"),
        ("b", "CHECKBOX"),
    ]
    assert done["cellCount"] == 4
    assert await records_of(api, owner.person, done["table"]["id"]) == [[1, True, False], [2, False, True]]


async def test_table_of_the_same_name_is_not_made_twice(api: Api, owner: Owner) -> None:
    await imported(api, owner.person, "a\nx\n", "Parts.csv", baseId=owner.base_id)

    result = await run_import(api, owner.person, "a\nx\n", "parts.csv", baseId=owner.base_id)

    assert refusal(result, "DUPLICATE_VALUE")["message"] == "The base has a table 'parts' already."


async def test_impossible_names_of_tables_are_refused(api: Api, owner: Owner) -> None:
    result = await run_import(api, owner.person, "a\nx\n", baseId=owner.base_id, tableName="a\nb")

    assert "may not hold control characters" in refusal(result, "VALIDATION_ERROR")["message"]


async def test_more_columns_than_a_table_may_have_are_refused(api: Api, owner: Owner) -> None:
    content = ",".join(f"c{n}" for n in range(501)) + "\n"

    result = await run_import(api, owner.person, content, baseId=owner.base_id)

    assert refusal(result, "BAD_REQUEST")["message"] == "The file has more than 500 columns."
