"""What a connection may ask for, and how a client is let go that takes too much, or nothing."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta

import psutil
import pytest

from resolvers.services import Services
from server import http_protocol, socket_protocol
from server.settings import Settings
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.api import Api
from tests.support.catalog import add_field
from tests.support.records import Records
from tests.support.sockets import Socket, opened, served
from tests.support.streams import APOLLO, SSE, streamed
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

ME = "{ me { email } }"
LONG = """
    subscription ($table: ID!, $after: String) { recordEvents(tableId: $table, after: $after) { record { fields } } }
"""


def connections_to(address: str) -> int:
    """How many open files the server in this process has for its clients."""
    port = int(address.rpartition(":")[2])
    found = psutil.Process().net_connections("tcp")
    return sum(each.laddr.port == port and each.status != psutil.CONN_LISTEN for each in found)


@pytest.fixture
def impatient(settings: Settings) -> Settings:
    """A server that gives slow clients half a second, and pongs less."""
    update = {
        "slow_client_timeout": timedelta(seconds=0.5),
        "ws_ping_interval": timedelta(seconds=0.1),
        "ws_ping_timeout": timedelta(seconds=0.1),
    }
    return settings.model_copy(update=update)


@pytest.fixture
async def flood(api: Api, records: Records, table: MadeTable) -> str:
    """More events than any buffer on the way takes: the cursor before them."""
    await add_field(api, table, name="Long", type="LONG_TEXT")
    cursor: str = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    for _ in range(30):
        await records.create_all([{"Long": "x" * 100_000}] * 10, selection="id")
    return cursor


# --- too much ---


async def test_a_socket_may_send_so_many_messages_a_minute(settings: Settings, services: Services) -> None:
    few = settings.model_copy(update={"max_messages_per_minute": 5})
    async with served(few, services) as address, opened(address) as socket:
        await socket.initialise()
        for message in ("ping", "pong", "ping", "ping", "ping"):
            await socket.send({"type": message})
        assert [(await socket.receive())["type"] for _ in range(4)] == ["pong"] * 4
        await socket.send({"type": "pong"})
        assert await socket.closed() == (4429, "Too many messages: at most 5 a minute are taken")


async def test_messages_before_the_init_count_too(settings: Settings, services: Services) -> None:
    few = settings.model_copy(update={"max_messages_per_minute": 2})
    async with served(few, services) as address, opened(address) as socket:
        for _ in range(3):
            await socket.send({"type": "pong"})
        assert (await socket.closed())[0] == 4429


async def test_a_user_may_have_so_many_subscriptions(
    settings: Settings, services: Services, api: Api, table: MadeTable
) -> None:
    few = settings.model_copy(update={"max_subscriptions_per_user": 3})
    said = "3 subscriptions of yours run on this server, which is the most; end one first."
    variables = {"table": table.id}
    async with served(few, services) as address, AsyncExitStack() as clients:
        for accept in (SSE, APOLLO):
            await clients.enter_async_context(streamed(address, accept, EVENTS, variables, table.owner))
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 2)
        first, second = [await clients.enter_async_context(opened(address)) for _ in range(2)]
        await first.initialise(table.owner)
        await second.initialise(table.owner)
        running = await first.subscribe(EVENTS, variables)
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 3)
        error = await second.refusal(await second.subscribe(EVENTS, variables))
        assert (error["extensions"]["code"], error["message"]) == ("RATE_LIMITED", said)
        async with streamed(address, SSE, EVENTS, variables, table.owner) as refused:
            assert (await refused.event())[1]["errors"][0]["message"] == said
            assert await refused.event() == ("complete", None)
        assert await second.next(await second.subscribe(ME)) == {"me": {"email": table.owner.email}}
        assert (await second.receive())["type"] == "complete"
        await _others_are_not_disturbed(address, api)
        await first.end(running)
        await second.subscribe(EVENTS, variables)
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 3)


async def _others_are_not_disturbed(address: str, api: Api) -> None:
    async with opened(address) as socket:
        await socket.initialise(await api.register())
        error = await socket.refusal(await socket.subscribe(EVENTS, {"table": "01a2138d-46bd-8000-8000-0470bca7cac3"}))
        assert error["extensions"]["code"] == "NOT_FOUND"


# --- nothing ---


@pytest.fixture
def briefly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections that are to end are cut off after half a second."""
    for protocol in (http_protocol, socket_protocol):
        monkeypatch.setattr(protocol, "SECONDS_TO_CLOSE", 0.5)


async def last_of(socket: Socket) -> tuple[int, str]:
    """Code and reason of the close, whatever came before it."""
    async with asyncio.timeout(20):
        async for _ in socket.connection:
            pass
    close = socket.connection.protocol.close_rcvd
    assert close is not None
    return close.code, close.reason


def _patient_with_pongs(settings: Settings) -> Settings:
    """What does not read events does not read pings either: only the former is to be its end."""
    return settings.model_copy(update={"ws_ping_timeout": timedelta(seconds=20)})


async def test_a_slow_client_is_told_and_sent_away(
    impatient: Settings, services: Services, flood: str, table: MadeTable
) -> None:
    async with served(_patient_with_pongs(impatient), services) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        await socket.subscribe(LONG, {"table": table.id, "after": flood})
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 1)
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 0)
        await eventually(lambda: services.figures.closed_slow == 1)
        with pytest.raises(Exception, match="4410") as raised:
            await last_of(socket)
        assert "Too slow: nothing was read for 0.5 seconds" in str(raised.value)


@pytest.mark.usefixtures("briefly")
async def test_nothing_is_left_of_a_client_that_never_reads(
    impatient: Settings, services: Services, flood: str, table: MadeTable
) -> None:
    async with served(impatient, services) as address, AsyncExitStack() as clients:
        variables = {"table": table.id, "after": flood}
        socket = await clients.enter_async_context(opened(address))
        await socket.initialise(table.owner)
        await socket.subscribe(LONG, variables)
        for accept in (SSE, APOLLO):
            await clients.enter_async_context(streamed(address, accept, LONG, variables, table.owner))
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 3)
        assert connections_to(address) == 3
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 0)
        await eventually(lambda: connections_to(address) == 0)
        socket.connection.transport.abort()


async def test_a_client_that_reads_slowly_but_does_is_kept(
    impatient: Settings, services: Services, flood: str, table: MadeTable
) -> None:
    async with served(_patient_with_pongs(impatient), services) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        id = await socket.subscribe(LONG, {"table": table.id, "after": flood})
        for _ in range(300):
            await socket.event(id)
            await asyncio.sleep(0.005)


@pytest.mark.usefixtures("briefly")
async def test_a_client_whose_pongs_stay_away_is_gone(
    impatient: Settings, services: Services, table: MadeTable
) -> None:
    async with served(impatient, services) as address, opened(address) as socket:
        await socket.initialise(table.owner)
        await socket.subscribe(EVENTS, {"table": table.id})
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 1)
        socket.connection.transport.pause_reading()
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 0)
        await eventually(lambda: connections_to(address) == 0)
        socket.connection.transport.resume_reading()
        with pytest.raises(Exception, match="4499") as raised:
            await last_of(socket)
        assert "Connection lost: no pong within 0.1 seconds" in str(raised.value)
