"""A client that stops reading: it costs nobody else anything, and the server hardly any memory."""

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import psutil
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from bench.processes import Server
from bench.soak.client import EVENTS, Client, Refused, Stream, Unanswered, streaming
from bench.soak.servers import address_of, running_servers
from bench.soak.world import Table, make_world

pytestmark = pytest.mark.long

BATCHES = 40
BATCH = 100
TEXT = "x" * 10_000
"""One of 4,000 values: 40 MB of events for each stream."""
MAX_GROWTH = 20 << 20
"""Bytes that the server may grow by: some reads of the log, but not what a client has not taken."""
SECONDS = 60
TELLING_CODES = {1011, 1013, 4410}
"""An error such as a ping without an answer, try again later, too slow."""
_CREATE = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { records { id } } }"


@pytest.fixture
async def server(url: str, tmp_path: Path) -> AsyncIterator[Server]:
    serving = running_servers(url, tmp_path, {})
    [server] = await asyncio.to_thread(serving.__enter__)
    yield server
    await asyncio.to_thread(serving.__exit__, None, None, None)


@asynccontextmanager
async def stalled(server: Server, client: Client, table: Table, cursor: str) -> AsyncIterator[Stream]:
    """A stream that nobody reads, on a socket that takes little by itself."""
    small = socket.socket()
    small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    small.connect(("127.0.0.1", server.port))
    small.setblocking(False)
    connection = await connect(
        f"ws://{address_of(server)}/graphql",
        sock=small,
        subprotocols=[Subprotocol("graphql-transport-ws")],
        compression=None,
        ping_interval=None,
        max_size=None,
        max_queue=1,
        close_timeout=1,
    )
    try:
        stream = Stream(connection)
        await stream.begin(client.headers, EVENTS, {"table": table.id, "after": cursor})
        yield stream
    finally:
        connection.transport.abort()


async def taken(stream: Stream, count: int) -> list[tuple[str, str]]:
    """Record and cursor of so many events, or of those until the stream ended in a way that says why."""
    events: list[tuple[str, str]] = []
    try:
        async with asyncio.timeout(SECONDS):
            while len(events) < count:
                event = await stream.event()
                events.append((event["recordId"], event["cursor"]))
    except (Unanswered, Refused):
        assert stream.close_code in TELLING_CODES
    return events


async def create(client: Client, server: Server, table: Table) -> list[str]:
    given = {"tableId": table.id, "records": [{"Name": TEXT}] * BATCH}
    data = await client.execute(address_of(server), _CREATE, {"input": given})
    return [record["id"] for record in data["createRecords"]["records"]]


async def rest_of(client: Client, server: Server, table: Table, cursor: str, count: int) -> Sequence[str]:
    """Records of the events behind a cursor."""
    async with streaming(address_of(server), client.headers, table=table.id, after=cursor) as stream:
        return [id for id, _ in await taken(stream, count)]


async def test_others_get_everything_and_the_server_stays_small(url: str, server: Server, client: Client) -> None:
    async with asyncpg.create_pool(url, min_size=1, max_size=1) as database:
        world = await make_world(client, address_of(server), database)
    table, process = world.tables[0], psutil.Process(server.pid)
    cursor = await client.cursor(address_of(server), table.id)
    async with (
        stalled(server, client, table, cursor) as idle,
        streaming(address_of(server), client.headers, table=table.id, after=cursor) as good,
    ):
        made = await create(client, server, table)
        assert [id for id, _ in await taken(good, BATCH)] == made
        before, most = process.memory_info().rss, 0
        for _ in range(BATCHES - 1):
            batch = await create(client, server, table)
            assert [id for id, _ in await taken(good, BATCH)] == batch
            most = max(most, process.memory_info().rss)
            made += batch
        assert most - before < MAX_GROWTH, f"{most - before:,} bytes"

        late = await taken(idle, len(made))
    assert [id for id, _ in late] == made[: len(late)]
    missing = made[len(late) :]
    assert await rest_of(client, server, table, late[-1][1], len(missing)) == missing
