"""What is revoked on one server ends on every other one within a second: requests, and streams that are open."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic

import asyncpg
import httpx
import pytest

from adapters.database import Database
from adapters.passwords import Passwords
from resolvers.services import Services
from server.services import make_services
from server.settings import Settings
from tests.graph.accounts.documents import ME, login, refresh
from tests.graph.application_tokens.documents import make_token, revoke, tokens_of, with_token
from tests.support.accounts import add_api_key
from tests.support.api import Api, Person, bearer
from tests.support.sockets import opened, served
from tests.support.tables import MadeTable, make_table
from tests.support.waiting import eventually

SECONDS = 1.0
SLACK = 0.5
"""For a machine that is busy, and for the look itself."""
EVENTS = "subscription ($table: ID!) { recordEvents(tableId: $table) { cursor } }"
LOGOUT = "mutation { logout { endedSessions } }"
OTHERS = "mutation { revokeOtherSessions { endedSessions } }"
DELETE_KEY = "mutation ($input: DeleteApiKeyInput!) { deleteApiKey(input: $input) { deletedId } }"
KEYS = "{ apiKeys { id } }"


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Another server of the same database, with a pool, a bus and an authenticator of its own."""

    address: str
    services: Services

    async def status(self, headers: dict[str, str]) -> int:
        """The status of a request with these credentials."""
        async with httpx.AsyncClient() as http:
            answer = await http.post(f"http://{self.address}/graphql", json={"query": ME}, headers=headers)
        return answer.status_code


@pytest.fixture
async def elsewhere(settings: Settings, database_url: str, passwords: Passwords) -> AsyncIterator[Elsewhere]:
    """It runs."""
    database = Database(database_url, pool_size=5)
    services = make_services(settings, database)
    services.passwords = passwords
    async with served(settings, services) as address:
        yield Elsewhere(address, services)
    await database.close()


async def log_out(api: Api, person: Person, pg: asyncpg.Connection) -> None:
    assert (await api.execute(LOGOUT, as_=person)).codes == []


async def end_others(api: Api, person: Person, pg: asyncpg.Connection) -> None:
    assert (await api.execute(OTHERS, as_=await login(api, person))).codes == []


async def use_refresh_token_twice(api: Api, person: Person, pg: asyncpg.Connection) -> None:
    for agent in ("the one", "a thief's"):
        await refresh(api, person.refresh_token, agent)


async def deactivate(api: Api, person: Person, pg: asyncpg.Connection) -> None:
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", person.id)


async def revoke_tokens(api: Api, person: Person, pg: asyncpg.Connection) -> None:
    for token in await tokens_of(api, person):
        assert (await revoke(api, person, token["id"])).codes == []


async def delete_keys(api: Api, person: Person, pg: asyncpg.Connection) -> None:
    for key in (await api.execute(KEYS, as_=person)).ok["apiKeys"]:
        assert (await api.execute(DELETE_KEY, {"input": {"id": key["id"]}}, as_=person)).codes == []


async def session(api: Api, person: Person) -> dict[str, str]:
    return bearer(person)


async def application_token(api: Api, person: Person) -> dict[str, str]:
    return with_token((await make_token(api, person))["secret"])


async def internal_token(api: Api, person: Person) -> dict[str, str]:
    return with_token(api.services.internal_tokens.issue("worker", person.id, ["read"]))


async def api_key(api: Api, person: Person) -> dict[str, str]:
    return {"X-API-Key": await add_api_key(api.services.database, person.id)}


WAYS = [
    pytest.param(session, log_out, id="logout"),
    pytest.param(session, end_others, id="revokeOtherSessions"),
    pytest.param(session, use_refresh_token_twice, id="refresh token twice"),
    pytest.param(session, deactivate, id="account"),
    pytest.param(application_token, revoke_tokens, id="application token"),
    pytest.param(internal_token, deactivate, id="internal token"),
    pytest.param(api_key, delete_keys, id="API key"),
]


@pytest.mark.parametrize(("credential", "end"), WAYS)
async def test_requests_and_streams_end_within_a_second(
    credential: Callable[[Api, Person], Awaitable[dict[str, str]]],
    end: Callable[[Api, Person, asyncpg.Connection], Awaitable[None]],
    api: Api,
    elsewhere: Elsewhere,
    pg: asyncpg.Connection,
) -> None:
    table: MadeTable = await make_table(api)
    headers = await credential(api, table.owner)
    assert await elsewhere.status(headers) == 200
    async with opened(elsewhere.address) as socket:
        await socket.initialise(payload=headers)
        await socket.subscribe(EVENTS, {"table": table.id})
        await eventually(lambda: elsewhere.services.bus.listeners == 1)
        await end(api, table.owner, pg)
        ended = monotonic()
        assert (await socket.closed())[0] == 4403
        assert monotonic() - ended < SECONDS + SLACK
    await asyncio.sleep(max(0.0, ended + SECONDS - monotonic()))
    assert await elsewhere.status(headers) == 401
