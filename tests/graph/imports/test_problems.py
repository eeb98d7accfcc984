"""importRecords: what does not fit is reported with its line and its value; with `strict` it ends the import."""

from adapters.database import Database
from tests.graph.imports.conftest import Owner
from tests.support.api import Api
from tests.support.catalog import add_field, add_member, mutate
from tests.support.imports import counts, imported, records_of, run_import
from tests.support.refusals import refusal
from tests.support.tables import MadeTable, make_table

FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER", "options": {"max": 100}},
    {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": [{"name": "Open"}, {"name": "Done"}]}},
    {"name": "Day", "type": "DATE"},
]
CONTENT = (
    "Name,Price,Status,Day\n"
    "Bolt,2.5,open,2026-01-02\n"
    '"two\nlines",abc,Open,2026-02-30\n'
    "short,1\n"
    "Nut,101,Gone,2026-01-01\n"
    "long,1,Done,2026-01-03,more\n"
)
PROBLEMS = [
    (3, "Price", "abc", "This is not a number."),
    (3, "Day", "2026-02-30", "This is not a date."),
    (5, None, None, "The row has 2 cells instead of 4; the others are left empty."),
    (6, "Price", "101", "The number must be at most 100."),
    (6, "Status", "Gone", "This is none of the choices 'Open', 'Done'."),
    (7, None, None, "The row has 5 cells instead of 4; those at the end are left out."),
]


async def parts(api: Api) -> MadeTable:
    return await make_table(api, FIELDS)


async def test_problems_have_their_lines_and_their_cells_stay_empty(api: Api) -> None:
    table = await parts(api)

    done = await imported(api, table.owner, CONTENT, tableId=table.id)

    found = [(each["line"], each["column"], each["value"], each["message"]) for each in done["problems"]]
    assert found == PROBLEMS
    assert (done["rowCount"], done["problemCount"]) == (5, 6)
    assert await records_of(api, table.owner, table.id) == [
        ["Bolt", 2.5, "Open", "2026-01-02"],
        ["two\nlines", None, "Open", None],
        ["short", 1, None, None],
        ["Nut", None, None, "2026-01-01"],
        ["long", 1, "Done", "2026-01-03"],
    ]


async def test_strict_import_is_refused_with_all_problems(api: Api, database: Database) -> None:
    table = await parts(api)
    before = await counts(database)

    result = await run_import(api, table.owner, CONTENT, tableId=table.id, strict=True)

    found = refusal(result, "VALIDATION_ERROR")
    assert found["message"] == "Nothing was imported: the file has 6 problems, the first in line 3, 'Price': " + (
        PROBLEMS[0][3] or ""
    )
    assert [(each["line"], each["loc"], each["msg"]) for each in found["errors"]] == [
        (line, [] if column is None else [column], f"Line {line}: {message}") for line, column, _, message in PROBLEMS
    ]
    assert await counts(database) == before
    assert await records_of(api, table.owner, table.id) == []


async def test_strict_import_stops_at_a_thousand_problems(api: Api, owner: Owner) -> None:
    table = await parts(api)
    content = "Price\n" + "x\n" * 10_000

    result = await run_import(api, table.owner, content, tableId=table.id, strict=True)

    found = refusal(result, "VALIDATION_ERROR")
    assert "at least" in found["message"]
    assert len(found["errors"]) == 1_000


async def test_first_thousand_problems_are_kept_and_all_counted(api: Api) -> None:
    table = await parts(api)

    done = await imported(api, table.owner, "Name,Price\n" + "a,x\n" * 3_000, tableId=table.id)

    assert (done["rowCount"], done["problemCount"], len(done["problems"])) == (3_000, 3_000, 1_000)
    assert [done["problems"][index]["line"] for index in (0, 999)] == [2, 1_001]


async def test_row_without_a_required_value_is_left_out(api: Api) -> None:
    fields = [
        {"name": "Name", "type": "TEXT", "isRequired": True},
        {"name": "Status", "type": "TEXT", "isRequired": True, "defaultValue": "Open"},
        {"name": "Note", "type": "TEXT", "defaultValue": "none"},
    ]
    table = await make_table(api, fields)

    done = await imported(api, table.owner, "Name,Status\nx,\n,Done\ny,Done\n", tableId=table.id)

    assert done["problems"] == [
        {
            "line": 3,
            "column": "Name",
            "value": None,
            "message": "The field is required and this cell is empty: the row is left out.",
        }
    ]
    assert done["rowCount"] == 2
    assert await records_of(api, table.owner, table.id) == [["x", "Open", "none"], ["y", "Done", "none"]]


async def test_file_without_a_column_for_a_required_field_is_refused(api: Api) -> None:
    table = await make_table(
        api, [{"name": "Name", "type": "TEXT"}, {"name": "Code", "type": "TEXT", "isRequired": True}]
    )

    result = await run_import(api, table.owner, "Name\nx\n", tableId=table.id)

    found = refusal(result, "REQUIRED_FIELD")
    assert found["field"] == "Code"
    assert await records_of(api, table.owner, table.id) == []


async def test_users_who_are_no_members_are_problems(api: Api) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Who", "type": "USER"}])
    stranger = await api.register()
    content = f"Name,Who\na,{table.owner.id}\nb,{stranger.id}\nc,nobody\n"

    done = await imported(api, table.owner, content, tableId=table.id)

    assert [(each["line"], each["column"], each["value"], each["message"]) for each in done["problems"]] == [
        (3, "Who", str(stranger.id), f"No member of this workspace has the user id {stranger.id}."),
        (4, "Who", "nobody", "'nobody' is not an id, a UUID of 36 characters."),
    ]
    assert await records_of(api, table.owner, table.id) == [["a", str(table.owner.id)], ["b", None], ["c", None]]


async def test_default_that_names_a_former_member_is_left_out(api: Api) -> None:
    former = await api.register()
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    member = await add_member(api, table.owner, table.workspace_id, former, "EDITOR")
    await add_field(api, table, name="Who", type="USER", defaultValue=str(former.id))
    given = {"id": member}
    before = await imported(api, table.owner, "Name\nx\n", tableId=table.id)
    assert (await mutate(api, "deleteWorkspaceMember", "deletedId", given, as_=table.owner)).ok

    after = await imported(api, table.owner, "Name\ny\n", tableId=table.id)

    assert (before["problems"], after["problems"]) == ([], [])
    assert await records_of(api, table.owner, table.id) == [["x", str(former.id)], ["y", None]]
