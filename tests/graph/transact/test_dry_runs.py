"""Dry runs: they answer what would be, and leave nothing behind."""

from asyncpg import Connection

from tests.graph.transact.conftest import Calls, create, delete, temp, update, upsert
from tests.support.refusals import refusal


async def test_a_dry_run_answers_what_would_be_and_does_nothing(calls: Calls, pg: Connection) -> None:
    world = calls.world
    options = {
        "linked_field_id": await world.id_of(world.people, "Company"),
        "lookup_field_id": await world.id_of(world.companies, "City"),
    }
    assert (await world.add_field(world.people, "Where", "LOOKUP", options)).ok
    acme, old = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Old"})
    before = await pg.fetch("SELECT * FROM changes ORDER BY seq"), await world.companies.all()
    operations = (
        create(world.people, {"Name": "Ann", "Company": [temp("new"), acme], "$": "ann"}),
        update(world.companies, acme, {"City": "Rome"}),
        upsert(world.companies, "Name", {"Name": "New", "City": "Oslo", "$": "new"}),
        delete(world.companies, old),
    )
    tried = await calls.done(*operations, dryRun=True)
    assert (tried["isDryRun"], tried["mutationId"], tried["eventCursor"]) == (True, None, None)
    assert tried["results"][0]["records"][0]["fields"]["Where"] == ["Oslo", "Rome"]
    assert tried["results"][3]["deletedIds"] == [old]
    assert [each["tempId"] for each in tried["tempIds"]] == ["ann", "new"]
    assert (await pg.fetch("SELECT * FROM changes ORDER BY seq"), await world.companies.all()) == before
    assert await world.people.all() == []
    done = await calls.done(*operations)
    assert done["results"][0]["records"][0]["fields"]["Where"] == ["Oslo", "Rome"]
    assert {each["id"] for each in done["tempIds"]}.isdisjoint(each["id"] for each in tried["tempIds"])


async def test_a_dry_run_is_refused_as_the_call_would_be(calls: Calls) -> None:
    world = calls.world
    refused = await calls.send(create(world.people, {"Name": "Ann"}), create(world.people, {"Age": "x"}), dryRun=True)
    assert refusal(refused, "VALIDATION_ERROR")["operationIndex"] == 1


async def test_a_dry_run_takes_no_key(calls: Calls) -> None:
    world = calls.world
    operation = create(world.people, {"Name": "Ann"})
    await calls.done(operation, dryRun=True, idempotencyKey="k")
    done = await calls.done(operation, idempotencyKey="k")
    assert done["isDryRun"] is False
    assert len(await world.people.all()) == 1


async def test_a_dry_run_undoes_nothing_else_of_the_operation(calls: Calls) -> None:
    world = calls.world
    document = """
        mutation ($input: CreateRecordInput!, $dry: TransactInput!) {
          a: createRecord(input: $input) { record { id } }
          b: transact(input: $dry) { results { createdIds } isDryRun }
          c: createRecord(input: $input) { record { id } }
        }
    """
    one = {"tableId": world.people.table.id, "fields": {"Name": "Ann"}}
    dry = {"operations": [create(world.people, {"Name": "Ben"})], "dryRun": True}
    assert (await world.people.run(document, {"input": one, "dry": dry})).ok["b"]["isDryRun"] is True
    assert [record["Name"] for record in await world.people.all()] == ["Ann", "Ann"]
