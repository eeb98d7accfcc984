"""importRecords into a table with linked records: cells name them by their primary values, or by their ids."""

import json
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.graph.relations.conftest import World, make_world
from tests.support.api import Api
from tests.support.catalog import add_member, mutate
from tests.support.imports import imported, run_import
from tests.support.refusals import refusal
from tests.support.statements import StatementLog

NEW = {"createMissingRecords": True}


@pytest.fixture
async def many(api: Api) -> World:
    """People who work for several companies, of which there are Acme, and Best, Sons."""
    world = await make_world(api, allow_multiple=True)
    await world.add(world.companies, {"Name": "Acme"}, {"Name": "Best, Sons"})
    return world


async def people(world: World) -> dict[str, list[Any]]:
    """The titles of the companies of each person."""
    found = await world.values(world.people, "Company")
    return {name: [each["value"] for each in value] for name, value in found.items()}


async def load(world: World, content: str, name: str = "people.csv", **given: Any) -> Any:
    """An import into the people."""
    return await imported(world.api, world.owner, content, name, tableId=world.people.table.id, **given)


async def test_cells_name_records_by_their_primary_values_and_ids(many: World) -> None:
    acme = (await many.companies.page()).ok["records"]["nodes"][0]["id"]
    content = f'Name,Company\nAnn,"""Best, Sons"", Acme"\nBen,Acme\nCyd,\nDan,{acme}\n'

    done = await load(many, content)

    assert (done["rowCount"], done["problemCount"]) == (4, 0)
    assert [each["type"] for each in done["columns"]] == ["TEXT", "LINKED_RECORD"]
    assert await people(many) == {"Ann": ["Best, Sons", "Acme"], "Ben": ["Acme"], "Cyd": [], "Dan": ["Acme"]}


async def test_lists_of_json_name_each_record_as_a_whole(many: World) -> None:
    rows = [{"Name": "Ann", "Company": ["Best, Sons", "Acme"]}, {"Name": "Ben", "Company": "Acme"}]

    await load(many, json.dumps(rows), "people.json")

    assert await people(many) == {"Ann": ["Best, Sons", "Acme"], "Ben": ["Acme"]}


async def test_names_that_no_record_has_are_problems_with_their_line(many: World) -> None:
    unknown = "01a2029a-dd30-8000-8000-114344842918"

    done = await load(many, f'Name,Company\nAnn,"Acme, New"\nBen,{unknown}\nCyd,Acme\n')

    assert [(each["line"], each["column"], each["value"]) for each in done["problems"]] == [
        (2, "Company", "New"),
        (3, "Company", unknown),
    ]
    assert done["problems"][0]["message"] == "No record of 'Companies' has 'New' in 'Name'."
    assert await people(many) == {"Ann": ["Acme"], "Ben": [], "Cyd": ["Acme"]}


async def test_strict_refuses_a_file_with_such_names(many: World, services: Services) -> None:
    before = await snapshot(services.database)

    result = await run_import(
        many.api, many.owner, "Name,Company\nAnn,New\n", tableId=many.people.table.id, strict=True
    )

    assert "the first in line 2, 'Company'" in refusal(result, "VALIDATION_ERROR")["message"]
    assert await snapshot(services.database) == before


async def test_records_are_made_for_such_names_if_asked(many: World, pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    rows = "".join(f"P{i},New {i % 3}\n" for i in range(6_000))

    done = await load(many, f"Name,Company\n{rows}", **NEW)

    assert (done["rowCount"], done["problemCount"]) == (6_000, 0)
    names = [row["Name"] for row in await many.companies.all()]
    assert names == ["Acme", "Best, Sons", "New 0", "New 1", "New 2"]
    assert {len(value) for value in (await people(many)).values()} == {1}
    counts = "SELECT count(*), count(DISTINCT mutation_id) FROM changes WHERE kind = 'record' AND table_id = $1"
    assert tuple(await pg.fetchrow(counts, many.companies.table.id) or ()) == (5, 2)


async def test_the_change_of_a_new_record_has_its_links(many: World, pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    await load(many, "Name,Company\nAnn,Acme\n")

    column = await pg.fetchval("SELECT 'f_' || number FROM fields WHERE name = 'Company'")
    after = "SELECT after::json ->> $2 FROM changes WHERE kind = 'record' AND table_id = $1"
    acme = (await many.companies.page()).ok["records"]["nodes"][0]["id"]
    assert json.loads(await pg.fetchval(after, many.people.table.id, column)) == [acme]


async def test_a_row_without_a_link_that_is_required_is_left_out(many: World) -> None:
    given = {"id": await many.id_of(many.people, "Company"), "isRequired": True}
    assert (await mutate(many.api, "updateField", "cleared", given, as_=many.owner)).ok

    done = await load(many, "Name,Company\nAnn,New\nBen,Acme\nCyd,\n")

    assert (done["rowCount"], [each["line"] for each in done["problems"]]) == (1, [2, 4])
    assert await people(many) == {"Ben": ["Acme"]}


async def test_a_field_that_links_its_table_to_itself_is_left_out(many: World) -> None:
    options = {"linked_table_id": str(many.people.table.id)}
    assert (await many.add_field(many.people, "Boss", "LINKED_RECORD", options)).ok

    done = await load(many, "Name,Boss\nAnn,Ben\n")

    assert done["ignoredColumns"] == [{"name": "Boss", "reason": "The field 'Boss' links the table to itself."}]


async def test_a_record_that_takes_one_link_refuses_a_second_one(many: World, services: Services) -> None:
    field = await many.id_of(many.companies, "People")
    options = {"linked_table_id": str(many.people.table.id), "allow_multiple": False}
    given = {"id": field, "options": options}
    assert (await mutate(many.api, "updateField", "cleared", given, as_=many.owner)).ok
    before = await snapshot(services.database)

    result = await run_import(many.api, many.owner, "Name,Company\nAnn,Acme\nBen,Acme\n", tableId=many.people.table.id)

    assert refusal(result, "DUPLICATE_VALUE")["field"] == "Company"
    assert await snapshot(services.database) == before


async def test_who_may_not_write_in_the_linked_table_makes_no_records_there(many: World, services: Services) -> None:
    editor = await many.api.register()
    await add_member(many.api, many.owner, many.people.table.workspace_id, editor, "EDITOR")
    role = {"userId": editor.id, "role": "VIEWER", "tableId": many.companies.table.id}
    assert (await mutate(many.api, "setRoleOverride", "__typename", role, as_=many.owner)).ok
    before = await snapshot(services.database)

    async def run(content: str) -> Any:
        return await run_import(many.api, editor, content, tableId=many.people.table.id, **NEW)

    refused = await run("Name,Company\nAnn,New\n")
    after = await snapshot(services.database)
    done = await run("Name,Company\nAnn,Acme\n")

    assert refused.codes == ["FORBIDDEN"]
    assert after == before
    assert done.ok["importRecords"]["rowCount"] == 1


async def test_names_that_come_again_take_no_statement(many: World, services: Services) -> None:
    counts = []
    for name in ("Acme", "Acme"):
        content = "Name,Company\n" + "".join(f"P{i},{name}\n" for i in range(100))
        with StatementLog(services.database) as log:
            await load(many, content)
        counts.append(log.count)
    rows = "".join(f'P{i},"{"Acme" if i % 2 else "Best"}, ""Best, Sons"""\n' for i in range(2_000))
    with StatementLog(services.database) as log:
        await load(many, f"Name,Company\n{rows}")

    assert log.count == counts[1]
