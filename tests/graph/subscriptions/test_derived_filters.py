"""Events of a stream whose filter looks at linked records: who comes and goes, also where changes are read together."""

from collections.abc import Mapping
from typing import Any

import pytest

from domain.changes.cursor import EventCursor, read_cursor
from tests.graph.relations.conftest import World
from tests.graph.subscriptions.test_derived_events import Follow, cursor_of, follow, world
from tests.support.catalog import mutate

__all__ = ["follow", "world"]

IN_OSLO = '{ field: "Where", operator: EQ, value: "Oslo" }'


def transition(event: Mapping[str, Any]) -> tuple[str, str, bool, list[str]]:
    """Which record an event is of, what it says of it, and whether that is so by the filter alone."""
    return event["recordId"], event["type"], event["isFilterTransition"], event["changedFields"]


async def test_a_filter_sees_records_come_and_go_by_what_they_look_up(world: World, follow: Follow) -> None:
    acme, other = await world.add(world.companies, {"Name": "Acme", "City": "Rome"}, {"Name": "Other", "City": "Rome"})
    ann, ben = await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben", "Company": other})
    in_oslo = await follow(world.people, filter=IN_OSLO)
    by_path = await follow(world.people, filter='{ field: "Company.Size", operator: GT, value: 9 }')
    assert (await world.companies.update(acme, {"City": "Oslo"})).ok
    assert transition(await in_oslo.next()) == (ann, "CREATED", True, ["Where"])
    assert (await world.companies.update(other, {"Size": 10})).ok
    assert transition(await by_path.next()) == (ben, "CREATED", True, [])
    assert (await world.companies.update(acme, {"City": "Rome"})).ok
    assert transition(await in_oslo.next()) == (ann, "DELETED", True, ["Where"])


async def test_records_that_several_changes_let_go_are_told_of(world: World, follow: Follow) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Oslo"})
    ann, ben = await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben", "Company": acme})
    start = await cursor_of(world.people)
    # No one of these lets Ann go, over what the other has left.
    assert (await world.companies.update(acme, {"City": "Rome"})).ok
    assert (await world.people.update(ann, {"Company": None})).ok
    in_oslo = await follow(world.people, start, IN_OSLO)
    assert {transition(await in_oslo.next())[:3] for _ in "ab"} == {(ben, "DELETED", True), (ann, "DELETED", True)}

    start = await cursor_of(world.people)
    assert (await world.companies.update(acme, {"City": "Oslo"})).ok
    assert (await world.people.update(ann, {"Company": acme})).ok
    in_oslo = await follow(world.people, start, IN_OSLO)
    found = [transition(await in_oslo.next()) for _ in "abc"]
    assert [(id, type) for id, type, *_ in found if id == ann] == [(ann, "CREATED"), (ann, "UPDATED")]
    assert (ben, "CREATED") in [each[:2] for each in found]


async def test_a_record_that_is_deleted_beside_what_it_looks_up_is_told_of(world: World, follow: Follow) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Oslo"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    start = await cursor_of(world.people)
    assert (await world.companies.update(acme, {"City": "Rome"})).ok
    assert (await world.people.delete([ann])).ok
    in_oslo = await follow(world.people, start, IN_OSLO)
    assert transition(await in_oslo.next())[:2] == (ann, "DELETED")


async def test_a_record_is_not_told_of_before_it_was_made(world: World, follow: Follow) -> None:
    """A batch ends where a look ended, and is read over what is there by then."""
    options = {"linked_table_id": str(world.people.table.id), "allow_multiple": True}
    assert (await world.add_field(world.people, "Friends", "LINKED_RECORD", options)).ok
    friends, where = [await world.id_of(world.people, name) for name in ("Friends", "Where")]
    shown = {"linked_field_id": friends, "lookup_field_id": where}
    assert (await world.add_field(world.people, "There", "LOOKUP", shown)).ok
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Oslo"})
    [ann] = await world.add(world.people, {"Name": "Ann"})
    start = read_cursor(await cursor_of(world.people))
    assert (await world.people.update(ann, {"Company": acme})).ok
    end = read_cursor(await cursor_of(world.people))
    [ben] = await world.add(world.people, {"Name": "Ben", "Friends": [ann]})
    batch = EventCursor(start.since, end.since).encode()
    of_some = await follow(world.people, batch, IN_OSLO.replace("Where", "There"))
    of_all = await follow(world.people, batch)
    told = [transition(await of_some.next()) for _ in "abc"]
    # Not CREATED by what became of Ann: were Ben let go beside his own CREATED, that would never be taken back.
    assert [each[:2] for each in told] == [(ann, "DELETED"), (ann, "DELETED"), (ben, "CREATED")]
    assert "Name" in told[-1][3]
    assert [transition(await of_all.next())[:2] for _ in "ab"] == [(ann, "UPDATED"), (ben, "CREATED")]


async def test_records_that_never_matched_are_told_of_by_nothing(world: World, follow: Follow) -> None:
    acme, other, third = await world.add(
        world.companies, {"Name": "Acme", "City": "Oslo"}, {"Name": "Other"}, {"Name": "Third"}
    )
    of = {"Ann": acme, "Ben": other, "Cyd": third}
    ids = await world.add(world.people, *({"Name": name, "Company": company} for name, company in of.items()))
    ann, ben, _ = ids
    stream = await follow(world.people, filter=IN_OSLO)

    async def told(count: int) -> list[tuple[str, str]]:
        return [transition(await stream.next())[:2] for _ in range(count)]

    # Nothing that the filter is made of, in many records of both tables.
    assert (await world.people.update_all([{"id": id, "fields": {"Age": 3}} for id in ids])).ok
    assert (await world.companies.update_all([{"id": id, "fields": {"Size": 2}} for id in (acme, other, third)])).ok
    assert await told(1) == [(ann, "UPDATED")]
    # What it is made of, in two records at once: each is judged alone, for no link has changed.
    cities = [{"id": other, "fields": {"City": "Oslo"}}, {"id": third, "fields": {"City": "Bonn"}}]
    assert (await world.companies.update_all(cities)).ok
    assert await told(1) == [(ben, "CREATED")]
    # Records that are new, of which one matches.
    _, eve, _ = await world.add(world.people, {"Name": "Dan"}, {"Name": "Eve", "Company": acme}, {"Name": "Flo"})
    assert await told(1) == [(eve, "CREATED")]
    assert (await world.people.update(ann, {"Age": 4})).ok
    assert await told(1) == [(ann, "UPDATED")]


@pytest.mark.parametrize("is_deleted", [False, True])
async def test_a_record_that_left_before_its_batch_was_read_is_told_of(
    world: World, follow: Follow, *, is_deleted: bool
) -> None:
    """The batch has what became of its company; that it is not there any more is of the next one."""
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Oslo"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    start = read_cursor(await cursor_of(world.people))
    assert (await world.companies.update(acme, {"City": "Rome"})).ok
    end = read_cursor(await cursor_of(world.people))
    left = await (world.people.delete([ann]) if is_deleted else world.people.update(ann, {"Company": None}))
    assert left.ok
    in_oslo = await follow(world.people, EventCursor(start.since, end.since).encode(), IN_OSLO)
    assert transition(await in_oslo.next())[:2] == (ann, "DELETED")


async def test_a_record_that_is_gone_matches_nothing_not_even_a_negation(world: World, follow: Follow) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    start = await cursor_of(world.people)
    [ben] = await world.add(world.people, {"Name": "Ben", "Company": acme})
    assert (await world.companies.update(acme, {"City": "Bonn"})).ok
    assert (await world.people.delete([ann, ben])).ok
    [cyd] = await world.add(world.people, {"Name": "Cyd"})
    elsewhere = await follow(world.people, start, f"{{ not: {IN_OSLO} }}")
    assert [transition(await elsewhere.next())[:2] for _ in "ab"] == [(ann, "DELETED"), (cyd, "CREATED")]


async def test_a_record_that_was_deleted_and_is_back_is_created_by_what_brought_it_back(
    world: World, follow: Follow
) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Oslo"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    start = await cursor_of(world.people)
    assert (await world.people.delete([ann])).ok
    given = {"tableId": world.people.table.id, "ids": [ann]}
    assert (await mutate(world.api, "restoreRecords", "restoredIds", given, as_=world.owner)).ok
    assert (await world.companies.update(acme, {"Size": 3, "City": "Oslo"})).ok
    assert (await world.people.update(ann, {"Company": None})).ok
    assert (await world.people.update(ann, {"Company": acme})).ok
    in_oslo = await follow(world.people, start, IN_OSLO)
    told = [await in_oslo.next() for _ in "abcd"]
    assert [transition(event)[:2] for event in told] == [
        (ann, "DELETED"),
        (ann, "CREATED"),
        (ann, "UPDATED"),
        (ann, "UPDATED"),
    ]
    assert [event["record"] is None for event in told] == [True, False, False, False]
