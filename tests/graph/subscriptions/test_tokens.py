"""Streams and presence by tokens of other kinds: they are followed as by any other caller, and end with the token."""

from datetime import timedelta

import asyncpg
import pytest

from adapters.tokens import InternalTokens
from resolvers.services import Services
from tests.graph.application_tokens.documents import make_token, revoke
from tests.graph.presence.conftest import PRESENCE
from tests.graph.subscriptions.conftest import EVENTS, until_followed
from tests.graph.subscriptions.test_access import SIGNED_OUT, said
from tests.support.accounts import add_application_token
from tests.support.api import Api
from tests.support.records import Records
from tests.support.sockets import opened
from tests.support.streams import SSE, streamed
from tests.support.tables import MadeTable

EXPIRED = (4403, "Forbidden: the access token has expired")


def bearer(token: str) -> dict[str, str]:
    """The payload of `connection_init`."""
    return {"Authorization": f"Bearer {token}"}


async def test_events_come_to_an_application_token_and_to_an_internal_one(
    services: Services, address: str, table: MadeTable, records: Records
) -> None:
    cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    application = await add_application_token(services.database, table.owner.id, scopes=["read"])
    internal = services.internal_tokens.issue("worker", table.owner.id, ["read"])
    for token in (application, internal):
        async with opened(address) as socket:
            await socket.initialise(payload=bearer(token))
            id = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor})
            made = (await records.create({})).ok["createRecord"]["record"]["id"]
            cursor = (event := await socket.event(id))["cursor"]
            assert event["recordId"] == made
            await services.streams.look_around()
            made = (await records.create({})).ok["createRecord"]["record"]["id"]
            cursor = (event := await socket.event(id))["cursor"]
            assert event["recordId"] == made


async def test_a_stream_ends_with_an_application_token_that_is_revoked(
    services: Services, api: Api, address: str, table: MadeTable
) -> None:
    made = await make_token(api, table.owner, workspaceId=table.workspace_id)
    async with opened(address) as socket:
        await socket.initialise(payload=bearer(made["secret"]))
        await socket.subscribe(EVENTS, {"table": table.id})
        await until_followed(services)
        await revoke(api, table.owner, made["applicationToken"]["id"])
        await services.streams.look_around()
        assert await socket.closed() == SIGNED_OUT


async def test_a_stream_ends_with_an_application_token_that_expires(
    services: Services, address: str, table: MadeTable, pg: asyncpg.Connection
) -> None:
    token = await add_application_token(services.database, table.owner.id)
    async with opened(address) as socket:
        await socket.initialise(payload=bearer(token))
        await socket.subscribe(EVENTS, {"table": table.id})
        await until_followed(services)
        await pg.execute("UPDATE application_tokens SET expires_at = now()")
        await services.streams.look_around()
        assert await socket.closed() == SIGNED_OUT


async def test_a_socket_is_closed_when_its_internal_token_expires(
    services: Services, address: str, table: MadeTable
) -> None:
    services.internal_tokens = InternalTokens(services.secret_key, timedelta(seconds=2))
    async with opened(address) as socket:
        await socket.initialise(payload=bearer(services.internal_tokens.issue("worker", table.owner.id, ["read"])))
        await socket.subscribe(EVENTS, {"table": table.id})
        assert await socket.closed() == EXPIRED


async def test_a_stream_needs_the_scope_to_read(services: Services, address: str, table: MadeTable) -> None:
    token = await add_application_token(services.database, table.owner.id, scopes=["write"])
    async with opened(address) as socket:
        await socket.initialise(payload=bearer(token))
        id = await socket.subscribe(EVENTS, {"table": table.id})
        assert said(await socket.refusal(id)) == ("FORBIDDEN", "This token lacks the scope 'read'; it has: write.")


@pytest.mark.parametrize("kind", ["application", "internal"])
async def test_one_is_present_by_a_token(kind: str, services: Services, address: str, table: MadeTable) -> None:
    token = (
        await add_application_token(services.database, table.owner.id)
        if kind == "application"
        else services.internal_tokens.issue("worker", table.owner.id, ["read"])
    )
    async with opened(address) as socket:
        await socket.initialise(payload=bearer(token))
        id = await socket.subscribe(PRESENCE, {"channel": f"table:{table.id}"})
        state = (await socket.next(id))["presence"]
        assert [member["user"]["email"] for member in state["members"]] == [table.owner.email]


async def test_a_browsers_event_source_may_send_an_application_token(
    services: Services, address: str, table: MadeTable
) -> None:
    token = await add_application_token(services.database, table.owner.id, scopes=["read"])
    document = "query ($table: ID!) { node(id: $table) { id } }"
    given = {"table": table.id}
    async with streamed(address, SSE, document, given, method="GET", access_token=token) as stream:
        name, data = await stream.event()
    assert (name, data["data"]) == ("next", {"node": {"id": str(table.id)}})
