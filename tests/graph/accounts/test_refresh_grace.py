"""refreshTokens, with a token that was used a moment ago by the same client."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import asyncpg
import pytest
import structlog
from starlette.applications import Starlette

from adapters.database import Database
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.graph.accounts.documents import ME, refresh
from tests.graph.accounts.test_refresh_tokens import is_signed_in, refused
from tests.support.api import Api, client_of
from tests.support.statements import StatementLog

ENDED = "SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL"
TOKENS = "SELECT count(*), count(*) FILTER (WHERE used_at IS NULL) FROM refresh_tokens"


async def test_it_gets_the_same_successor_once_more(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()

    with structlog.testing.capture_logs() as logs:
        first, second, third = [(await refresh(api, ada.refresh_token)).ok["refreshTokens"] for _ in range(3)]

    assert first["refreshToken"] == second["refreshToken"] == third["refreshToken"] != ada.refresh_token
    assert tuple(await pg.fetchrow(TOKENS)) == (2, 1)
    for made in (first, second):
        me = await api.execute(ME, headers={"Authorization": f"Bearer {made['accessToken']}"})
        assert me.ok["me"]["id"] == str(ada.id)
    lines = [line for line in logs if line["event"] == "refresh token repeated"]
    assert len(lines) == 2
    assert first["refreshToken"] not in str(logs)
    assert (await refresh(api, first["refreshToken"])).codes == []


@pytest.mark.parametrize("seconds", [11, 3600])
async def test_after_the_grace_it_ends_the_session(seconds: int, api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    successor = (await refresh(api, ada.refresh_token)).ok["refreshTokens"]["refreshToken"]
    await pg.execute("UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => $1)", float(seconds))

    assert refused(await refresh(api, ada.refresh_token))
    assert refused(await refresh(api, successor))
    assert await pg.fetchval(ENDED) == 1
    assert not await is_signed_in(api, ada)


async def test_the_grace_is_a_setting(api: Api, pg: asyncpg.Connection) -> None:
    api.services.refresh_grace = timedelta(minutes=2)
    ada = await api.register()
    await refresh(api, ada.refresh_token)
    await pg.execute("UPDATE refresh_tokens SET used_at = used_at - interval '100 seconds'")

    assert (await refresh(api, ada.refresh_token)).codes == []
    api.services.refresh_grace = timedelta(0)
    assert refused(await refresh(api, ada.refresh_token))
    assert await pg.fetchval(ENDED) == 1


async def test_another_user_agent_ends_the_session(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    successor = (await refresh(api, ada.refresh_token)).ok["refreshTokens"]["refreshToken"]

    assert refused(await refresh(api, ada.refresh_token, "a thief's"))
    assert refused(await refresh(api, successor))
    assert await pg.fetchval(ENDED) == 1


async def test_another_address_ends_the_session(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    await refresh(api, ada.refresh_token)
    await pg.execute("UPDATE refresh_tokens SET used_by = sha256('192.0.2.1\nthe one') WHERE used_at IS NOT NULL")

    assert refused(await refresh(api, ada.refresh_token))
    assert await pg.fetchval(ENDED) == 1


async def test_once_its_successor_was_used_it_ends_the_session(api: Api, pg: asyncpg.Connection) -> None:
    """Whoever has gone on with the line has no use for its beginning."""
    ada = await api.register()
    successor = (await refresh(api, ada.refresh_token)).ok["refreshTokens"]["refreshToken"]
    last = (await refresh(api, successor)).ok["refreshTokens"]["refreshToken"]

    assert refused(await refresh(api, ada.refresh_token))
    assert refused(await refresh(api, last))
    assert await pg.fetchval(ENDED) == 1


@pytest.mark.parametrize("change", ["UPDATE sessions SET revoked_at = now()", "UPDATE users SET is_active = false"])
async def test_it_gets_nothing_from_an_ended_session_or_for_an_inactive_user(
    change: str, api: Api, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    await refresh(api, ada.refresh_token)
    await pg.execute(change)

    assert refused(await refresh(api, ada.refresh_token))


async def test_it_gets_nothing_from_a_server_of_another_secret(api: Api, pg: asyncpg.Connection) -> None:
    """The successor is made from the secret, and this server would make another one."""
    ada = await api.register()
    await refresh(api, ada.refresh_token)
    api.services.refresh_key = bytes(32)

    assert refused(await refresh(api, ada.refresh_token))
    assert tuple(await pg.fetchrow(TOKENS)) == (2, 1)


async def test_two_servers_give_one_successor_to_a_token_that_comes_to_both_at_once(
    api: Api, app: Starlette, settings: Settings, database_url: str, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    other = Database(database_url, pool_size=8)
    services = make_services(settings, other)
    services.passwords = api.services.passwords
    async with client_of(create_app(settings, services)) as http:
        there = Api(http, services)
        servers = [api, there] * 8
        results = await asyncio.gather(*(refresh(server, ada.refresh_token) for server in servers))
    await other.close()

    successors = {result.ok["refreshTokens"]["refreshToken"] for result in results}
    assert len(successors) == 1
    assert tuple(await pg.fetchrow(TOKENS)) == (2, 1)
    assert await pg.fetchval(ENDED) == 0
    assert (await refresh(api, successors.pop())).codes == []


async def test_of_two_clients_at_once_one_is_answered_and_the_session_ends(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()

    results = await asyncio.gather(*(refresh(api, ada.refresh_token, agent) for agent in ("the one", "a thief's")))

    [answered] = [result for result in results if not result.errors]
    assert sum(refused(result) for result in results if result.errors) == 1
    assert refused(await refresh(api, answered.data["refreshTokens"]["refreshToken"]))
    assert await pg.fetchval(ENDED) == 1


async def test_it_costs_four_statements(api: Api, statements: Callable[[], StatementLog]) -> None:
    ada = await api.register()
    counts = []
    for _ in range(2):
        with statements() as seen:
            await refresh(api, ada.refresh_token)
        counts.append(seen.count)

    assert counts == [4, 4]
