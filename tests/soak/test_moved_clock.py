"""The clock of one process is moved by hours, while it and another one write and read: everything stays right."""

import asyncio
import platform
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from bench.processes import Server
from bench.soak.client import Client, Stream, streaming
from bench.soak.servers import address_of, running_servers
from bench.soak.world import Table, make_world
from domain.ids import table_number_of

HOURS = 5
MOVES = (0, HOURS, -HOURS)
"""Where the clock stands in turn, in hours from the right time."""
TURNS = 6
_API_KEY = 'mutation { createApiKey(input: { name: "soak" }) { secret } }'
_CREATE = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } eventCursor } }"
_UPDATE = "mutation ($input: UpdateRecordInput!) { updateRecord(input: $input) { record { revision } eventCursor } }"
_PAGE = """
    query ($table: ID!, $after: String) {
      records(tableId: $table, first: 7, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
    }
"""

_WITHOUT_LIBRARY = pytest.mark.skipif(
    (platform.system(), platform.machine()) != ("Linux", "x86_64"),
    reason="the package libfaketime brings its library for Linux on x86-64 only",
)
pytestmark = [pytest.mark.long, _WITHOUT_LIBRARY]


class Clock:
    """The clock of a process; libfaketime reads from a file how far it is off."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.move(0)
        spec = find_spec("libfaketime")
        assert spec is not None
        assert spec.origin is not None
        library = Path(spec.origin).parent / "vendor/libfaketime/src/libfaketime.so.1"
        self.environment = {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(file),
            "FAKETIME_NO_CACHE": "1",
            "DONT_FAKE_MONOTONIC": "1",  # it never jumps on any machine
        }

    def move(self, hours: int) -> None:
        """Set it so many hours off, at once."""
        self._file.write_text(f"{hours:+d}h\n")


@dataclass(frozen=True, slots=True)
class Stage:
    """A server with the right time and one whose clock can be moved."""

    right: Server
    moved: Server
    clock: Clock


@pytest.fixture
async def stage(url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    clock = Clock(tmp_path / "clock")
    serving = running_servers(url, tmp_path, {}, clock.environment)
    right, moved = await asyncio.to_thread(serving.__enter__)
    yield Stage(right, moved, clock)
    await asyncio.to_thread(serving.__exit__, None, None, None)


@pytest.fixture
async def table(url: str, stage: Stage, client: Client) -> Table:
    """A table; the client signs with a key, since access tokens come from a clock and count on it."""
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as database:
        world = await make_world(client, address_of(stage.right), database)
    made = await client.execute(address_of(stage.right), _API_KEY, {})
    client.headers = {"X-API-Key": made["createApiKey"]["secret"]}
    return world.tables[0]


async def run(client: Client, server: Server, document: str, given: dict[str, Any]) -> Any:
    [payload] = (await client.execute(address_of(server), document, {"input": given})).values()
    return payload


async def create(client: Client, server: Server, table: Table, name: str) -> str:
    made = await run(client, server, _CREATE, {"tableId": table.id, "fields": {"Name": name}})
    id: str = made["record"]["id"]
    return id


def milliseconds_of(id: str) -> int:
    return UUID(id).int >> 80


async def take(stream: Stream, count: int) -> list[dict[str, Any]]:
    async with asyncio.timeout(30):
        return [await stream.event() for _ in range(count)]


async def all_ids(client: Client, server: Server, table: Table) -> list[str]:
    """The ids of the table, page by page."""
    ids: list[str] = []
    after = None
    while True:
        data = await client.execute(address_of(server), _PAGE, {"table": table.id, "after": after})
        page = data["records"]
        ids += [node["id"] for node in page["nodes"]]
        if not page["pageInfo"]["hasNextPage"]:
            return ids
        after = page["pageInfo"]["endCursor"]


async def write(client: Client, stage: Stage, table: Table) -> tuple[list[str], list[tuple[str, str, str | None]]]:
    """Write in turn by way of both servers; ids that the moved one made, and the events that are due."""
    shared, name = table.shared_ids[0], table.shared_names[0]
    made: list[str] = []
    due: list[tuple[str, str, str | None]] = []
    for hours in MOVES:
        stage.clock.move(hours)
        for turn in range(TURNS):
            for server in (stage.moved, stage.right):
                id = await create(client, server, table, f"{hours} {turn}")
                made += [id] if server is stage.moved else []
                due.append(("CREATED", id, None))
                new = f"{hours} {turn} {server.name}"
                await run(client, server, _UPDATE, {"id": shared, "fields": {"Name": new}})
                due.append(("UPDATED", shared, name))
                name = new
    return made, due


def told(events: Sequence[dict[str, Any]]) -> list[tuple[str, str, str | None]]:
    return [(each["type"], each["recordId"], (each["previous"] or {}).get("Name")) for each in events]


async def test_events_cursors_and_ids_stay_right(stage: Stage, client: Client, table: Table) -> None:
    servers = (stage.right, stage.moved)
    cursor = await client.cursor(address_of(stage.right), table.id)
    async with AsyncExitStack() as stack:
        streams = [
            await stack.enter_async_context(streaming(address_of(server), client.headers, table=table.id, after=cursor))
            for server in servers
        ]
        started = time.time_ns() // 1_000_000
        made, due = await write(client, stage, table)
        followed = [await take(stream, len(due)) for stream in streams]

    assert [told(events) for events in followed] == [due, due]
    moments = [datetime.fromisoformat(event["at"]) for event in followed[0]]
    assert moments == sorted(moments)
    assert moments[-1] - moments[0] < timedelta(hours=1)
    off = [round((milliseconds_of(made[i * TURNS]) - started) / 3_600_000) for i in range(len(MOVES))]
    assert off == [0, HOURS, HOURS], "ids of a process go on upwards when its clock is set back"
    assert made == sorted(made)
    assert len({table_number_of(UUID(id)) for id in made}) == 1

    for server, events in zip(reversed(servers), followed, strict=True):
        middle = len(due) // 2
        address, cursor = address_of(server), events[middle - 1]["cursor"]
        async with streaming(address, client.headers, table=table.id, after=cursor) as stream:
            assert told(await take(stream, len(due) - middle)) == due[middle:]
        ids = await all_ids(client, server, table)
        assert sorted(ids) == sorted([*table.shared_ids, *(id for type, id, _ in due if type == "CREATED")])
