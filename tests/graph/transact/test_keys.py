"""Idempotency keys: a call that is sent again with its key is done once."""

from tests.graph.transact.conftest import Calls, create, delete, temp, update, upsert
from tests.support.refusals import refusal


async def test_a_retry_gets_the_first_answer(calls: Calls) -> None:
    world = calls.world
    acme, old = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Old"})
    operations = (
        create(world.people, {"Name": "Ann", "Company": [temp("new")]}),
        upsert(world.companies, "Name", {"Name": "New", "$": "new"}, {"Name": "Acme", "Size": 1}),
        delete(world.companies, old),
    )
    first = await calls.done(*operations, idempotencyKey="k")
    assert (await world.companies.update(acme, {"Size": 2})).ok
    assert await calls.done(*operations, idempotencyKey="k") == first
    assert len(await world.people.all()) == 1


async def test_a_retry_that_selects_something_else_gets_the_records_as_they_are(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    operations = (update(world.companies, acme, {"Size": 1}), create(world.companies, {"Name": "B"}))
    await calls.done(*operations, idempotencyKey="k")
    assert (await world.companies.update(acme, {"Size": 5})).ok
    again = await calls.done(*operations, selection='results { records { value(field: "Size") } }', idempotencyKey="k")
    assert again == {"results": [{"records": [{"value": 5}]}, {"records": [{"value": None}]}]}
    assert (await world.companies.delete([acme])).ok
    gone = await calls.send(*operations, selection="results { records { revision } }", idempotencyKey="k")
    assert refusal(gone, "NOT_FOUND")["recordId"] == acme


async def test_a_key_is_for_one_request(calls: Calls) -> None:
    world = calls.world
    await calls.done(create(world.people, {"Name": "Ann"}), idempotencyKey="k")
    for other in (create(world.people, {"Name": "Ben"}), upsert(world.people, "Name", {"Name": "Ann"})):
        refusal(await calls.send(other, idempotencyKey="k"), "CONFLICT")
    refusal(await calls.send(create(world.people, {"Name": "Ann"}), idempotencyKey=""), "BAD_REQUEST")
    assert len(await world.people.all()) == 1
