"""Fields that change while a writer's transaction is open: what keeps the values waits for nobody, and stops nobody."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.support.api import Api, Result
from tests.support.catalog import mutate, values
from tests.support.tables import MadeTable, create_records, make_table
from tests.support.waiting import eventually

Pg = asyncpg.Connection
A, B = {"id": "a", "name": "A"}, {"id": "b", "name": "B"}
FIELDS: dict[str, dict[str, Any]] = {
    "Name": {"type": "TEXT", "options": {"max_length": 50}, "isIndexed": True},
    "Status": {"type": "SINGLE_SELECT", "options": {"choices": [A, B]}},
    "Tags": {"type": "MULTI_SELECT", "options": {"choices": [A, B]}},
    "Size": {"type": "NUMBER", "options": {"precision": 2, "max": 10}, "isIndexed": True},
    "Price": {"type": "CURRENCY"},
    "Stars": {"type": "RATING"},
    "Day": {"type": "DATE"},
    "Must": {"type": "TEXT", "isRequired": True, "defaultValue": "m"},
    "Now": {"type": "FORMULA", "options": {"formula": "NOW()"}},
    "Twice": {"type": "FORMULA", "options": {"formula": "{Size} * 2"}, "isIndexed": True},
    "Loud": {"type": "FORMULA", "options": {"formula": "UPPER({Status} & {Name})"}},
}
KEEPING: list[tuple[str, dict[str, Any]]] = [
    ("Name", {"name": "Title"}),
    ("Name", {"description": "What it is called."}),
    ("Name", {"options": {"max_length": 51}}),
    ("Name", {"defaultValue": "none"}),
    ("Name", {"isRequired": False, "isIndexed": True}),
    ("Status", {"options": {"choices": [A, B, "C"]}}),
    ("Status", {"options": {"choices": ["A", "C", "B"]}, "name": "State", "defaultValue": "C"}),
    ("Status", {"options": {"choices": [{"id": "b", "name": "A"}, {"id": "a", "name": "B", "color": "red"}]}}),
    ("Status", {"options": {"choices": [A, {"id": "c", "name": "B"}]}}),
    ("Tags", {"addChoices": ["new", "b"]}),
    ("Tags", {"options": {"choices": ["new", {**A, "name": "Z"}, B]}}),
    ("Size", {"options": {"precision": 3, "max": 11}}),
    ("Size", {"options": {}}),
    ("Price", {"options": {"currency_symbol": "€"}}),
    ("Stars", {"options": {"max": 6, "icon": "heart"}}),
    ("Day", {"options": {"date_format": "european"}, "type": "DATE"}),
    ("Must", {"isRequired": True, "defaultValue": "n"}),
    ("Must", {"isRequired": False, "defaultValue": None}),
    ("Now", {"options": {"formula": "TODAY()"}}),
]
BINDING: list[tuple[str, dict[str, Any]]] = [
    ("Name", {"options": {"max_length": 49}}),
    ("Name", {"isRequired": True, "defaultValue": "d"}),
    ("Status", {"options": {"choices": [A]}}),
    ("Tags", {"options": {"choices": [B, "C"]}}),
    ("Size", {"options": {"precision": 2, "max": 9}}),
    ("Size", {"options": {"allow_negative": False}}),
    ("Stars", {"options": {"max": 4, "icon": "star"}}),
    ("Day", {"options": {"include_time": True}}),
    ("Price", {"type": "TEXT"}),
]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a record, and with indexes of all kinds."""
    table = await make_table(api, [{"name": name, **field} for name, field in FIELDS.items()])
    for name in ("Size", "Name"):
        given = {"fieldId": table.fields[name]}
        assert (await mutate(api, "createUniqueConstraint", "uniqueConstraint { id }", given, as_=table.owner)).ok
    await create_records(api, table, [{"Name": "Bolt", "Status": "B", "Tags": ["B", "A"]}])
    return table


async def name_of(pg: Pg) -> str:
    """The name of the table in PostgreSQL."""
    tables = "FROM pg_tables WHERE schemaname ~ '^base_'"
    name: str = await pg.fetchval(f"SELECT format('%I.%I', schemaname, tablename) {tables}")
    return name


@asynccontextmanager
async def written_to(pg: Pg) -> AsyncIterator[None]:
    """A block in which a writer's transaction is open."""
    name = await name_of(pg)
    async with pg.transaction():
        await pg.execute(f"UPDATE {name} SET revision = revision")
        yield


def hurry(services: Services) -> None:
    """Have whoever waits for a lock be refused at once."""
    services.limits = dataclasses.replace(services.limits, schema_lock_timeout_ms=20)


async def change(api: Api, table: MadeTable, field: str, changes: dict[str, Any]) -> Result:
    """The result of `updateField`."""
    given = {"id": table.fields[field], **changes}
    return await mutate(api, "updateField", "field { name options } cleared filled", given, as_=table.owner)


@pytest.mark.parametrize(("field", "changes"), KEEPING)
async def test_what_keeps_the_values_waits_for_no_writer(
    api: Api, services: Services, pg: Pg, table: MadeTable, field: str, changes: dict[str, Any]
) -> None:
    hurry(services)
    async with written_to(pg):
        done = await change(api, table, field, changes)
    assert (done.codes, done.ok["updateField"]["cleared"], done.ok["updateField"]["filled"]) == ([], 0, 0)


@pytest.mark.parametrize(("field", "changes"), BINDING)
async def test_what_binds_writers_waits_for_those_that_have_begun(
    api: Api, services: Services, pg: Pg, table: MadeTable, field: str, changes: dict[str, Any]
) -> None:
    hurry(services)
    async with written_to(pg):
        refused = await change(api, table, field, changes)
    assert (refused.data, refused.codes) == (None, ["UNAVAILABLE"])
    assert (await change(api, table, field, changes)).ok


@pytest.mark.parametrize(("field", "changes"), KEEPING[2:4] + KEEPING[6:8] + KEEPING[-1:])
async def test_writers_go_on_in_the_midst_of_it(
    api: Api, pg: Pg, table: MadeTable, field: str, changes: dict[str, Any]
) -> None:
    async with pg.transaction():
        await pg.execute("LOCK TABLE views IN ACCESS EXCLUSIVE MODE")  # the last that is looked at
        changing = asyncio.create_task(change(api, table, field, changes))
        await eventually(lambda: is_waited_for(pg))
        async with asyncio.timeout(2):
            await create_records(api, table, [{"Status": "A", "Size": 1}])
        assert not changing.done()
    assert (await changing).ok
    assert await values(api, table, "Size") == [None, 1]


async def is_waited_for(pg: Pg) -> bool:
    """Whether somebody waits for what this connection holds."""
    mine = "pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    found: bool = await pg.fetchval(f"SELECT EXISTS (SELECT FROM pg_stat_activity WHERE {mine})")
    return found


async def test_a_batch_that_is_under_way_ends_under_the_schema_that_it_meets(
    api: Api, services: Services, pg: Pg, table: MadeTable
) -> None:
    """Its first statement is older than the changes, its second in the midst of them, its third younger."""
    document = """
        mutation ($many: CreateRecordsInput!, $held: UpdateRecordInput!, $late: CreateRecordInput!) {
          many: createRecords(input: $many) { records { fields } } held: updateRecord(input: $held) { record { id } }
          late: createRecord(input: $late) { record { fields } }
        }
    """
    [held] = await create_records(api, table, [{"Name": "held"}])
    given = {
        "many": {"tableId": table.id, "records": [{"Status": "B"}] * 500},
        "held": {"id": held, "fields": {"Status": "B"}},
        "late": {"tableId": table.id, "fields": {"State": "C"}},
    }
    hurry(services)
    async with pg.transaction():
        name = await name_of(pg)
        await pg.execute(f"SELECT FROM {name} WHERE id = $1 FOR UPDATE", held)
        writing = asyncio.create_task(api.execute(document, given, as_=table.owner))
        await eventually(lambda: is_waited_for(pg))
        choices = {"choices": ["C", {**A, "name": "Z"}, {**B, "name": "Y"}]}
        changed = await change(api, table, "Status", {"name": "State", "options": choices})
        assert not writing.done()
    done = (await writing).ok

    assert changed.ok
    assert {each["fields"]["Status"] for each in done["many"]["records"]} == {"B"}
    assert done["late"]["record"]["fields"]["State"] == "C"
    assert await values(api, table, "Status") == ["Y"] * 502 + ["C"]


async def test_a_change_that_waits_for_an_import_keeps_no_writer_waiting(api: Api, pg: Pg, table: MadeTable) -> None:
    changes = {"options": {"choices": [A, B, "C"]}}
    async with pg.transaction():
        await pg.execute("SELECT FROM bases FOR SHARE")  # as imports do, and whoever writes with several statements
        changing = asyncio.create_task(change(api, table, "Status", changes))
        await eventually(lambda: is_waited_for(pg))
        async with asyncio.timeout(2):
            await create_records(api, table, [{"Status": "A"}])
        assert not changing.done()
    assert (await changing).ok


async def test_readers_see_all_of_a_change_or_nothing(api: Api, table: MadeTable) -> None:
    names = [("Status", "B"), ("State", "Y")]
    document = "query ($id: ID!) { records(tableId: $id) { nodes { fields } } }"
    is_over, seen = asyncio.Event(), set[tuple[str, str]]()

    async def read() -> None:
        while not is_over.is_set():
            [node] = (await api.execute(document, {"id": table.id}, as_=table.owner)).ok["records"]["nodes"]
            seen.update((name, node["fields"][name]) for name in ("Status", "State") if name in node["fields"])

    readers = asyncio.gather(*(read() for _ in range(3)))
    for n in range(1, 13):
        name, choice = names[n % 2]
        choices = {"choices": [A, {**B, "name": choice}, *(f"c{i}" for i in range(n))]}
        assert (await change(api, table, "Status", {"name": name, "options": choices})).ok
    is_over.set()
    await readers

    assert seen == set(names)


async def test_writers_of_all_choices_beside_changes_that_keep_them(api: Api, table: MadeTable) -> None:
    """Every write is taken, whichever version it was read under, and has the choice that it named."""
    is_over = asyncio.Event()

    async def write(choice: str) -> int:
        count = 0
        while not is_over.is_set():
            await create_records(api, table, [{"Must": choice, "Status": choice}])
            count += 1
        return count

    writers = asyncio.gather(*(write(each["id"]) for each in (A, B)))
    for n in range(12):
        choices = {"choices": [*([A, B] if n % 2 else [B, A]), *(f"c{i}" for i in range(n))]}
        assert (await change(api, table, "Status", {"options": choices})).ok
    is_over.set()
    written = await writers

    names = await values(api, table, "Must")
    found = await values(api, table, "Status")
    assert [found[1:].count(name) for name in ("A", "B")] == written
    assert [name.upper() for name in names[1:]] == found[1:]


@pytest.mark.parametrize("is_first", [True, False])
async def test_a_choice_that_a_write_makes_too_is_one_choice(api: Api, table: MadeTable, is_first: bool) -> None:
    given = {"tableId": table.id, "fields": {"Status": "Late"}, "typecast": True, "createMissingChoices": True}
    writes = [mutate(api, "createRecord", "record { id }", given, as_=table.owner) for _ in range(3)]
    adding = change(api, table, "Status", {"options": {"choices": [A, B, "late"]}})

    done = await asyncio.gather(*([adding, *writes] if is_first else [*writes, adding]))

    assert [each.codes for each in done] == [[]] * 4
    [a, b, late] = await choices(api, table)
    assert (a, b, late.lower()) == ("A", "B", "late")
    assert await values(api, table, "Status") == ["B", late, late, late]


async def choices(api: Api, table: MadeTable) -> list[str]:
    """The names of the choices of the field."""
    document = "query ($id: ID!) { field(id: $id) { options } }"
    found = await api.execute(document, {"id": table.fields["Status"]}, as_=table.owner)
    return [choice["name"] for choice in found.ok["field"]["options"]["choices"]]
