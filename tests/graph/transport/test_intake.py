"""What clients have sent of requests and messages that are not complete is bounded for all of them together."""

import asyncio
from contextlib import AsyncExitStack

import orjson
import pytest

from graph.transport.intake import FREE, TOO_MUCH, Intake
from resolvers.services import Services
from server.settings import Settings
from tests.support.sockets import opened, served

HEAD = b"POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 400000\r\n\r\n"
BODY = orjson.dumps({"query": "{ __typename }"}).ljust(400_000)
START = BODY[:300_000]
LIMIT = 1_000_000


@pytest.fixture
def bounded(settings: Settings) -> Settings:
    return settings.model_copy(update={"max_unfinished_bytes": LIMIT})


async def begun(address: str, data: bytes = HEAD + START) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*address.split(":"))
    writer.write(data)
    await writer.drain()
    return reader, writer


def test_parts_are_counted_together_and_given_back() -> None:
    intake = Intake(100_000)
    with intake.begin() as first, intake.begin() as second:
        fits = [first.holds(60_000), second.holds(40_000), second.holds(40_001)]
        held = intake.held
        small = Intake.begin(intake).holds(FREE)

    assert fits == [True, True, False]
    assert (held, small) == (100_000, True)
    assert intake.held == FREE


async def test_bodies_that_are_not_complete_are_refused_beyond_the_bound(bounded: Settings, services: Services) -> None:
    async with served(bounded, services, with_bus=False) as address, asyncio.timeout(20):
        streams = [await begun(address) for _ in range(3)]
        await asyncio.sleep(0.3)
        refused, _ = await begun(address)
        refusal = await refused.read()
        small, _ = await begun(address, HEAD.replace(b"400000", b"26") + b'{"query":"{ __typename }"}')
        answer = await small.readuntil(b"\r\n\r\n")
        for _, writer in streams:
            writer.write(BODY[300_000:])
        kept = [await reader.readuntil(b"\r\n\r\n") for reader, _ in streams]
        again, _ = await begun(address, HEAD + BODY)
        after = await again.readuntil(b"\r\n\r\n")

    assert refusal.startswith(b"HTTP/1.1 503 ")
    assert orjson.loads(refusal.partition(b"\r\n\r\n")[2])["errors"][0]["message"] == TOO_MUCH
    assert [each[:12] for each in (answer, *kept, after)] == [b"HTTP/1.1 200"] * 5


async def test_messages_that_are_not_complete_close_the_socket_beyond_the_bound(
    bounded: Settings, services: Services
) -> None:
    start = bytes((0x81, 0xFF)) + (400_000).to_bytes(8, "big") + bytes(4) + b" " * 300_000
    async with served(bounded, services, with_bus=False) as address, asyncio.timeout(20), AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(opened(address)) for _ in range(5)]
        for socket in sockets:
            await socket.initialise()
        for socket in sockets[:4]:
            socket.connection.transport.write(start)
            await asyncio.sleep(0.1)
        code = await sockets[3].closed()
        answer = await sockets[4].next(await sockets[4].subscribe("{ __typename }"))

    assert code[0] == 1013
    assert answer == {"__typename": "Query"}
