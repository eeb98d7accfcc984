"""A stream ends as soon as its caller may not see the table any longer, and before another event.

It ends with an error; where the credentials have come to their end, with the whole socket.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

import asyncpg
import pytest

from resolvers.services import Services
from tests.graph.subscriptions.conftest import EVENTS, until_followed
from tests.support.accounts import add_api_key
from tests.support.api import Api
from tests.support.catalog import add_member, mutate
from tests.support.records import Records
from tests.support.sockets import Socket, opened
from tests.support.tables import MadeTable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
Ending = Callable[[Connection, MadeTable, Any], Awaitable[Any]]


async def leave(pg: Connection, table: MadeTable, user: Any) -> None:
    await pg.execute("DELETE FROM workspace_members WHERE user_id = $1", user)


async def revoke_session(pg: Connection, table: MadeTable, user: Any) -> None:
    await pg.execute("UPDATE sessions SET revoked_at = now() WHERE user_id = $1", user)


async def deactivate(pg: Connection, table: MadeTable, user: Any) -> None:
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", user)


async def delete(pg: Connection, table: MadeTable, user: Any) -> None:
    await pg.execute("DELETE FROM users WHERE id = $1", user)


SIGNED_OUT = (4403, "Forbidden: You were signed out; sign in again.")
ENDINGS = [
    pytest.param(leave, None, id="membership"),
    pytest.param(revoke_session, SIGNED_OUT, id="session"),
    pytest.param(deactivate, SIGNED_OUT, id="account"),
    pytest.param(delete, SIGNED_OUT, id="deletion"),
]


def said(error: dict[str, Any]) -> tuple[str, str]:
    """Code and message of an error."""
    return error["extensions"]["code"], error["message"]


async def assert_over(socket: Socket, id: str, table: MadeTable, close: tuple[int, str] | None) -> None:
    """The next thing that comes is this close, or where there is none the error of a table that is not there."""
    if close is not None:
        assert await socket.closed() == close
    else:
        assert said(await socket.refusal(id)) == ("NOT_FOUND", f"There is no table with id {table.id}.")


@pytest.mark.parametrize(("end", "expected"), ENDINGS)
async def test_an_idle_stream_ends(
    end: Ending,
    expected: tuple[int, str] | None,
    services: Services,
    api: Api,
    address: str,
    table: MadeTable,
    pg: Connection,
) -> None:
    person = await api.register()
    await add_member(api, table.owner, table.workspace_id, person, "VIEWER")
    async with opened(address) as socket:
        await socket.initialise(person)
        id = await socket.subscribe(EVENTS, {"table": table.id})
        await until_followed(services)
        await end(pg, table, person.id)
        await services.streams.look_around()
        await assert_over(socket, id, table, expected)


@pytest.mark.parametrize(("end", "expected"), ENDINGS)
async def test_no_event_is_delivered_any_more(
    end: Ending,
    expected: tuple[int, str] | None,
    api: Api,
    records: Records,
    address: str,
    table: MadeTable,
    pg: Connection,
) -> None:
    person = await api.register()
    await add_member(api, table.owner, table.workspace_id, person, "VIEWER")
    cursor = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    async with opened(address) as socket:
        await socket.initialise(person)
        id = await socket.subscribe(EVENTS, {"table": table.id, "after": cursor})
        await records.create({"Name": "seen"})
        assert (await socket.event(id))["type"] == "CREATED"
        await end(pg, table, person.id)
        await records.create({"Name": "not seen"})
        await assert_over(socket, id, table, expected)


@pytest.mark.parametrize(
    "ending", ["DELETE FROM api_keys", "UPDATE api_keys SET expires_at = now() - interval '1 second'"]
)
async def test_a_stream_ends_with_its_api_key(
    ending: str, services: Services, address: str, table: MadeTable, pg: Connection
) -> None:
    key = await add_api_key(services.database, table.owner.id, scopes=["read"])
    async with opened(address) as socket:
        await socket.initialise(payload={"X-API-Key": key})
        await socket.subscribe(EVENTS, {"table": table.id})
        await until_followed(services)
        await pg.execute(ending)
        await services.streams.look_around()
        assert await socket.closed() == SIGNED_OUT


async def test_a_stream_ends_with_the_scope_to_read(
    services: Services, address: str, table: MadeTable, pg: Connection
) -> None:
    key = await add_api_key(services.database, table.owner.id)
    async with opened(address) as socket:
        await socket.initialise(payload={"X-API-Key": key})
        id = await socket.subscribe(EVENTS, {"table": table.id})
        await until_followed(services)
        await pg.execute("UPDATE api_keys SET scopes = '{write}'")
        await services.streams.look_around()
        assert said(await socket.refusal(id)) == ("FORBIDDEN", "This API key lacks the scope 'read' by now.")


@pytest.mark.parametrize("what", ["Table", "Base"])
async def test_a_stream_ends_with_its_table(
    what: str, services: Services, api: Api, owner: Socket, table: MadeTable
) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id})
    await until_followed(services)
    ids = {"Table": table.id, "Base": table.base_id}
    assert (await mutate(api, f"delete{what}", "deletedId", {"id": ids[what]}, as_=table.owner)).ok
    await services.streams.look_around()
    assert said(await owner.refusal(id)) == ("NOT_FOUND", f"There is no table with id {table.id}.")
    again = await owner.subscribe("{ me { email } }")
    assert await owner.next(again) == {"me": {"email": table.owner.email}}


async def test_who_signs_out_is_sent_away_with_the_next_operation(api: Api, address: str, table: MadeTable) -> None:
    async with opened(address) as socket:
        await socket.initialise(table.owner)
        assert (await api.execute("mutation { logout { __typename } }", as_=table.owner)).errors == []
        await socket.subscribe("{ me { email } }")
        assert await socket.closed() == (4403, "Forbidden: This session has ended; sign in again.")


async def test_an_anonymous_socket_stays_open(address: str, table: MadeTable) -> None:
    async with opened(address) as socket:
        await socket.initialise()
        id = await socket.subscribe(EVENTS, {"table": table.id})
        assert said(await socket.refusal(id))[0] == "UNAUTHENTICATED"
        again = await socket.subscribe("{ me { email } }")
        assert await socket.next(again) == {"me": None}
