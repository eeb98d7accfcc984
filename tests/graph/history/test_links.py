"""Links in the history of records, in restorations and in what is undone."""

import asyncio
from typing import Any

import pytest

from tests.graph.history.conftest import Trash
from tests.graph.relations.conftest import World, make_world
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.records import Records


@pytest.fixture
async def world(api: Api) -> World:
    """People of whom each works for several companies."""
    return await make_world(api, allow_multiple=True)


def trash_of(records: Records) -> Trash:
    """The deleted records of a table."""
    return Trash(records.api, records.table)


async def companies_of(world: World, person: str) -> list[str]:
    """Names of the companies of a person, in their order."""
    found = (await world.values(world.people, "Company"))[person]
    return [each["value"] for each in found]


async def people_of(world: World, company: str) -> list[str]:
    """Names of the people of a company, whatever the order."""
    return sorted(each["value"] for each in (await world.values(world.companies, "People"))[company])


async def test_the_history_tells_who_was_linked(world: World) -> None:
    [acme, initech] = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Initech"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": [acme]})
    await trash_of(world.people).update(ann, {"Company": [initech, acme]})

    selection = "history { nodes { changedFields previous values } }"
    nodes = (await world.people.get(ann, selection=selection)).ok["record"]["history"]["nodes"]

    both = [{"id": initech, "value": "Initech"}, {"id": acme, "value": "Acme"}]
    assert nodes == [
        {"changedFields": ["Company"], "previous": {"Company": both[1:]}, "values": {"Company": both}},
        {"changedFields": ["Name", "Company"], "previous": None, "values": {"Name": "Ann", "Company": both[1:]}},
    ]


async def test_the_history_of_linked_records_is_part_of_their_page(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": [acme]})

    linked = 'linked(field: "Company") { nodes { id history { nodes { type } } } }'
    found = (await world.people.get(ann, selection=linked)).ok["record"]["linked"]["nodes"]

    assert found == [{"id": acme, "history": {"nodes": [{"type": "CREATED"}]}}]


async def test_a_new_record_has_a_history(world: World) -> None:
    made = await world.people.create({"Name": "Ann"}, selection="history { nodes { type } }")

    assert made.ok["createRecord"]["record"]["history"]["nodes"] == [{"type": "CREATED"}]


async def test_a_deleted_record_shows_its_links(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": [acme]})
    trash = trash_of(world.people)
    await trash.delete(ann)

    [node] = (await trash.deleted("nodes { record { fields } }")).ok["deletedRecords"]["nodes"]

    assert node["record"]["fields"]["Company"] == [{"id": acme, "value": "Acme"}]


async def test_links_to_records_that_are_there_come_back_in_their_order(world: World) -> None:
    [a, b, c] = await world.add(world.companies, {"Name": "A"}, {"Name": "B"}, {"Name": "C"})
    [ann, _] = await world.add(world.people, {"Name": "Ann", "Company": [c, b, a]}, {"Name": "Bob", "Company": [c]})
    trash = trash_of(world.people)
    await trash.delete(ann)
    await trash_of(world.companies).delete(b)
    assert await people_of(world, "C") == ["Bob"]

    [record] = (await trash.restore(ann)).ok["restoreRecords"]["records"]

    assert record["fields"]["Company"] == [{"id": c, "value": "C"}, {"id": a, "value": "A"}]
    assert await people_of(world, "C") == ["Ann", "Bob"]
    selection = "history(first: 1) { nodes { values } }"
    [change] = (await world.people.get(ann, selection=selection)).ok["record"]["history"]["nodes"]
    assert change["values"]["Company"] == record["fields"]["Company"]


async def test_links_come_back_from_either_side(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    await world.add(world.people, {"Name": "Ann", "Company": [acme]}, {"Name": "Bob", "Company": [acme]})
    trash = trash_of(world.companies)
    await trash.delete(acme)
    assert await companies_of(world, "Ann") == []

    assert (await trash.restore(acme)).ok

    assert await companies_of(world, "Ann") == ["Acme"]
    assert await people_of(world, "Acme") == ["Ann", "Bob"]


async def test_a_table_that_is_linked_to_itself(world: World) -> None:
    people = world.people
    options = {"linked_table_id": str(people.table.id), "allow_multiple": True}
    assert (await world.add_field(people, "Boss", "LINKED_RECORD", options)).ok
    [ann] = await world.add(people, {"Name": "Ann"})
    [bob] = await world.add(people, {"Name": "Bob", "Boss": [ann]})
    [own] = await world.add(people, {"Name": "Own"})
    trash = trash_of(people)
    await trash.update(own, {"Boss": [own, ann]})
    deletion = await trash.delete(ann, bob, own)

    assert (await trash.undo(deletion)).ok

    bosses = await world.values(people, "Boss")
    named = {name: [each["value"] for each in found] for name, found in bosses.items()}
    assert named == {"Ann": [], "Bob": ["Ann"], "Own": ["Own", "Ann"]}


async def test_changed_links_are_set_back(world: World) -> None:
    [a, b, c] = await world.add(world.companies, {"Name": "A"}, {"Name": "B"}, {"Name": "C"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": [a, b]})
    trash = trash_of(world.people)
    mutation = await trash.update(ann, {"Company": [c, b], "Age": 7})

    undoing = (await trash.undo(mutation)).ok["undo"]["mutationId"]
    assert await companies_of(world, "Ann") == ["A", "B"]
    assert await people_of(world, "C") == []

    assert (await trash.undo(undoing)).ok
    assert await companies_of(world, "Ann") == ["C", "B"]


async def test_a_record_that_was_created_with_links_is_deleted_and_comes_back(world: World) -> None:
    [a] = await world.add(world.companies, {"Name": "A"})
    trash = trash_of(world.people)
    _, mutation = await trash.create({"Name": "Ann", "Company": [a]}, {"Name": "Bob"})

    undoing = (await trash.undo(mutation)).ok["undo"]["mutationId"]
    assert await people_of(world, "A") == []

    assert (await trash.undo(undoing)).ok
    assert await companies_of(world, "Ann") == ["A"]
    assert await companies_of(world, "Bob") == []


async def test_an_operation_that_created_and_linked_records_of_two_tables_is_undone(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    document = """
        mutation ($people: ID!, $companies: ID!, $acme: ID!) {
          a: createRecord(input: {tableId: $companies, fields: {Name: "New"}}) { mutationId }
          b: createRecord(input: {tableId: $people, fields: {Name: "Ann", Company: [$acme]}}) { mutationId }
          c: updateRecord(input: {id: $acme, fields: {Name: "Acme Ltd", City: "Here"}}) { mutationId }
        }
    """
    given = {"people": world.people.table.id, "companies": world.companies.table.id, "acme": acme}
    mutation = (await world.api.execute(document, given, as_=world.owner)).ok["a"]["mutationId"]

    payload = (await trash_of(world.people).undo(mutation)).ok["undo"]

    assert (payload["updatedIds"], len(payload["deletedIds"])) == ([acme], 2)
    assert await world.values(world.companies, "City") == {"Acme": None}
    assert await world.people.all() == []
    assert (await trash_of(world.people).undo(payload["mutationId"])).ok
    assert await people_of(world, "Acme Ltd") == ["Ann"]


async def test_a_record_to_which_others_were_linked_since_is_not_deleted(world: World) -> None:
    trash = trash_of(world.companies)
    [a], mutation = await trash.create({"Name": "A"})
    await world.add(world.people, {"Name": "Ann", "Company": [a]})

    result = await trash.undo(mutation)

    assert result.codes == ["CONFLICT"]
    assert result.errors[0]["extensions"]["conflicts"] == [{"recordId": a, "fields": ["People"]}]


async def test_links_that_were_changed_from_the_other_side_are_in_the_way(world: World) -> None:
    [a, b] = await world.add(world.companies, {"Name": "A"}, {"Name": "B"})
    [ann, bob] = await world.add(world.people, {"Name": "Ann"}, {"Name": "Bob"})
    trash = trash_of(world.people)
    mutation = await trash.update(ann, {"Company": [a]})
    await trash_of(world.companies).update(b, {"People": [ann, bob]})

    result = await trash.undo(mutation)

    assert result.codes == ["CONFLICT"]
    assert result.errors[0]["extensions"]["conflicts"] == [{"recordId": ann, "fields": ["Company"]}]
    assert await companies_of(world, "Ann") == ["A", "B"]


async def test_links_to_records_that_are_gone_are_not_set_back(world: World) -> None:
    [a, b] = await world.add(world.companies, {"Name": "A"}, {"Name": "B"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": [a, b]})
    trash = trash_of(world.people)
    mutation = await trash.update(ann, {"Company": []})
    await trash_of(world.companies).delete(a)

    assert (await trash.undo(mutation)).ok
    assert await companies_of(world, "Ann") == ["B"]


@pytest.mark.parametrize("order", ["pc", "cp"])
async def test_records_of_two_tables_come_back_with_the_links_between_them(world: World, order: str) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": [acme]})
    deletions = {
        "p": "p: deleteRecords(input: {tableId: $people, ids: [$ann]}) { mutationId }",
        "c": "c: deleteRecords(input: {tableId: $companies, ids: [$acme]}) { mutationId }",
    }
    body = " ".join(deletions[each] for each in order)
    document = f"mutation ($people: ID!, $companies: ID!, $ann: ID!, $acme: ID!) {{ {body} }}"
    given = {"people": world.people.table.id, "companies": world.companies.table.id, "ann": ann, "acme": acme}
    done = (await world.api.execute(document, given, as_=world.owner)).ok

    assert (await trash_of(world.people).undo(done["p"]["mutationId"])).ok

    assert await companies_of(world, "Ann") == ["Acme"]
    assert await people_of(world, "Acme") == ["Ann"]


async def test_a_record_that_takes_one_link_and_has_another_refuses_the_old_one(world: World, api: Api) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": [acme]})
    symmetric = {"id": await world.id_of(world.companies, "People")}
    table = str(world.people.table.id)
    options: dict[str, Any] = {"options": {"linked_table_id": table, "allow_multiple": False}}
    assert (await mutate(api, "updateField", "field { id }", {**symmetric, **options}, as_=world.owner)).ok
    trash = trash_of(world.people)
    await trash.delete(ann)
    [bob] = await world.add(world.people, {"Name": "Bob", "Company": [acme]})

    result = await trash.restore(ann)

    assert result.codes == ["DUPLICATE_VALUE"]
    assert await trash.deleted_ids() == [ann]
    await trash.update(bob, {"Company": []})
    assert (await trash.restore(ann)).ok
    assert await companies_of(world, "Ann") == ["Acme"]


async def test_of_a_restoration_and_a_deletion_at_once_no_link_leads_nowhere(world: World) -> None:
    people, companies = trash_of(world.people), trash_of(world.companies)
    for round in range(8):
        name = f"{round}"
        [acme] = await world.add(world.companies, {"Name": name})
        [ann] = await world.add(world.people, {"Name": name, "Company": [acme]})
        await people.delete(ann)

        restored, _ = await asyncio.gather(people.restore(ann), companies.delete(acme))

        assert restored.ok
        assert await companies_of(world, name) == []
