"""An access token that expires ends what was begun with it, in every transport."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from adapters.tokens import AccessTokens
from resolvers.services import Services
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.accounts import add_api_key
from tests.support.api import Person
from tests.support.sockets import opened
from tests.support.streams import APOLLO, SSE, streamed
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

SAID = "The access token has expired; get a new one with refreshTokens."


def with_token_of(person: Person, services: Services, seconds: int) -> Person:
    """The same person in the same session, whose access token is good for so long."""
    session_id = services.tokens.read(person.access_token).session_id
    token = AccessTokens(services.secret_key, timedelta(seconds=seconds)).issue(person.id, session_id)
    return replace(person, access_token=token.text)


@pytest.fixture
async def brief(services: Services, table: MadeTable) -> AsyncIterator[Person]:
    """The table's owner with a token that is good for one or two seconds; nothing is left of what it began."""
    yield with_token_of(table.owner, services, 2)
    assert services.bus.listeners == 0


async def test_a_socket_is_closed(brief: Person, services: Services, address: str, table: MadeTable) -> None:
    async with opened(address) as socket:
        await socket.initialise(brief)
        await socket.subscribe(EVENTS, {"table": table.id})
        await eventually(lambda: services.bus.listeners == 1)
        assert await socket.closed() == (4403, "Forbidden: the access token has expired")
    assert services.tokens.seconds_left(brief.access_token) > -1


async def test_an_idle_socket_is_closed_too(brief: Person, address: str) -> None:
    async with opened(address) as socket:
        await socket.initialise(brief)
        assert await socket.closed() == (4403, "Forbidden: the access token has expired")


async def test_an_event_stream_ends(brief: Person, services: Services, address: str, table: MadeTable) -> None:
    async with streamed(address, SSE, EVENTS, {"table": table.id}, brief) as stream:
        name, data = await stream.event()
        assert (name, data["errors"]) == ("next", [{"message": SAID, "extensions": {"code": "UNAUTHENTICATED"}}])
        assert await stream.event() == ("complete", None)
        assert await stream.event() == ("", None)
    assert services.tokens.seconds_left(brief.access_token) > -1


async def test_a_multipart_stream_ends(brief: Person, address: str, table: MadeTable) -> None:
    async with streamed(address, APOLLO, EVENTS, {"table": table.id}, brief) as stream:
        part = await stream.payload()
        assert part["payload"]["errors"] == [{"message": SAID, "extensions": {"code": "UNAUTHENTICATED"}}]
        assert await stream.payload() is None


async def test_nothing_that_lasts_begins_with_a_token_that_has_expired(
    services: Services, address: str, table: MadeTable
) -> None:
    expired = with_token_of(table.owner, services, 0)  # a single request may still come with it: clocks differ
    async with opened(address) as socket:
        await socket.send({"type": "connection_init", "payload": {"Authorization": f"Bearer {expired.access_token}"}})
        assert await socket.closed() == (4403, f"Forbidden: {SAID}")
    async with streamed(address, SSE, EVENTS, {"table": table.id}, expired) as stream:
        assert stream.response.status_code == 401
    async with streamed(address, "application/json", "{ me { email } }", None, expired) as stream:
        assert stream.response.status_code == 200


async def test_an_api_key_has_no_such_end(services: Services, address: str, table: MadeTable) -> None:
    key = await add_api_key(services.database, table.owner.id, scopes=["read"])
    async with opened(address) as socket:
        await socket.initialise(payload={"X-API-Key": key})
        id = await socket.subscribe("{ me { email } }")
        assert await socket.next(id) == {"me": {"email": table.owner.email}}
