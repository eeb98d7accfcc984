"""importRecords with `createMissingChoices`: choices that cells name and selects lack are made before the rows come."""

import asyncio
from typing import Any

import asyncpg
import pytest

from adapters.database import Database
from domain.imports.records import MAX_BATCH_ROWS
from tests.authorization.snapshot import snapshot
from tests.domain.imports.files import workbook
from tests.graph.accounts.keys import key_of
from tests.graph.records.conftest import member_of
from tests.support.api import Api
from tests.support.catalog import update_field
from tests.support.imports import imported, records_of, run_import
from tests.support.refusals import refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, make_table

Pg = asyncpg.Connection
MAKING = {"createMissingChoices": True}
TAGS = {"choices": [{"id": "a", "name": "new"}, {"id": "b", "name": "old, dusty"}]}


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """An empty table with two selects."""
    status = {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": ["Open", "Done"]}}
    tags = {"name": "Tags", "type": "MULTI_SELECT", "options": TAGS}
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, status, tags])


async def choices(api: Api, table: MadeTable, field: str = "Status") -> list[str]:
    """The names of a field's choices."""
    document = "query ($id: ID!) { field(id: $id) { options } }"
    found = (await api.execute(document, {"id": table.fields[field]}, as_=table.owner)).ok["field"]
    return [choice["name"] for choice in found["options"]["choices"]]


def new_choices(done: Any) -> dict[str, list[str]]:
    """The new choices that a payload tells of."""
    return {each["fieldName"]: each["newChoices"] for each in done["columns"] if each["newChoices"]}


async def test_choices_are_made_in_the_order_of_the_file(api: Api, table: MadeTable) -> None:
    content = (
        'Name,status,Tags\na,Late,\nb, done ,"hot, new"\nc,LATE,"Cold; HOT, old, dusty"\nd,,"old, dusty, ""x, y"""\n'
    )
    done = await imported(api, table.owner, content, tableId=table.id, **MAKING)

    assert (done["rowCount"], done["problems"]) == (4, [])
    assert new_choices(done) == {"Status": ["Late"], "Tags": ["hot", "Cold", "old", "dusty", "x, y"]}
    assert [row[1:] for row in await records_of(api, table.owner, table.id)] == [
        ["Late", []],
        ["Done", ["hot", "new"]],
        ["Late", ["Cold", "hot", "old, dusty"]],
        [None, ["old", "dusty", "x, y"]],
    ]
    assert await choices(api, table) == ["Open", "Done", "Late"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ('[{"Status": "Late", "Tags": ["hot", "new"]}, {"Status": 7, "Tags": "cold"}]', "data.json"),
        ('{"Status": "Late", "Tags": ["hot", "new"]}\n{"Status": 7, "Tags": "cold"}\n', "data.jsonl"),
        (workbook(("S", [["Status", "Tags"], ["Late", "hot, new"], [7, "cold"]])), "data.xlsx"),
        ("Status\tTags\nLate\thot, new\n7\tcold\n", "data.tsv"),
    ],
)
async def test_every_format_makes_them(api: Api, table: MadeTable, content: str | bytes, name: str) -> None:
    done = await imported(api, table.owner, content, name, tableId=table.id, **MAKING)
    assert (done["rowCount"], done["problems"]) == (2, [])
    assert new_choices(done) == {"Status": ["Late", "7"], "Tags": ["hot", "cold"]}
    rows = await records_of(api, table.owner, table.id)
    assert [row[1:] for row in rows] == [["Late", ["hot", "new"]], ["7", ["cold"]]]


async def test_without_the_option_they_are_reported_as_ever(api: Api, table: MadeTable) -> None:
    done = await imported(api, table.owner, "Name,Status\na,Late\n", tableId=table.id)
    assert [(each["line"], each["message"]) for each in done["problems"]] == [
        (2, "This is none of the choices 'Open', 'Done'.")
    ]
    assert (new_choices(done), await choices(api, table)) == ({}, ["Open", "Done"])


async def test_a_choice_is_made_once_over_all_batches(api: Api, table: MadeTable, pg: Pg) -> None:
    rows = 2 * MAX_BATCH_ROWS + 10
    content = "Status\n" + "".join(f"{['Late', 'late ', 'Gone'][n % 3]}\n" for n in range(rows)) + "Last\n"
    done = await imported(api, table.owner, content, tableId=table.id, **MAKING)
    assert (done["rowCount"], done["problemCount"]) == (rows + 1, 0)
    assert await choices(api, table) == ["Open", "Done", "Late", "Gone", "Last"]
    told = await pg.fetch("SELECT details ->> 'choices' FROM audit_entries WHERE action = 'field.choices_added'")
    assert [row[0] for row in told] == ['["Late", "Gone", "Last"]']


async def test_imports_side_by_side_make_a_choice_once(api: Api, table: MadeTable) -> None:
    contents = [f"Name,Status\na,Late\nb,{other}\n" for other in ("Gone", "late", "GONE", "Lost")]
    done = await asyncio.gather(*(imported(api, table.owner, each, tableId=table.id, **MAKING) for each in contents))
    assert [each["problemCount"] for each in done] == [0] * 4
    assert sorted(name.lower() for name in (await choices(api, table))[2:]) == ["gone", "late", "lost"]
    statuses = [str(row[1]).lower() for row in await records_of(api, table.owner, table.id)]
    assert sorted(statuses) == ["gone", "gone", *["late"] * 5, "lost"]


async def test_who_may_not_change_fields_is_refused_before_anything_is_written(
    api: Api, table: MadeTable, database: Database
) -> None:
    editor = await member_of(api, table, "EDITOR")
    before = await snapshot(database)

    with StatementLog(database) as seen:
        refused = await run_import(api, editor, "Name,Status\na,Late\nb,Gone\n", tableId=table.id, **MAKING)

    assert refusal(refused, "FORBIDDEN")["field"] == "Status"
    assert refused.errors[0]["message"].startswith("The field 'Status' lacks the choices 'Late', 'Gone'. You may not ")
    assert [text for text in seen.texts if "INSERT" in text] == []
    assert await snapshot(database) == before
    done = await imported(api, editor, "Name,Status\na,open\n", tableId=table.id, **MAKING)
    assert done["rowCount"] == 1


async def test_it_takes_the_scope_for_it(api: Api, table: MadeTable) -> None:
    key = await key_of(api, table.owner, scopes=["write"])
    file = {"fileName": "a.csv", "content": "Name,Status\na,open\n", "tableId": table.id, **MAKING}
    refused = await key.mutate("importRecords", "rowCount", file)
    assert refused.codes == ["FORBIDDEN"]
    assert refused.errors[0]["message"] == "This API key lacks the scope 'schema'; it has: write."


async def test_names_without_room_and_names_that_can_be_none_are_reported(api: Api, table: MadeTable) -> None:
    await update_field(api, table, "Status", options={"choices": [f"c{i}" for i in range(998)]})
    content = f"Name,Status\na,{'x' * 256}\nb,first\nc,second\nd,third\ne,C1\n"

    done = await imported(api, table.owner, content, tableId=table.id, **MAKING)

    assert new_choices(done) == {"Status": ["first", "second"]}
    told = [(each["line"], each["message"]) for each in done["problems"]]
    assert told[0][0] == 2
    assert told[0][1].startswith("The name of a choice has at most 255 characters")
    assert told[1][0] == 5
    assert told[1][1].endswith(" and 995 more, and a field has at most 1,000.")
    assert [row[1] for row in await records_of(api, table.owner, table.id)] == [None, "first", "second", None, "c1"]


async def test_choices_go_with_rows_that_are_refused(api: Api, table: MadeTable, database: Database) -> None:
    before = await snapshot(database)
    content = f"Name,Status\na,Late\nb,{'x' * 256}\n"
    refused = await run_import(api, table.owner, content, tableId=table.id, strict=True, **MAKING)
    assert refusal(refused, "VALIDATION_ERROR")["errors"][0]["loc"][-1] == "Status"
    assert await snapshot(database) == before


async def test_the_log_tells_of_the_choice_before_the_records(api: Api, table: MadeTable, pg: Pg) -> None:
    last = await pg.fetchval("SELECT max(seq) FROM changes")
    await imported(api, table.owner, "Status\nLate\n", tableId=table.id, **MAKING)
    told = await pg.fetch("SELECT kind, mutation_id, xid, actor_id FROM changes WHERE seq > $1 ORDER BY seq", last)
    told = [each for each in told if each["kind"] in ("field", "record")]
    assert [each["kind"] for each in told] == ["field", "record"]
    assert len({each["xid"] for each in told}) == 1
    assert {each["actor_id"] for each in told} == {table.owner.id}
    assert told[0]["mutation_id"] != told[1]["mutation_id"]


async def test_an_import_that_lacks_none_takes_no_lock_more(api: Api, table: MadeTable, database: Database) -> None:
    content = "Name,Status\na,Open\n"
    await imported(api, table.owner, content, tableId=table.id)
    costs = []
    for more in ({}, MAKING):
        with StatementLog(database) as seen:
            await imported(api, table.owner, content, tableId=table.id, **more)
        costs.append(seen.texts)
    plain, asked = costs
    assert len(asked) == len(plain) + 2  # the table and its fields, once more, before they are locked
    assert [text for text in asked if text.startswith(("UPDATE", "LOCK")) or "FOR NO KEY UPDATE" in text] == []
