"""Subscriptions as streamed HTTP responses: server-sent events and both kinds of multipart."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from resolvers.services import Services
from server.settings import Settings
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.records import Records
from tests.support.sockets import served
from tests.support.streams import APOLLO, PLAIN, SSE, Streamed, streamed
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

ME = "{ me { email } }"
Read = Callable[[Streamed], Awaitable[Any]]


async def of_event(stream: Streamed) -> Any:
    """The result in the next server-sent event."""
    name, data = await stream.event()
    assert name == "next"
    return data


async def of_apollo(stream: Streamed) -> Any:
    """The result in the next part of Apollo's."""
    return (await stream.payload())["payload"]


async def of_plain(stream: Streamed) -> Any:
    """The result in the next plain part."""
    part = await stream.part()
    assert part.pop("hasNext") is True
    return part


FORMS = [
    pytest.param(SSE, of_event, id="sse"),
    pytest.param(APOLLO, of_apollo, id="apollo"),
    pytest.param(PLAIN, of_plain, id="plain"),
]
CONTENT_TYPES = {
    SSE: "text/event-stream; charset=utf-8",
    APOLLO: 'multipart/mixed;boundary="graphql";subscriptionSpec=1.0',
    PLAIN: 'multipart/mixed;boundary="graphql"',
}


async def now(records: Records) -> str:
    """The cursor of this moment."""
    return (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]


async def assert_complete(stream: Streamed, accept: str) -> None:
    """The form's own end, and that of the response, come next."""
    if accept == SSE:
        assert await stream.event() == ("complete", None)
        assert await stream.event() == ("", None)
    elif accept == APOLLO:
        assert await stream.payload() is None
    else:
        assert await stream.part() == {"hasNext": False}
        assert await stream.part() is None


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize(("accept", "read"), FORMS)
async def test_events_come_one_by_one(
    method: str, accept: str, read: Read, address: str, records: Records, table: MadeTable
) -> None:
    variables = {"table": table.id, "after": await now(records)}
    async with streamed(address, accept, EVENTS, variables, table.owner, method=method) as stream:
        assert (stream.response.status_code, stream.response.headers["content-type"]) == (200, CONTENT_TYPES[accept])
        assert stream.response.headers["cache-control"] == "no-cache"
        assert stream.response.headers["x-accel-buffering"] == "no"
        assert stream.response.headers["transfer-encoding"] == "chunked"
        for _ in range(3):
            made = (await records.create({"Name": "a\nb"})).ok["createRecord"]["record"]["id"]
            assert (await read(stream))["data"]["recordEvents"]["recordId"] == made


@pytest.mark.parametrize(("accept", "read"), FORMS)
async def test_queries_and_mutations_answer_once(accept: str, read: Read, address: str, table: MadeTable) -> None:
    create = 'mutation ($t: ID!) { createRecord(input: {tableId: $t, fields: {Name: "a"}}) { record { revision } } }'
    async with streamed(address, accept, ME, None, table.owner) as stream:
        assert (await read(stream))["data"] == {"me": {"email": table.owner.email}}
        await assert_complete(stream, accept)
    async with streamed(address, accept, create, {"t": table.id}, table.owner) as stream:
        assert (await read(stream))["data"] == {"createRecord": {"record": {"revision": 1}}}
        await assert_complete(stream, accept)


@pytest.mark.parametrize("query", ["{", "{ nonsense }", EVENTS])
@pytest.mark.parametrize(("accept", "read"), FORMS)
async def test_what_cannot_be_executed_is_told_in_the_stream(
    query: str, accept: str, read: Read, address: str, table: MadeTable
) -> None:
    async with streamed(address, accept, query, {"table": "x"}, table.owner) as stream:
        assert stream.response.status_code == 200
        answer = await read(stream)
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_REQUEST"]
        await assert_complete(stream, accept)


@pytest.mark.parametrize("accept", [SSE, APOLLO, PLAIN])
async def test_a_stream_that_fails_ends_with_its_errors(
    accept: str, services: Services, api: Api, address: str, records: Records, table: MadeTable
) -> None:
    services.limits = replace(services.limits, event_poll_interval=timedelta(seconds=0.02))
    variables = {"table": table.id, "after": await now(records)}
    async with streamed(address, accept, EVENTS, variables, table.owner) as stream:
        read = {SSE: of_event, APOLLO: of_apollo, PLAIN: of_plain}[accept]
        await records.create({})
        assert (await read(stream))["data"]
        assert (await mutate(api, "deleteTable", "deletedId", {"id": table.id}, as_=table.owner)).ok
        last = await stream.payload() if accept == APOLLO else await read(stream)
        assert [error["extensions"]["code"] for error in last["errors"]] == ["NOT_FOUND"]
        assert accept != APOLLO or last["payload"] is None
        await assert_complete(stream, accept)


async def test_a_get_request_changes_nothing(address: str, table: MadeTable) -> None:
    create = "mutation ($t: ID!) { createRecord(input: {tableId: $t, fields: {}}) { record { id } } }"
    async with streamed(address, SSE, create, {"t": table.id}, table.owner, method="GET") as stream:
        assert (stream.response.status_code, stream.response.headers["allow"]) == (405, "POST")
        assert b"A GET request may only query; send mutations by POST." in await stream.response.aread()


async def test_a_token_in_the_query_string_is_for_streams_by_get_alone(address: str, table: MadeTable) -> None:
    token = table.owner.access_token
    async with streamed(address, SSE, ME, method="GET", access_token=token) as stream:
        assert (await of_event(stream))["data"] == {"me": {"email": table.owner.email}}
    async with streamed(address, SSE, ME, method="POST", access_token=token) as stream:
        assert (await of_event(stream))["data"] == {"me": None}
    async with streamed(address, "application/json", ME, method="GET", access_token=token) as stream:
        assert (await stream.response.aread()).startswith(b'{"data":{"me":null},')


async def test_bad_credentials_are_refused_before_the_stream(address: str) -> None:
    async with streamed(address, SSE, ME, method="GET", access_token="nonsense") as stream:
        assert stream.response.status_code == 401
        assert stream.response.headers["content-type"].startswith("application/json")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/graphql-response+json"])
async def test_without_a_streaming_type_a_subscription_is_refused(accept: str, address: str, table: MadeTable) -> None:
    async with streamed(address, accept, EVENTS, {"table": table.id}, table.owner) as stream:
        message = (await stream.response.aread()).decode()
        assert "Subscriptions need a stream: connect with WebSocket (graphql-transport-ws), or send" in message
        assert "text/event-stream" in message
        assert "multipart/mixed;subscriptionSpec=1.0" in message


async def test_a_client_that_leaves_ends_its_operation(services: Services, address: str, table: MadeTable) -> None:
    async with AsyncExitStack() as clients:
        for accept in (SSE, APOLLO, PLAIN):
            await clients.enter_async_context(streamed(address, accept, EVENTS, {"table": table.id}, table.owner))
        await eventually(lambda: services.figures.subscribers["recordEvents"] == 3)
    await eventually(lambda: services.figures.subscribers["recordEvents"] == 0)
    await eventually(lambda: services.database.connections_in_use == 0)


async def test_a_server_that_stops_ends_its_streams_incomplete(
    settings: Settings, services: Services, table: MadeTable
) -> None:
    async with AsyncExitStack() as clients:
        async with served(settings, services) as address:
            stream = await clients.enter_async_context(streamed(address, SSE, EVENTS, {"table": table.id}, table.owner))
            await eventually(lambda: services.figures.subscribers["recordEvents"] == 1)
        with pytest.raises(Exception, match="incomplete chunked read"):
            await stream.event()
    assert services.figures.subscribers["recordEvents"] == 0


@pytest.mark.parametrize(("accept", "sign"), [(SSE, ":\n\n"), (APOLLO, "{}"), (PLAIN, "X-Heartbeat: 1")])
async def test_an_idle_stream_gives_signs_of_life(
    accept: str, sign: str, settings: Settings, services: Services, records: Records, table: MadeTable
) -> None:
    quick = settings.model_copy(update={"stream_heartbeat_interval": timedelta(seconds=0.05)})
    variables = {"table": table.id, "after": await now(records)}
    read = {SSE: of_event, APOLLO: of_apollo, PLAIN: of_plain}[accept]
    async with served(quick, services) as address:
        async with streamed(address, accept, EVENTS, variables, table.owner) as stream:
            for _ in range(3):
                assert (await stream.until(sign)).count("recordEvents") == 0
        async with streamed(address, accept, EVENTS, variables, table.owner) as stream:
            await eventually(lambda: services.figures.subscribers["recordEvents"] == 1)
            await records.create({})
            assert (await read(stream))["data"]["recordEvents"]["type"] == "CREATED"


async def test_a_body_may_have_so_many_bytes(settings: Settings, services: Services) -> None:
    small = settings.model_copy(update={"max_body_bytes": 100})
    async with served(small, services) as address, streamed(address, SSE, ME + " " * 100) as stream:
        assert stream.response.status_code == 413
