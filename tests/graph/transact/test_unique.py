"""Unique values in a call: refused with their place, free once they are given up."""

import pytest

from tests.graph.transact.conftest import Calls, create, delete, update, upsert
from tests.support.constraints import make_unique
from tests.support.refusals import refusal


@pytest.fixture
async def calls(calls: Calls) -> Calls:
    """Calls on companies whose names are unique."""
    world = calls.world
    await make_unique(world.api, world.companies.table, "Name")
    return calls


async def test_a_value_that_is_there_is_refused_with_its_place(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    refused = refusal(
        await calls.send(
            create(world.companies, {"Name": "A"}, {"Name": "B"}),
            create(world.people, {"Name": "Ann"}),
            create(world.companies, {"Name": "C"}, {"Name": "Acme"}),
        ),
        "DUPLICATE_VALUE",
    )
    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (2, 1, "Name")
    assert (refused["value"], refused["existingRecordId"]) == ("Acme", acme)
    assert [await world.people.all(), len(await world.companies.all())] == [[], 1]


async def test_values_are_free_that_the_call_gives_up_wherever_it_says_so(calls: Calls) -> None:
    world = calls.world
    a, b, c = await world.add(world.companies, {"Name": "A"}, {"Name": "B"}, {"Name": "C"})
    await calls.done(
        create(world.companies, {"Name": "B"}),
        upsert(world.companies, "Name", {"Name": "C", "Size": 1}),
        update(world.companies, b, {"Name": "A"}),
        delete(world.companies, a, c),
    )
    found = [(company["Name"], company["Size"]) for company in await world.companies.all()]
    assert sorted(found) == [("A", None), ("B", None), ("C", 1)]


async def test_a_value_twice_in_two_operations_is_refused_at_the_second(calls: Calls) -> None:
    world = calls.world
    refused = refusal(
        await calls.send(create(world.companies, {"Name": "A"}), create(world.companies, {"Name": "A"})),
        "DUPLICATE_VALUE",
    )
    assert (refused["operationIndex"], refused["recordIndex"]) == (1, 0)
    assert await world.companies.all() == []
