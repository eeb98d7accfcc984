"""updateField from links to values: those that the primary values of the linked records read as."""

from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.graph.relations.conftest import World
from tests.graph.relations.test_convert_to_links import convert, converted, names, preview, to_companies
from tests.support.refusals import refusal

NAMES = ("Acme", "Best, Sons", 'Big "C"', "12")


async def add_links(world: World) -> list[str]:
    """Companies, and people who work for one, for three, for none."""
    ids = await world.add(world.companies, *({"Name": name} for name in NAMES))
    await world.add(
        world.people,
        {"Name": "Ann", "Company": [ids[1], ids[0], ids[2]]},
        {"Name": "Ben", "Company": [ids[3]]},
        {"Name": "Cyd"},
    )
    return ids


async def test_links_become_texts_that_become_the_same_links(many: World) -> None:
    await add_links(many)

    text = await converted(many, many.people, "Company", "TEXT")
    texts = await many.values(many.people, "Company")
    link = await converted(many, many.people, "Company", "LINKED_RECORD", to_companies(many))

    assert (text["cleared"], link["cleared"], link["created"]) == (0, 0, 0)
    assert texts == {"Ann": '"Best, Sons", Acme, "Big ""C"""', "Ben": "12", "Cyd": None}
    found = {name: names(value) for name, value in (await many.values(many.people, "Company")).items()}
    assert found == {"Ann": ["Best, Sons", "Acme", 'Big "C"'], "Ben": ["12"], "Cyd": []}


async def test_the_field_of_the_other_side_and_the_junction_table_go(
    many: World, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await add_links(many)
    tables = "SELECT count(*) FROM pg_class WHERE relname ~ '^l_[0-9]+$'"
    before = await pg.fetchval(tables)

    await converted(many, many.people, "Company", "LONG_TEXT")

    assert "People" not in await many.fields(many.companies)
    assert (before, await pg.fetchval(tables)) == (1, 0)


async def test_the_other_side_can_be_converted_too(many: World) -> None:
    await add_links(many)

    await converted(many, many.companies, "People", "TEXT")

    found = await many.values(many.companies, "People")
    assert found == {"Acme": "Ann", "Best, Sons": "Ann", 'Big "C"': "Ann", "12": "Ben"}
    assert "Company" not in await many.fields(many.people)


@pytest.mark.parametrize(
    ("type", "expected", "cleared"),
    [
        ("MULTI_SELECT", {"Ann": ["Best, Sons", "Acme", 'Big "C"'], "Ben": ["12"], "Cyd": []}, 0),
        ("NUMBER", {"Ann": None, "Ben": 12, "Cyd": None}, 1),
        ("AUTONUMBER", {"Ann": 1, "Ben": 2, "Cyd": 3}, 2),
    ],
)
async def test_links_become_values_of_other_types(many: World, type: str, expected: Any, cleared: int) -> None:
    await add_links(many)

    payload = await converted(many, many.people, "Company", type)

    assert payload["cleared"] == cleared
    assert await many.values(many.people, "Company") == expected


async def test_a_link_to_one_record_becomes_its_title(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben"})

    await converted(world, world.people, "Company", "SINGLE_SELECT")

    assert await world.values(world.people, "Company") == {"Ann": "Acme", "Ben": None}


async def test_links_to_one_table_become_links_to_another(many: World) -> None:
    await add_links(many)
    options = {"linked_table_id": str(many.people.table.id)}

    refused = await convert(many, many.people, "Company", "LINKED_RECORD", options)

    assert "make a new field" in refusal(refused, "VALIDATION_ERROR")["message"]


async def test_records_without_a_title_are_counted_as_lost(many: World) -> None:
    [nameless] = await many.add(many.companies, {"City": "Rome"})
    await many.add(many.people, {"Name": "Ann", "Company": [nameless]})

    payload = await converted(many, many.people, "Company", "TEXT")

    assert payload["cleared"] == 1


@pytest.mark.parametrize("side", ["Company", "People"])
async def test_links_that_other_fields_look_through_stay(many: World, services: Services, side: str) -> None:
    link = {"linked_field_id": await many.id_of(many.people, "Company")}
    options = {**link, "lookup_field_id": await many.id_of(many.companies, "City")}
    assert (await many.add_field(many.people, "Town", "LOOKUP", options)).ok
    before = await snapshot(services.database)

    result = await convert(many, many.people if side == "Company" else many.companies, side, "TEXT", None)

    assert "People.Town depends on it" in refusal(result, "CONFLICT")["message"]
    assert await snapshot(services.database) == before


async def test_computed_fields_are_not_converted(many: World) -> None:
    assert (await many.add_field(many.people, "Twice", "FORMULA", {"formula": "{Age} * 2"})).ok

    shown = await preview(many, many.people, "Twice", "LINKED_RECORD", to_companies(many))

    assert "not its own" in refusal(shown, "BAD_REQUEST")["message"]


async def test_views_forget_what_they_said_of_the_links(many: World) -> None:
    id = await many.id_of(many.people, "Company")
    filter = {"field": id, "operator": "IS_NOT_EMPTY"}
    given = {"tableId": many.people.table.id, "name": "V", "type": "GRID", "filter": filter}
    document = "mutation ($input: CreateViewInput!) { createView(input: $input) { view { id } } }"
    view = (await many.api.execute(document, {"input": given}, as_=many.owner)).ok["createView"]["view"]["id"]
    await add_links(many)

    await converted(many, many.people, "Company", "TEXT")

    document = "query ($id: ID!) { view(id: $id) { records { totalCount } } }"
    result = await many.api.execute(document, {"id": view}, as_=many.owner)
    assert result.ok["view"]["records"]["totalCount"] == 2
