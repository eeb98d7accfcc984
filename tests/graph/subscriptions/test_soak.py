"""Nothing lost, nothing twice, in order: many writers at once, slow ones and failing ones, and a reader that drops."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from typing import Any, TypeAlias

import asyncpg
import orjson
import pytest

from adapters.database import Database
from domain.accounts.viewer import Viewer
from resolvers.context import Client, RequestContext
from resolvers.records.mutations import create_records, delete_records, update_records
from resolvers.records.writing import Patch
from resolvers.services import Services
from server.services import make_services
from server.settings import Settings
from tests.support.records import Records
from tests.support.sockets import opened, served
from tests.support.tables import MadeTable

WRITERS = 8
TURNS = 25
SEED = 20_240_607

EVENTS = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after) { cursor type recordId previous record { fields(only: ["Name"]) } }
    }
"""
Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
History = Mapping[str, list[tuple[str, str | None]]]
"""For each record its changes in order: the type, and the name before."""


class _RolledBack(Exception):
    """Ends a writer's transaction."""


class Writer:
    """Writes to the table as the API does, at times slowly, at times in vain."""

    def __init__(self, number: int, services: Services, table: MadeTable) -> None:
        self.random = random.Random(SEED + number)
        self.services = services
        self.table = table
        self.number = number
        self.count = 0
        self.alive: list[Any] = []

    def name(self) -> str:
        """A name that no other version of a record has."""
        self.count += 1
        return f"{self.number}-{self.count}"

    async def write(self) -> None:
        """All turns of this writer."""
        for _ in range(TURNS):
            context = RequestContext(self.services, Viewer(self.table.owner.id), Client("soak"))
            before = list(self.alive)
            try:
                async with context.transaction(is_lone=False):
                    for _ in range(self.random.randint(1, 3)):
                        await self.change(context)
                        await asyncio.sleep(self.random.choice([0, 0, 0.002, 0.03]))
                    if self.random.random() < 0.2:
                        raise _RolledBack
            except _RolledBack:
                self.alive = before

    async def change(self, context: RequestContext) -> None:
        """One statement that creates, changes or deletes a few records of this writer's own."""
        some = self.random.sample(self.alive, min(len(self.alive), self.random.randint(1, 4)))
        kind = self.random.choice(["create", "update", "delete"] if some else ["create"])
        if kind == "create":
            new = [{"Name": self.name()} for _ in range(self.random.randint(1, 5))]
            self.alive += (await create_records(context, self.table.id, new, ())).ids
        elif kind == "update":
            await update_records(context, self.table.id, [Patch(id, {"Name": self.name()}) for id in some], ())
        else:
            await delete_records(context, self.table.id, some)
            self.alive = [id for id in self.alive if id not in some]


class Reader:
    """Follows the table over sockets that drop, and goes on behind the last event that it has seen."""

    def __init__(self, addresses: list[str], table: MadeTable, cursor: str) -> None:
        self.random = random.Random(SEED)
        self.addresses = addresses
        self.table = table
        self.cursor = cursor
        self.history: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        self.drops = 0

    async def read_until(self, last: str) -> None:
        """Read until the record with this name was created."""
        while not await self.read_some(last):
            self.drops += 1

    async def read_some(self, last: str) -> bool:
        """Read on one socket until it drops; whether the end was reached."""
        async with opened(self.random.choice(self.addresses)) as socket:
            await socket.initialise(self.table.owner)
            id = await socket.subscribe(EVENTS, {"table": self.table.id, "after": self.cursor})
            for _ in range(self.random.randint(1, 25)):
                event = await socket.event(id)
                self.cursor = event["cursor"]
                self.history[event["recordId"]].append((event["type"], (event["previous"] or {}).get("Name")))
                if event["type"] == "CREATED" and event["record"] == {"fields": {"Name": last}}:
                    return True
            socket.connection.transport.abort()
            return False


@pytest.fixture
async def addresses(
    settings: Settings, services: Services, database_url: str, address: str
) -> AsyncIterator[list[str]]:
    """Two servers of the database; the writers write beside both of them, on a third."""
    services.limits = replace(services.limits, events_per_read=4)
    database = Database(database_url, pool_size=5)
    others = make_services(settings, database)
    others.limits = services.limits
    async with served(settings, others) as second:
        yield [address, second]
    await database.close()


async def committed(pg: Connection, table: MadeTable) -> History:
    """The history as the log has it."""
    number = await pg.fetchval("SELECT number FROM fields WHERE table_id = $1 AND name = 'Name'", table.id)
    rows = await pg.fetch(
        "SELECT operation, record_id, before FROM changes WHERE table_id = $1 AND kind = 'record' ORDER BY seq",
        table.id,
    )
    history: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
    types = {"C": "CREATED", "U": "UPDATED", "D": "DELETED"}
    for row in rows:
        before = orjson.loads(row["before"] or "{}")
        history[str(row["record_id"])].append((types[row["operation"]], before.get(f"f_{number}")))
    return history


async def test_a_reader_that_drops_sees_what_was_committed_once_and_in_order(
    settings: Settings,
    services: Services,
    database_url: str,
    addresses: list[str],
    records: Records,
    table: MadeTable,
    pg: Connection,
) -> None:
    cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    reader = Reader(addresses, table, cursor)
    writing_database = Database(database_url, pool_size=WRITERS)
    writing = make_services(settings, writing_database)
    async with writing.bus.running(), asyncio.TaskGroup() as tasks:
        tasks.create_task(reader.read_until("the end"))
        async with asyncio.TaskGroup() as writers:
            for number in range(WRITERS):
                writers.create_task(Writer(number, writing, table).write())
        await records.create({"Name": "the end"})
    await writing_database.close()
    expected = await committed(pg, table)
    assert reader.history == expected
    assert (reader.drops > 5, len(expected) > 100) == (True, True)


async def test_a_state_and_the_events_after_it_make_the_state_that_follows(
    services: Services, addresses: list[str], records: Records, table: MadeTable
) -> None:
    writer = Writer(0, services, table)
    writing = asyncio.create_task(writer.write())
    await asyncio.sleep(0.05)
    page = (await records.page(first=1000, selection='eventCursor nodes { id fields(only: ["Name"]) }')).ok["records"]
    state = {node["id"]: node["fields"]["Name"] for node in page["nodes"]}
    reader = Reader(addresses, table, page["eventCursor"])
    await writing
    await records.create({"Name": "the end"})
    await reader.read_until("the end")
    after = (await records.page(first=1000)).ok["records"]["nodes"]
    for id, changes in reader.history.items():
        for type, previous in changes:
            assert type == "CREATED" or id in state
            if type == "CREATED":
                assert id not in state
                state[id] = None
            elif type == "DELETED":
                del state[id]
            else:
                assert state[id] in (previous, None)
                state[id] = None
    assert set(state) == {node["id"] for node in after}
    assert all(name == node["fields"]["Name"] for node in after if (name := state[node["id"]]) is not None)
