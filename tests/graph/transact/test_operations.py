"""Creates, changes, upserts and deletes of several tables in one call."""

from pathlib import Path
from uuid import uuid4

from tests.graph.transact.conftest import Calls, create, delete, temp, update, upsert
from tests.support.catalog import add_member
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import make_table


async def test_all_kinds_of_operations_on_two_tables(calls: Calls) -> None:
    world = calls.world
    acme, best, old = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Best"}, {"Name": "Old"})
    done = await calls.done(
        create(world.people, {"Name": "Ann", "Company": [temp("new")]}, {"Name": "Ben", "Company": [acme]}),
        update(world.companies, best, {"City": "Rome"}),
        upsert(world.companies, "Name", {"Name": "Acme", "City": "Oslo"}, {"Name": "New", "$": "new"}),
        delete(world.companies, old),
    )
    people, changed, upserted, deleted = done["results"]
    new = upserted["createdIds"][0]
    assert [record["fields"] for record in people["records"]] == [
        {"Name": "Ann", "Age": None, "Company": [{"id": new, "value": "New"}]},
        {"Name": "Ben", "Age": None, "Company": [{"id": acme, "value": "Acme"}]},
    ]
    assert people["createdIds"] == [record["id"] for record in people["records"]]
    assert [(record["id"], record["fields"]["City"]) for record in changed["records"]] == [(best, "Rome")]
    assert changed["updatedIds"] == [best]
    assert [record["id"] for record in upserted["records"]] == [acme, new]
    assert (upserted["createdIds"], upserted["updatedIds"]) == ([new], [acme])
    assert upserted["records"][0]["fields"]["People"] == [{"id": people["createdIds"][1], "value": "Ben"}]
    assert (deleted["records"], deleted["deletedIds"]) == ([], [old])
    assert done["tempIds"] == [{"tempId": "new", "id": new}]
    assert done["isDryRun"] is False
    names = [record["Name"] for record in await world.companies.all()]
    assert names == ["Acme", "Best", "New"]


async def test_the_call_of_the_page_in_the_documentation(calls: Calls) -> None:
    world = calls.world
    page = (Path(__file__).parents[3] / "docs" / "transact.md").read_text(encoding="utf-8")
    document = page.partition("```graphql")[2].partition("```")[0]
    best, old = await world.add(world.companies, {"Name": "Best"}, {"Name": "Old"})
    assert (await world.companies.update(best, {"Size": 1})).ok
    assert (await world.companies.update(best, {"Size": 2})).ok
    tables = {"companies": world.companies.table.id, "people": world.people.table.id}
    done = (await world.people.run(document, {**tables, "best": best, "old": old})).ok["transact"]
    people = [record["fields"] for record in done["results"][0]["records"]]
    assert [[company["value"] for company in person["Company"]] for person in people] == [["Acme"], ["Acme", "Best"]]
    assert done["results"][3]["deletedIds"] == [old]
    refused = await calls.send(
        create(world.people, {"Name": "A"}), create(world.companies, {"Size": "large"}, {"Size": True}, {"City": 1})
    )
    message = refusal(refused, "VALIDATION_ERROR")["message"]
    assert f'"message": "{message}"' in page


async def test_one_operation_of_many_fields_and_one_record_each(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme", "Size": 3})
    [result, other] = (
        await calls.done(update(world.companies, acme, {"City": "Rome"}), create(world.companies, {"Name": "B"}))
    )["results"]
    assert (result["records"][0]["fields"]["Size"], result["records"][0]["revision"]) == (3, 2)
    assert other["records"][0]["revision"] == 1


async def test_upserts_of_several_operations_are_one_upsert(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    first, second = (
        await calls.done(
            upsert(world.companies, "Name", {"Name": "Best", "Size": 1}),
            upsert(world.companies, "Name", {"Name": "acme", "Size": 2}, {"Name": "Acme", "Size": 3}),
        )
    )["results"]
    assert (len(first["createdIds"]), len(second["createdIds"]), second["updatedIds"]) == (1, 1, [acme])
    twice = await calls.send(
        upsert(world.companies, "Name", {"Name": "Cyd"}), upsert(world.companies, "Name", {"Name": "Cyd"})
    )
    refused = refusal(twice, "VALIDATION_ERROR")
    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (1, 0, "Name")
    assert "another one of the call" in refused["message"]


async def test_what_is_deleted_makes_room_for_what_is_upserted(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    upserted, _ = (
        await calls.done(upsert(world.companies, "Name", {"Name": "Acme"}), delete(world.companies, acme, acme))
    )["results"]
    assert (len(upserted["createdIds"]), upserted["updatedIds"]) == (1, [])
    assert upserted["records"][0]["fields"]["City"] is None


async def test_a_link_that_is_freed_can_be_taken_in_the_same_call(singles: Calls) -> None:
    world = singles.world
    a, b = await world.add(world.companies, {"Name": "A"}, {"Name": "B"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": a})
    done = await singles.done(
        create(world.companies, {"Name": "C", "People": [ann]}),
        update(world.people, ann, {"Company": None}),
        update(world.companies, b, {"Size": 1}),
    )
    [company] = done["results"][0]["createdIds"]
    assert done["results"][1]["records"][0]["fields"]["Company"] == {"id": company, "value": "C"}


async def test_typecast_is_of_an_operation(calls: Calls) -> None:
    world = calls.world
    await world.add(world.companies, {"Name": "Acme"})
    done = await calls.done(
        create(world.people, {"Name": "Ann", "Age": "30", "Company": ["Acme", temp("b")]}, typecast=True),
        create(world.companies, {"Name": "B", "$": "b"}),
    )
    fields = done["results"][0]["records"][0]["fields"]
    assert (fields["Age"], [each["value"] for each in fields["Company"]]) == (30, ["Acme", "B"])
    refused = await calls.send(create(world.people, {"Age": "30"}, typecast=True), create(world.people, {"Age": "30"}))
    assert refusal(refused, "VALIDATION_ERROR")["operationIndex"] == 1


async def test_tables_of_several_bases(calls: Calls) -> None:
    world = calls.world
    parts = Records(world.api, await make_table(world.api, [{"name": "Name", "type": "TEXT"}], owner=world.owner))
    done = await calls.done(create(world.people, {"Name": "Ann"}), create(parts, {"Name": "Bolt", "$": "b"}))
    assert [result["records"][0]["fields"]["Name"] for result in done["results"]] == ["Ann", "Bolt"]
    across = await calls.send(
        create(world.people, {"Name": "Ben", "Company": [temp("b")]}), create(parts, {"Name": "Nut", "$": "b"})
    )
    assert refusal(across, "FOREIGN_KEY_VIOLATION")["operationIndex"] == 0
    assert [len(await world.people.all()), len(await parts.all())] == [1, 1]


async def test_a_table_of_others_is_not_there(calls: Calls, singles: Calls) -> None:
    refused = await calls.send(create(calls.world.people, {"Name": "A"}), create(singles.world.people, {"Nope": "B"}))
    assert refusal(refused, "NOT_FOUND")["operationIndex"] == 1
    assert await calls.world.people.all() == []


async def test_every_table_must_be_one_that_the_caller_may_write(calls: Calls, singles: Calls) -> None:
    theirs, ours = singles.world, calls.world
    await add_member(theirs.api, theirs.owner, theirs.people.table.workspace_id, ours.owner, "VIEWER")
    refused = await calls.send(create(ours.people, {"Name": "A"}), create(theirs.people, {"Nope": "B"}))
    assert refusal(refused, "FORBIDDEN")["operationIndex"] == 1
    assert [await ours.people.all(), await theirs.people.all()] == [[], []]


async def test_selections_with_names_of_their_own(calls: Calls) -> None:
    world = calls.world
    selection = (
        '__typename all: results { __typename x: records { id } y: records { value(field: "Name") revision } '
        "ids: createdIds } results { deletedIds } t: tempIds { __typename a: tempId }"
    )
    done = await calls.done(
        create(world.people, {"Name": "Ann", "Company": [temp("c")], "$": "p"}),
        create(world.companies, {"Name": "Acme", "$": "c"}),
        selection=selection,
    )
    assert done["__typename"] == "TransactPayload"
    people, companies = done["all"]
    assert people["x"] == [{"id": people["ids"][0]}]
    assert (people["__typename"], people["y"]) == ("TransactResult", [{"value": "Ann", "revision": 1}])
    assert companies["y"] == [{"value": "Acme", "revision": 1}]
    assert done["results"] == [{"deletedIds": []}, {"deletedIds": []}]
    assert done["t"] == [{"__typename": "TempId", "a": "p"}, {"__typename": "TempId", "a": "c"}]


async def test_a_selection_that_resolvers_answer(calls: Calls) -> None:
    world = calls.world
    selection = (
        "results { records { id fields table { base { name } } } createdIds } tempIds { id } isDryRun eventCursor"
    )
    operations = (
        create(world.people, {"Name": "Ann", "Company": [temp("c")]}),
        create(world.companies, {"Name": "Acme", "$": "c"}),
    )
    done = await calls.done(*operations, selection=selection)
    [ann] = done["results"][0]["records"]
    [acme] = done["tempIds"]
    assert ann["table"] == {"base": {"name": "Base"}}
    assert ann["fields"]["Company"] == [{"id": acme["id"], "value": "Acme"}]
    assert done["eventCursor"]
    refusal(await calls.send(*operations, selection=selection, dryRun=True), "BAD_REQUEST")


async def test_an_operation_is_exactly_one_of_four(calls: Calls) -> None:
    world = calls.world
    one = create(world.people, {"Name": "Ann"})
    for operation in ({}, {**one, **delete(world.people, str(uuid4()))}, {"create": None}):
        result = await calls.send(operation)
        assert result.codes[0] == "BAD_REQUEST"
    assert await world.people.all() == []
