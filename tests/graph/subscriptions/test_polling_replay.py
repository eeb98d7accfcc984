"""A copy that is kept by pages of changes, of any size and at any time, while others write, ends up as what matches."""

import random
from typing import Any

import pytest

from resolvers.services import Services
from tests.graph.relations.conftest import World
from tests.graph.subscriptions.late_readers import LateCopy, limited
from tests.graph.subscriptions.test_derived_events import cursor_of, world
from tests.graph.subscriptions.test_derived_replay import deep
from tests.graph.subscriptions.test_late_replay import Crowd, filters
from tests.support.api import Person
from tests.support.records import Records

__all__ = ["deep", "world"]

STEPS = 25
ROUNDS = 2
PAGE = """
    query ($table: ID!, $after: String!, $first: Int, $filter: RecordFilter) {
      recordChanges(tableId: $table, after: $after, first: $first, filter: $filter) {
        events { type recordId record { id fields } } cursor hasMore
      }
    }
"""


class PolledCopy(LateCopy):
    """The records that match a filter, as a program knows them that asks for pages of what has changed."""

    def __init__(self, services: Services, records: Records, person: Person, filter: Any, cursor: str) -> None:
        super().__init__(services, records, person, filter, cursor)
        self.after = cursor

    async def poll(self, size: int) -> bool:
        """Take a page over; True where there may be more."""
        given = {"table": self.records.table.id, "after": self.after, "first": size, "filter": self.filter}
        page = (await self.records.run(PAGE, given, self.person)).ok["recordChanges"]
        for event in page["events"]:
            self.apply(event)
        self.after = page["cursor"]
        return bool(page["hasMore"])


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_polled_copies_end_up_as_what_there_is(deep: World, services: Services, seed: int) -> None:
    editor = await limited(deep)
    copies = [
        PolledCopy(services, records, person, filter, await cursor_of(records))
        for records, filter in filters(deep)
        for person in (deep.owner, editor)
        # What is made of records that may be hidden from the editor is no field of theirs.
        if person is deep.owner or not any(name in str(filter) for name in ("There", "Years"))
    ]
    crowd, chance = Crowd(deep, services, seed), random.Random(seed)
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            await crowd.step()
            for copy in copies:
                if chance.random() < 0.15:
                    await copy.poll(chance.choice([1, 2, 5, 100]))
        await crowd.settle()
        for copy in copies:
            size = chance.choice([1, 3, 100])
            while await copy.poll(size):
                continue
        for copy in copies:
            held = await copy.held()
            assert copy.rows.keys() == held.keys(), (copy.filter, copy.person is editor, copy.told[-20:])


@pytest.mark.parametrize("size", [1, 2, 3, 100])
async def test_changes_through_links_come_once_across_pages(deep: World, size: int) -> None:
    [acme] = await deep.add(deep.companies, {"Name": "Acme", "City": "Rome"})
    people = await deep.add(deep.people, *({"Name": name, "Company": acme} for name in "abcde"))
    after, has_more = await cursor_of(deep.people), True
    (await deep.companies.update(acme, {"City": "Oslo"})).ok  # noqa: B018

    found = []
    while has_more:
        given = {"table": deep.people.table.id, "after": after, "first": size}
        page = (await deep.people.run(PAGE, given)).ok["recordChanges"]
        assert len(page["events"]) <= size
        found += [(each["type"], each["recordId"]) for each in page["events"]]
        after, has_more = page["cursor"], page["hasMore"]

    assert found == [("UPDATED", id) for id in sorted(people)]
