"""A copy that is kept by the events of two linked tables holds what they hold, whatever was done in between."""

import random
from json import dumps
from typing import Any

import pytest

from tests.graph.relations.conftest import World
from tests.graph.subscriptions.test_derived_events import Follow, Followed, follow, lookup, world
from tests.support.records import Records

__all__ = ["follow", "world"]

STEPS = 60
MARK = "mark"


class Copy:
    """The records of a table as a client knows them, who looks at the events alone."""

    def __init__(self, records: Records, stream: Followed) -> None:
        self.records = records
        self.stream = stream
        self.rows: dict[str, Any] = {}

    async def catch_up(self) -> None:
        """Take all events up to that of a record which comes and goes."""
        [mark] = (await self.records.create_all([{"Name": MARK}], selection="id")).ok["createRecords"]["records"]
        assert (await self.records.delete([mark["id"]])).ok
        while (event := await self.stream.next())["recordId"] != mark["id"] or event["type"] != "DELETED":
            self.apply(event)
        del self.rows[mark["id"]]

    def apply(self, event: Any) -> None:
        """Take an event over: of an update only the fields that it names; what others are, others tell."""
        id, changed = event["recordId"], event["changedFields"]
        if event["type"] == "DELETED":
            del self.rows[id]
        elif event["type"] == "CREATED":
            self.rows[id] = event["record"]["fields"]
        elif id in self.rows and event["record"] is not None:
            self.rows[id] |= {name: event["record"]["fields"][name] for name in changed}

    async def held(self) -> dict[str, Any]:
        """What the table holds."""
        nodes = (await self.records.page(first=1000, selection="nodes { id fields }")).ok["records"]["nodes"]
        return {node["id"]: node["fields"] for node in nodes}


@pytest.fixture
async def deep(world: World) -> World:
    """Besides, lookups of a rollup and of links, and a link of people to each other with what it shows."""
    await lookup(world, "Colleagues", "People")
    await lookup(world, "Years", "Years")
    options = {"linked_table_id": str(world.people.table.id), "allow_multiple": True}
    assert (await world.add_field(world.people, "Friends", "LINKED_RECORD", options)).ok
    friends, where = [await world.id_of(world.people, name) for name in ("Friends", "Where")]
    assert (
        await world.add_field(world.people, "There", "LOOKUP", {"linked_field_id": friends, "lookup_field_id": where})
    ).ok
    return world


class Writer:
    """Does something to either table."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.people: list[str] = []
        self.companies: list[str] = []
        self.count = 0

    def some(self, of: list[str]) -> list[str]:
        """A few of these, in any order."""
        return self.random.sample(of, self.random.randint(0, min(3, len(of))))

    def one(self, of: list[str]) -> str | None:
        """One of these, or none."""
        return self.random.choice([None, *of])

    def name(self) -> str:
        """Another one each time."""
        self.count += 1
        return f"n{self.count}"

    def person(self) -> dict[str, Any]:
        """A few fields of a person."""
        of = {
            "Name": self.name(),
            "Age": self.random.randint(1, 3),
            "Company": self.one(self.companies),
            "Friends": self.some(self.people),
        }
        return {name: of[name] for name in self.random.sample(list(of), self.random.randint(1, 4))}

    def company(self) -> dict[str, Any]:
        """A few fields of a company; its people leave those that they worked for."""
        of = {"Name": self.name(), "City": self.random.choice(["Rome", "Oslo", None])}
        return {name: of[name] for name in self.random.sample(list(of), self.random.randint(1, 2))}

    async def step(self) -> None:
        """One write."""
        people, companies = self.world.people, self.world.companies
        kind = self.random.choice(["person", "company", "people", "companies", "links", "people", "delete"])
        if kind == "person":
            self.people += await self.world.add(people, *[self.person() for _ in range(self.random.randint(1, 3))])
        elif kind == "company":
            self.companies += await self.world.add(companies, self.company())
        elif kind == "people" and self.people:
            patches = [{"id": id, "fields": self.person()} for id in self.some(self.people) or self.people[:1]]
            assert (await people.update_all(patches)).ok
        elif kind == "companies" and self.companies:
            patches = [{"id": id, "fields": self.company()} for id in self.some(self.companies) or self.companies[:1]]
            assert (await companies.update_all(patches)).ok
        elif kind == "links" and self.companies:
            free = [
                row["id"]
                for row in (await people.page(selection="nodes { id fields }")).ok["records"]["nodes"]
                if row["fields"]["Company"] is None
            ]
            assert (await companies.update(self.random.choice(self.companies), {"People": self.some(free)})).ok
        elif kind == "delete":
            await self.delete()

    async def delete(self) -> None:
        """Delete a few of either."""
        records, ids = self.random.choice([(self.world.people, self.people), (self.world.companies, self.companies)])
        gone = self.some(ids)
        if gone:
            assert (await records.delete(gone)).ok
            ids[:] = [id for id in ids if id not in gone]


class FilteredCopy(Copy):
    """The records that match a filter, as a client knows them; it takes what is told for what is true now."""

    def __init__(self, records: Records, stream: Followed, filter: Any) -> None:
        super().__init__(records, stream)
        self.filter = filter

    async def catch_up(self) -> None:
        """Take all events up to those of a record that comes, matches by its name, and goes."""
        [mark] = (await self.records.create_all([{"Name": MARK}], selection="id")).ok["createRecords"]["records"]
        await self.take_until(mark["id"], "CREATED")
        assert (await self.records.delete([mark["id"]])).ok
        await self.take_until(mark["id"], "DELETED")

    async def take_until(self, id: str, type: str) -> None:
        """Take events over, up to this one."""
        event = None
        while event is None or (event["recordId"], event["type"]) != (id, type):
            event = await self.stream.next()
            self.apply(event)

    def apply(self, event: Any) -> None:
        """Take an event over, also one that says again what is known."""
        if event["type"] == "DELETED":
            self.rows.pop(event["recordId"], None)
        else:
            super().apply(event)

    async def held(self) -> dict[str, Any]:
        """What the table holds that matches."""
        page = (await self.records.page(first=1000, filter=self.filter, selection="nodes { id fields }")).ok
        return {node["id"]: node["fields"] for node in page["records"]["nodes"]}


@pytest.mark.parametrize("seed", range(8))
async def test_a_copy_kept_by_events_is_the_table(deep: World, follow: Follow, seed: int) -> None:
    copies = [Copy(records, await follow(records)) for records in (deep.people, deep.companies)]
    writer = Writer(deep, seed)
    for n in range(STEPS):
        await writer.step()
        if n % 10 == 9:
            for copy in copies:
                await copy.catch_up()
                assert copy.rows == await copy.held()
    assert all(len(copy.rows) > 0 for copy in copies)


@pytest.mark.parametrize("seed", range(8))
async def test_a_copy_of_what_matches_kept_by_events_is_what_matches(deep: World, follow: Follow, seed: int) -> None:
    filters = [
        (deep.people, "Where", "EQ", "Oslo"),
        (deep.people, "Company.City", "EQ", "Oslo"),
        (deep.people, "There", "EQ", "Oslo"),
        (deep.companies, "Years", "GT", 3),
    ]
    copies = []
    for records, field, operator, value in filters:
        shown = (
            f"{{ or: [{{ field: {dumps(field)}, operator: {operator}, value: {dumps(value)} }},"
            f' {{ field: "Name", operator: EQ, value: "{MARK}" }}] }}'
        )
        filter = {"field": field, "operator": operator, "value": value}
        copies.append(FilteredCopy(records, await follow(records, filter=shown), filter))
    writer = Writer(deep, seed)
    for n in range(STEPS):
        await writer.step()
        if n % 10 == 9:
            for copy in copies:
                await copy.catch_up()
                assert copy.rows == await copy.held()
