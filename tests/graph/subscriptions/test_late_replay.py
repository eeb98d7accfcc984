"""A copy that is kept by events which are read late, part by part, while others write, ends up as what matches."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from domain.accounts.viewer import Viewer
from resolvers.context import Client, RequestContext
from resolvers.records.mutations import update_records
from resolvers.records.writing import Patch
from resolvers.services import Services
from tests.graph.relations.conftest import World
from tests.graph.subscriptions.late_readers import LateCopy, leaf, limited
from tests.graph.subscriptions.test_derived_events import cursor_of, world
from tests.graph.subscriptions.test_derived_replay import Writer, deep
from tests.support.catalog import mutate
from tests.support.records import Records

__all__ = ["deep", "world"]

STEPS = 25
ROUNDS = 2


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
