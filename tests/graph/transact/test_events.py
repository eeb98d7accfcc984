"""What the change log says of a call: one change a record, with its links, in one mutation; and races between calls."""

import asyncio
from typing import Any

import orjson
from asyncpg import Connection

from tests.graph.transact.conftest import Calls, create, delete, temp, update, upsert

LOG = "SELECT operation, record_id, after::text, mutation_id FROM changes ORDER BY seq"


async def logged(pg: Connection) -> list[tuple[str, str, dict[str, Any] | None]]:
    """The log's rows: operation, record, image."""
    return [(row[0], str(row[1]), row[2] and orjson.loads(row[2])) for row in await pg.fetch(LOG)]


async def test_each_record_has_one_change_with_its_links(calls: Calls, pg: Connection) -> None:
    world = calls.world
    boss = {"linked_table_id": str(world.people.table.id), "allow_multiple": False}
    assert (await world.add_field(world.companies, "Boss", "LINKED_RECORD", boss)).ok
    old, gone = await world.add(world.companies, {"Name": "Old"}, {"Name": "Gone"})
    await pg.execute("TRUNCATE changes")
    done = await calls.done(
        create(world.people, {"Name": "Ann", "Company": [temp("new")], "$": "ann"}),
        create(world.companies, {"Name": "New", "Boss": temp("ann"), "$": "new"}),
        update(world.companies, old, {"Boss": temp("ann")}),
        delete(world.companies, gone),
    )
    ids = {each["tempId"]: each["id"] for each in done["tempIds"]}
    rows = await logged(pg)
    assert [(operation, id) for operation, id, _ in rows] == [
        ("D", gone),
        ("U", old),
        ("C", ids["ann"]),
        ("C", ids["new"]),
    ]
    assert {str(row["mutation_id"]) for row in await pg.fetch(LOG)} == {done["mutationId"]}
    images = {id: image for _, id, image in rows}
    fields = await world.fields(world.people)
    numbers = {row[0]: row[1] for row in await pg.fetch("SELECT id::text, number FROM fields")}
    company = f"f_{numbers[fields['Company']['id']]}"
    symmetric = f"f_{numbers[fields['Companies']['id']]}"
    ann = images[ids["ann"]]
    assert ann is not None
    assert (ann[company], ann[symmetric]) == ([ids["new"]], [old, ids["new"]])
    new = images[ids["new"]]
    assert new is not None
    boss_column = f"f_{numbers[(await world.fields(world.companies))['Boss']['id']]}"
    people_column = f"f_{numbers[(await world.fields(world.companies))['People']['id']]}"
    assert (new[boss_column], new[people_column]) == ([ids["ann"]], [ids["ann"]])


UNDO = "mutation ($input: UndoInput!) { undo(input: $input) { mutationId restoredIds deletedIds updatedIds } }"


async def test_a_call_is_undone_as_a_whole(calls: Calls) -> None:
    world = calls.world
    boss = {"linked_table_id": str(world.people.table.id), "allow_multiple": False}
    assert (await world.add_field(world.companies, "Boss", "LINKED_RECORD", boss)).ok
    old, gone = await world.add(world.companies, {"Name": "Old"}, {"Name": "Gone"})
    before = [await world.companies.all(), await world.people.all()]
    done = await calls.done(
        create(world.people, {"Name": "Ann", "Company": [temp("new")], "$": "ann"}),
        create(world.companies, {"Name": "New", "Boss": temp("ann"), "$": "new"}),
        update(world.companies, old, {"Boss": temp("ann")}),
        delete(world.companies, gone),
    )
    undone = (await world.people.run(UNDO, {"input": {"mutationId": done["mutationId"]}})).ok["undo"]
    assert sorted(undone["deletedIds"]) == sorted(each["id"] for each in done["tempIds"])
    assert (undone["restoredIds"], undone["updatedIds"]) == ([gone], [old])
    assert [await world.companies.all(), await world.people.all()] == before


async def test_calls_that_link_each_others_records_in_opposite_order(calls: Calls) -> None:
    world = calls.world
    companies = await world.add(world.companies, *({"Name": f"C{n}"} for n in range(8)))
    people = await world.add(world.people, *({"Name": f"P{n}"} for n in range(8)))

    async def call(n: int) -> None:
        some = companies if n % 2 else companies[::-1]
        others = people if n % 2 else people[::-1]
        forth = [update(world.people, id, {"Company": some}) for id in others]
        back = [update(world.companies, id, {"Size": n}) for id in some]
        await calls.done(*(forth + back if n % 2 else back + forth), selection="eventCursor")

    await asyncio.gather(*(call(n) for n in range(12)))
    linked = await world.values(world.people, "Company")
    assert {len(each) for each in linked.values()} == {8}
    sizes = {record["Size"] for record in await world.companies.all()}
    assert len(sizes) == 1


async def test_upserts_of_the_same_records_in_opposite_order(calls: Calls) -> None:
    world = calls.world

    async def call(n: int) -> None:
        names = [{"Name": f"N{i}", "$": f"c{i}"} for i in range(6)]
        companies = upsert(world.companies, "Name", *(names if n % 2 else names[::-1]))
        linked = [{"Name": f"N{i}", "Age": n, "Company": [temp(f"c{i}")]} for i in range(6)]
        people = upsert(world.people, "Name", *(linked if n % 2 else linked[::-1]))
        await calls.done(*((companies, people) if n % 2 else (people, companies)), selection="eventCursor")

    await asyncio.gather(*(call(n) for n in range(10)))
    linked = await world.values(world.people, "Company")
    assert {name: [each["value"] for each in value] for name, value in linked.items()} == {
        f"N{i}": [f"N{i}"] for i in range(6)
    }
    assert len(await world.companies.all()) == len(await world.people.all()) == 6
    assert len({person["Age"] for person in await world.people.all()}) == 1
