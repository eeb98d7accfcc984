"""Links between records that one call creates: forwards, in circles, of records to themselves."""

from typing import Any

import pytest

from tests.graph.relations.conftest import World
from tests.graph.transact.conftest import Calls, create, temp, update, upsert
from tests.support.records import Records
from tests.support.refusals import refusal


async def titles(world: World, records: Records, field: str) -> dict[str, list[str]]:
    """The primary values of the linked records, by the records' names."""
    found = await world.values(records, field)
    return {name: [each["value"] for each in linked] for name, linked in found.items()}


@pytest.mark.parametrize("first", ["people", "companies"])
async def test_the_order_of_operations_does_not_matter(calls: Calls, first: str) -> None:
    world = calls.world
    operations = [
        create(world.people, {"Name": "Ann", "Company": [temp("b"), temp("a")]}),
        create(world.companies, {"Name": "A", "$": "a"}, {"Name": "B", "$": "b"}),
    ]
    await calls.done(*(operations if first == "people" else reversed(operations)))
    assert await titles(world, world.people, "Company") == {"Ann": ["B", "A"]}
    assert await titles(world, world.companies, "People") == {"A": ["Ann"], "B": ["Ann"]}


async def test_a_circle_of_new_records_through_two_fields(calls: Calls) -> None:
    world = calls.world
    options = {"linked_table_id": str(world.people.table.id), "allow_multiple": False}
    assert (await world.add_field(world.companies, "Boss", "LINKED_RECORD", options)).ok
    done = await calls.done(
        create(world.companies, {"Name": "Acme", "Boss": temp("ann"), "$": "acme"}),
        create(world.people, {"Name": "Ann", "Company": [temp("acme")], "$": "ann"}),
    )
    [acme], [ann] = (result["records"] for result in done["results"])
    person = {"id": ann["id"], "value": "Ann"}
    assert (acme["fields"]["Boss"], acme["fields"]["People"]) == (person, [person])
    assert ann["fields"]["Company"] == [{"id": acme["id"], "value": "Acme"}]


async def test_records_of_one_table_in_a_circle_and_linked_to_themselves(calls: Calls) -> None:
    world = calls.world
    options = {"linked_table_id": str(world.people.table.id)}
    assert (await world.add_field(world.people, "Friends", "LINKED_RECORD", options)).ok
    await calls.done(
        create(
            world.people,
            {"Name": "Ann", "$": "a", "Friends": [temp("b"), temp("a")]},
            {"Name": "Ben", "$": "b", "Friends": [temp("a")]},
        )
    )
    assert await titles(world, world.people, "Friends") == {"Ann": ["Ben", "Ann"], "Ben": ["Ann"]}
    assert await titles(world, world.people, "People") == {"Ann": ["Ann", "Ben"], "Ben": ["Ann"]}


async def test_existing_records_and_upserts_may_name_new_ones(calls: Calls) -> None:
    world = calls.world
    [ann] = await world.add(world.people, {"Name": "Ann"})
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    done = await calls.done(
        update(world.people, ann, {"Company": [temp("old"), temp("new")]}),
        upsert(world.companies, "Name", {"Name": "Acme", "$": "old"}, {"Name": "New", "$": "new"}),
        upsert(world.people, "Name", {"Name": "Ben", "Company": [temp("old"), acme]}),
    )
    ids = {each["tempId"]: each["id"] for each in done["tempIds"]}
    assert ids["old"] == acme
    assert done["results"][0]["records"][0]["fields"]["Company"] == [
        {"id": acme, "value": "Acme"},
        {"id": ids["new"], "value": "New"},
    ]
    assert await titles(world, world.people, "Company") == {"Ann": ["Acme", "New"], "Ben": ["Acme"]}


async def test_both_sides_of_a_link_may_be_said(calls: Calls) -> None:
    world = calls.world
    done = await calls.done(
        create(world.companies, {"Name": "Acme", "People": [temp("b"), temp("a")], "$": "acme"}),
        create(
            world.people,
            {"Name": "Ann", "Company": [temp("acme")], "$": "a"},
            {"Name": "Ben", "$": "b"},
            {"Name": "Cyd", "Company": [temp("acme")]},
        ),
    )
    [acme] = done["results"][0]["records"]
    assert [each["value"] for each in acme["fields"]["People"]] == ["Ben", "Ann", "Cyd"]


async def test_computed_values_are_those_of_the_end(calls: Calls) -> None:
    world = calls.world
    options = {
        "linked_field_id": await world.id_of(world.people, "Company"),
        "lookup_field_id": await world.id_of(world.companies, "City"),
    }
    assert (await world.add_field(world.people, "Where", "LOOKUP", options)).ok
    [old] = await world.add(world.companies, {"Name": "Old", "City": "Rome"})
    done = await calls.done(
        create(world.people, {"Name": "Ann", "Company": [temp("new"), old]}),
        update(world.companies, old, {"City": "Bonn"}),
        create(world.companies, {"Name": "New", "City": "Oslo", "$": "new"}),
    )
    assert done["results"][0]["records"][0]["fields"]["Where"] == ["Oslo", "Bonn"]


BAD: dict[str, tuple[Any, str, str]] = {
    "one that nothing has": ([temp("nobody")], "FOREIGN_KEY_VIOLATION", "has the temporary id 'nobody'"),
    "one of another table": ([temp("ann")], "FOREIGN_KEY_VIOLATION", "No new record of 'Companies' has the temporary"),
    "one that is no text": ([{"tempId": 7}], "VALIDATION_ERROR", "the id of a record"),
    "one with an id": ([{"tempId": "acme", "id": "x"}], "VALIDATION_ERROR", "not the id of a record"),
    "one twice": ([temp("acme"), temp("acme")], "VALIDATION_ERROR", "Each record may be named once"),
}


@pytest.mark.parametrize("case", BAD)
async def test_a_temporary_id_that_makes_no_sense(calls: Calls, case: str) -> None:
    world = calls.world
    value, code, message = BAD[case]
    refused = refusal(
        await calls.send(
            create(world.companies, {"Name": "Acme", "$": "acme"}),
            create(world.people, {"Name": "Ann", "$": "ann"}, {"Name": "Ben", "Company": value}),
        ),
        code,
    )
    assert message in refused["message"]
    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (1, 1, "Company")
    assert [await world.people.all(), await world.companies.all()] == [[], []]


async def test_each_temporary_id_is_given_once_and_not_too_long(calls: Calls) -> None:
    world = calls.world
    refused = refusal(
        await calls.send(
            create(world.companies, {"Name": "A", "$": "x"}, {"Name": "B", "$": ""}),
            upsert(world.people, "Name", {"Name": "C", "$": "x"}, {"Name": "D", "$": "y" * 256}),
        ),
        "VALIDATION_ERROR",
    )
    assert [error["loc"] for error in refused["errors"]] == [
        ["operations", 0, "create", "records", 1, "tempId"],
        ["operations", 1, "upsert", "records", 0, "tempId"],
        ["operations", 1, "upsert", "records", 1, "tempId"],
    ]


async def test_outside_of_a_call_there_are_no_new_records(calls: Calls) -> None:
    world = calls.world
    refused = refusal(await world.people.create({"Name": "Ann", "Company": [temp("a")]}), "FOREIGN_KEY_VIOLATION")
    assert refused["field"] == "Company"
    assert await world.people.all() == []
