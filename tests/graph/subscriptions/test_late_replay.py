"""A copy that is kept by events which are read late, part by part, while others write, ends up as what matches."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import orjson
import pytest

from domain.accounts.viewer import Viewer
from domain.changes.cursor import EventCursor, read_cursor
from domain.changes.selection import RecordEventType
from domain.views.filters import read_filter_json
from resolvers.automations.reader import EVENT
from resolvers.context import Client, RequestContext
from resolvers.records.mutations import update_records
from resolvers.records.writing import Patch
from resolvers.services import Services
from resolvers.streams.record_events import RecordEventSelection
from tests.graph.relations.conftest import World
from tests.graph.subscriptions.test_derived_events import cursor_of, world
from tests.graph.subscriptions.test_derived_replay import Writer, deep
from tests.support.api import Person
from tests.support.catalog import add_member, mutate
from tests.support.records import Records

__all__ = ["deep", "world"]

STEPS = 25
ROUNDS = 2


def leaf(field: str, operator: str, value: Any) -> dict[str, Any]:
    """A filter of one condition."""
    return {"field": field, "operator": operator, "value": value}


class LateCopy:
    """The records that match a filter, as a reader knows them who is never up to date."""

    def __init__(self, services: Services, records: Records, person: Person, filter: Any, cursor: str) -> None:
        self.services = services
        self.records = records
        self.person = person
        self.filter = filter
        self.cursor = read_cursor(cursor)
        self.ends: list[str] = []
        """Where looks ended that were not read yet."""
        self.rows: dict[str, Any] = {}
        self.told: list[tuple[str, str]] = []

    async def open(self) -> "LateCopy":
        """Have the rights of the reader found out."""
        filter = None if self.filter is None else read_filter_json(self.filter)
        selection = RecordEventSelection(UUID(str(self.records.table.id)), EVENT, filter, frozenset(RecordEventType))
        context = RequestContext(self.services, Viewer(UUID(str(self.person.id))), Client("late"))
        self.selection = await selection.for_caller(context)
        return self

    async def look(self) -> None:
        """See how far there is something to read, by now."""
        self.ends.append(read_cursor(await cursor_of(self.records)).since)

    @property
    def is_behind(self) -> bool:
        """Whether there is something to read."""
        return bool(self.ends) or self.cursor.until is not None

    async def read(self) -> None:
        """Read the next part of what a look has seen."""
        if self.cursor.until is None:
            self.cursor = EventCursor(self.cursor.since, self.ends.pop(0))
        batch = await self.selection.read(self.services, self.cursor)
        for event in batch.events:
            self.apply(orjson.loads(event.json))
        self.cursor = batch.cursor

    def apply(self, event: Any) -> None:
        """Take an event over; what is said again changes nothing."""
        self.told.append((event["recordId"], event["type"]))
        if event["type"] == "DELETED":
            self.rows.pop(event["recordId"], None)
        elif event["record"] is not None and (event["type"] == "CREATED" or event["recordId"] in self.rows):
            self.rows[event["recordId"]] = event["record"]["fields"]

    async def held(self) -> Mapping[str, Any]:
        """What there is to see that matches."""
        page = await self.records.page(first=1000, filter=self.filter, selection="nodes { id fields }", as_=self.person)
        return {node["id"]: node["fields"] for node in page.ok["records"]["nodes"]}


class Crowd(Writer):
    """Several who write at once, also from the other side, and who take back what was done."""

    def __init__(self, world: World, services: Services, seed: int) -> None:
        super().__init__(world, seed)
        self.services = services
        self.gone: list[tuple[Records, list[str], str]] = []
        self.slow: asyncio.Task[None] | None = None
        self.fields = 0

    async def step(self) -> None:
        """One write, or a few."""
        more: list[Callable[[], Awaitable[None]]] = [self.restore, self.undo, self.befriend, self.slowly, self.field]
        kind = self.random.choice([super().step] * 12 + more)
        await kind()

    async def delete(self) -> None:
        """Delete one of either, which may be brought back."""
        records, ids = self.random.choice([(self.world.people, self.people), (self.world.companies, self.companies)])
        if ids:
            id = self.random.choice(ids)
            given = {"tableId": records.table.id, "ids": [id]}
            done = (await mutate(self.world.api, "deleteRecords", "mutationId", given, as_=self.world.owner)).body
            if done.get("data"):
                self.gone.append((records, ids, done["data"]["deleteRecords"]["mutationId"]))
                self.gone[-1] = (records, ids, f"{id} {done['data']['deleteRecords']['mutationId']}")
                ids.remove(id)

    async def restore(self) -> None:
        """Bring one back."""
        if self.gone:
            records, ids, what = self.gone.pop(self.random.randrange(len(self.gone)))
            id, _ = what.split()
            given = {"tableId": records.table.id, "ids": [id]}
            await mutate(self.world.api, "restoreRecords", "restoredIds", given, as_=self.world.owner)
            if (await records.get(id)).body["data"]["record"] is not None:
                ids.append(id)

    async def undo(self) -> None:
        """Bring one back by undoing that it was deleted."""
        if self.gone:
            records, ids, what = self.gone.pop(self.random.randrange(len(self.gone)))
            id, mutation = what.split()
            await mutate(self.world.api, "undo", "updatedIds", {"mutationId": mutation}, as_=self.world.owner)
            if (await records.get(id)).body["data"]["record"] is not None:
                ids.append(id)

    async def befriend(self) -> None:
        """Set links of people from their other side, all of them."""
        if self.people:
            [shown] = [name for name in await self.world.fields(self.world.people) if name.startswith("People")]
            await self.world.people.update(self.random.choice(self.people), {shown: self.some(self.people)})

    async def slowly(self) -> None:
        """Begin to write what is committed later than what is written after it."""
        await self.settle()
        if self.companies:
            written = asyncio.Event()
            self.slow = asyncio.create_task(self._write_slowly(self.random.choice(self.companies), written))
            await written.wait()

    async def settle(self) -> None:
        """Have the slow one come to its end."""
        if self.slow is not None:
            await self.slow
            self.slow = None

    async def _write_slowly(self, id: str, written: asyncio.Event) -> None:
        context = RequestContext(self.services, Viewer(UUID(str(self.world.owner.id))), Client("slow"))
        try:
            async with context.transaction(is_lone=False):
                city = self.random.choice(["Rome", "Oslo"])
                await update_records(
                    context, UUID(str(self.world.companies.table.id)), [Patch(UUID(id), {"City": city})], ()
                )
                written.set()
                await asyncio.sleep(0.15)
        finally:
            written.set()

    async def field(self) -> None:
        """Another field, which shows the same as one that is there, or not any longer."""
        self.fields += 1
        name = f"Extra {self.fields}"
        made = await self.world.add_field(self.world.people, name, "TEXT")
        if made.body.get("data") and self.random.random() < 0.5:
            given = {"id": await self.world.id_of(self.world.people, name)}
            await mutate(self.world.api, "deleteField", "deletedId", given, as_=self.world.owner)


def filters(deep: World) -> list[tuple[Records, Any]]:
    """Of several kinds: own values, looked up ones, paths, and what is made of them."""
    oslo, old = leaf("Where", "EQ", "Oslo"), leaf("Age", "GT", 1)
    return [
        (deep.people, oslo),
        (deep.people, leaf("Company.City", "EQ", "Oslo")),
        (deep.people, leaf("There", "EQ", "Oslo")),
        (deep.people, {"not": leaf("There", "EQ", "Oslo")}),
        (deep.people, {"or": [oslo, old]}),
        (deep.people, {"and": [{"not": oslo}, {"not": leaf("Company.Years", "GT", 3)}]}),
        (deep.companies, leaf("Years", "GT", 3)),
        (deep.companies, {"not": leaf("Years", "GT", 3)}),
        (deep.people, None),
        (deep.companies, None),
    ]


async def limited(deep: World) -> Person:
    """Somebody who sees the people of an age that is not two."""
    editor = await deep.api.register()
    await add_member(deep.api, deep.owner, deep.people.table.workspace_id, editor, "EDITOR")
    policy = {"tableId": deep.people.table.id, "name": "P", "roles": ["EDITOR"], "applies": "READ"}
    policy["filter"] = {"not": leaf("Age", "EQ", 2)}
    assert (await mutate(deep.api, "createRecordPolicy", "__typename", policy, as_=deep.owner)).ok
    return editor


@pytest.mark.parametrize(("seed", "size"), [(1, (2, 3)), (2, (100, 500)), (3, (2, 3))])
async def test_what_is_read_late_ends_up_as_what_matches(
    deep: World, services: Services, seed: int, size: tuple[int, int]
) -> None:
    services.limits = replace(services.limits, events_per_read=size[0], derived_events_per_read=size[1])
    editor = await limited(deep)
    copies = [
        await LateCopy(services, records, person, filter, await cursor_of(records)).open()
        for records, filter in filters(deep)
        for person in (deep.owner, editor)
        # What is made of records that may be hidden from the editor is no field of theirs.
        if person is deep.owner or not any(name in str(filter) for name in ("There", "Years"))
    ]
    crowd = Crowd(deep, services, seed)
    chance = crowd.random
    for _ in range(ROUNDS):
        for _ in range(STEPS):
            await crowd.step()
            for copy in copies:
                if chance.random() < 0.15:
                    await copy.look()
                if chance.random() < 0.12 and copy.is_behind:
                    await copy.read()
        await crowd.settle()
        for copy in copies:
            await copy.look()
            while copy.is_behind:
                await copy.read()
        for copy in copies:
            held = await copy.held()
            assert copy.rows.keys() == held.keys(), (copy.filter, copy.person is editor, copy.told[-20:])
