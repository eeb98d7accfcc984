"""The database stops doing anything under what lasts: what begins then is refused in time, what was open goes on."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from time import monotonic

import httpx
import pytest

from adapters.database import UNREACHABLE
from resolvers import authenticator
from resolvers.authenticator import FRESH_SECONDS, SECONDS_TO_ASK
from server.probes import SECONDS as SECONDS_TO_BE_READY
from server.settings import Settings
from tests.soak.cluster import Cluster
from tests.soak.conftest import application
from tests.support.api import Api
from tests.support.records import Records
from tests.support.sockets import Socket, opened, served
from tests.support.streams import APOLLO, PLAIN, SSE, Streamed, streamed
from tests.support.tables import MadeTable, make_table
from tests.support.waiting import eventually

EXECUTION_SECONDS = 2
SECONDS_TO_CLOSE = 2.0
"""That SQLAlchemy gives a connection whose statement was cancelled, to close."""
SLACK = 8.0
"""Of a machine with other work."""
QUERY = "{ workspaces { id } }"
EVENTS = "subscription ($table: ID!) { recordEvents(tableId: $table) { type } }"
CREATED = {"recordEvents": {"type": "CREATED"}}


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    """Of a server whose operations have two seconds."""
    return settings.model_copy(update={"execution_timeout": timedelta(seconds=EXECUTION_SECONDS)})


@pytest.fixture
async def api(cluster: Cluster, settings: Settings) -> AsyncIterator[Api]:
    """A client of an application over that database."""
    async with application(cluster, settings, 4) as api:
        yield api


@pytest.fixture
async def address(settings: Settings, api: Api) -> AsyncIterator[str]:
    """The same application, served."""
    async with served(settings, api.services) as address:
        yield address


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table without records."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}])


@pytest.fixture
def lasting_knowledge(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asked once is known for longer than the test takes."""
    monkeypatch.setattr(authenticator, "FRESH_SECONDS", 600.0)


async def write(api: Api, table: MadeTable) -> None:
    """Create a record as soon as the database does something again."""

    async def is_back() -> bool:
        return (await api.execute(QUERY, as_=table.owner)).codes == []

    await eventually(is_back)
    await Records(api, table).create({"Name": "a"})


async def test_probes_answer_soon(address: str, cluster: Cluster) -> None:
    async with httpx.AsyncClient(base_url=f"http://{address}", timeout=60) as http:
        with cluster.hanging():
            for path, status, seconds in (("/health", 200, 0.0), ("/ready", 503, SECONDS_TO_BE_READY)) * 2:
                began = monotonic()
                assert (await http.get(path)).status_code == status
                assert monotonic() - began < seconds + SLACK, path

        async def is_ready() -> bool:
            return (await http.get("/ready")).status_code == 200

        await eventually(is_ready)


async def test_who_opens_a_socket_is_told_to_try_again(address: str, api: Api, cluster: Cluster) -> None:
    person = await api.register()
    with cluster.hanging():
        async with asyncio.timeout(SECONDS_TO_ASK + SLACK), opened(address) as socket:
            await socket.send(
                {"type": "connection_init", "payload": {"Authorization": f"Bearer {person.access_token}"}}
            )
            assert await socket.closed() == (1013, UNREACHABLE)


async def test_a_socket_that_is_open_tells_of_it_and_goes_on(
    address: str, api: Api, cluster: Cluster, table: MadeTable
) -> None:
    async with opened(address) as socket:
        await socket.initialise(table.owner)
        following = await socket.subscribe(EVENTS, {"table": table.id})
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}
        await asyncio.sleep(FRESH_SECONDS)
        with cluster.hanging():
            await refused_in_time(socket, {"table": table.id})
        await write(api, table)
        assert await socket.next(following) == CREATED
        query = await socket.subscribe(QUERY)
        assert await socket.next(query) == {"workspaces": [{"id": str(table.workspace_id)}]}


async def refused_in_time(socket: Socket, variables: dict[str, object]) -> None:
    """Of two operations that begin now each has its error, and pings have their answers meanwhile."""
    async with asyncio.timeout(SECONDS_TO_ASK + EXECUTION_SECONDS + SECONDS_TO_CLOSE + SLACK):
        begun = {await socket.subscribe(QUERY), await socket.subscribe(EVENTS, variables)}
        await socket.send({"type": "ping"})
        assert await socket.receive() == {"type": "pong"}
        for _ in range(2):
            message = await socket.receive()
            assert message["type"] == "error", message
            assert [each["extensions"]["code"] for each in message["payload"]] == ["UNAVAILABLE"]
            begun.remove(message["id"])


@pytest.mark.usefixtures("lasting_knowledge")
@pytest.mark.parametrize("query", [QUERY, EVENTS])
async def test_a_socket_of_somebody_who_is_known_tells_of_it_too(
    address: str, api: Api, cluster: Cluster, table: MadeTable, query: str
) -> None:
    async with opened(address) as socket:
        await socket.initialise(table.owner)
        with cluster.hanging():
            async with asyncio.timeout(EXECUTION_SECONDS + SECONDS_TO_CLOSE + SLACK):
                begun = await socket.subscribe(query, {"table": table.id} if query == EVENTS else {})
                message = await socket.receive()
        errors = message["payload"] if message["type"] == "error" else message["payload"]["errors"]
        assert (message["id"], [each["extensions"]["code"] for each in errors]) == (begun, ["UNAVAILABLE"])


async def told(stream: Streamed, accept: str) -> list[str]:
    """The codes of the errors in the next answer of a stream."""
    answer = (await stream.event())[1] if accept == SSE else await stream.payload()
    return [each["extensions"]["code"] for each in (answer.get("payload") or answer)["errors"]]


@pytest.mark.usefixtures("lasting_knowledge")
@pytest.mark.parametrize("accept", [SSE, APOLLO, PLAIN])
async def test_streams_of_http_tell_of_it_and_go_on(
    address: str, api: Api, cluster: Cluster, table: MadeTable, accept: str
) -> None:
    async with streamed(address, accept, EVENTS, {"table": table.id}, table.owner) as following:
        assert following.response.status_code == 200
        await eventually(lambda: api.services.bus.listeners > 0)
        await asyncio.sleep(0.5)  # by now it has begun
        with cluster.hanging():
            async with asyncio.timeout(EXECUTION_SECONDS + SECONDS_TO_CLOSE + SLACK):
                async with streamed(address, accept, EVENTS, {"table": table.id}, table.owner) as late:
                    assert await told(late, accept) == ["UNAVAILABLE"]
            async with asyncio.timeout(SECONDS_TO_ASK + SLACK):
                api.services.authenticator.forget()
                async with streamed(address, accept, EVENTS, {"table": table.id}, table.owner) as unknown:
                    assert unknown.response.status_code == 503
        await write(api, table)
        event = (await following.event())[1] if accept == SSE else await following.payload()
        assert (event.get("payload") or event)["data"] == CREATED
