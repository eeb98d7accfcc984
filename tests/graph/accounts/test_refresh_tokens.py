"""refreshTokens"""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
import structlog

from tests.graph.accounts.documents import ME, REFRESH, login, refresh
from tests.support.api import Api, Person, Result, bearer


def refused(result: Result) -> bool:
    """Whether a refresh was refused, with the one message there is."""
    return (result.codes, result.data, result.errors[0]["message"]) == (
        ["UNAUTHENTICATED"],
        None,
        "The refresh token is not valid; sign in again.",
    )


async def is_signed_in(api: Api, person: Person) -> bool:
    """Whether a person's access token is taken."""
    result = await api.execute(ME, as_=person)
    return result.codes == []


async def test_a_refresh_gives_new_tokens_of_the_same_session(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()

    made = (await refresh(api, ada.refresh_token)).ok["refreshTokens"]

    assert (made["tokenType"], made["expiresIn"], made["user"]["id"]) == ("Bearer", 900, str(ada.id))
    assert made["refreshToken"] != ada.refresh_token
    assert made["accessToken"] != ada.access_token
    assert await pg.fetchval("SELECT count(*) FROM sessions") == 1
    assert await is_signed_in(api, Person(ada.id, ada.email, made["accessToken"], made["refreshToken"]))
    assert await is_signed_in(api, ada)


async def test_tokens_can_be_refreshed_on_and_on(api: Api) -> None:
    token = (await api.register()).refresh_token
    for _ in range(4):
        token = (await refresh(api, token)).ok["refreshTokens"]["refreshToken"]


async def test_a_token_that_comes_twice_ends_its_session_for_both(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    other = await login(api, ada)
    next_token = (await refresh(api, ada.refresh_token)).ok["refreshTokens"]["refreshToken"]

    with structlog.testing.capture_logs() as logs:
        assert refused(await refresh(api, ada.refresh_token, "a thief's"))

    assert refused(await refresh(api, next_token))
    assert not await is_signed_in(api, ada)
    assert await is_signed_in(api, other)
    assert await pg.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL") == 1
    [line] = [line for line in logs if line["event"] == "refresh token used twice"]
    assert ada.refresh_token not in str(line)


async def test_without_a_grace_one_of_concurrent_refreshes_with_one_token_is_answered(
    api: Api, pg: asyncpg.Connection
) -> None:
    api.services.refresh_grace = timedelta(0)
    ada = await api.register()

    results = await asyncio.gather(*(refresh(api, ada.refresh_token) for _ in range(8)))

    answered = [result for result in results if not result.errors]
    assert len(answered) == 1
    assert all(refused(result) for result in results if result.errors)
    assert await pg.fetchval("SELECT count(*) FROM refresh_tokens") == 2
    assert await pg.fetchval("SELECT count(*) FROM refresh_tokens WHERE used_at IS NULL") == 1
    assert refused(await refresh(api, answered[0].data["refreshTokens"]["refreshToken"]))


async def test_a_reuse_inside_a_larger_operation_rolls_it_back_and_still_ends_the_session(
    api: Api, pg: asyncpg.Connection
) -> None:
    ada, bob = await api.register(), await api.register()
    await refresh(api, ada.refresh_token, "a thief's")
    document = """
        mutation ($token: String!) {
          updateMe(input: { name: "Bob" }) { user { id } }
          refreshTokens(input: { refreshToken: $token }) { accessToken }
        }
    """

    assert refused(await api.execute(document, {"token": ada.refresh_token}, as_=bob))

    assert await pg.fetchval("SELECT name FROM users WHERE id = $1", bob.id) is None
    ended = await pg.fetch("SELECT user_id FROM sessions WHERE revoked_at IS NOT NULL")
    assert [row["user_id"] for row in ended] == [ada.id]


async def test_a_refresh_that_is_rolled_back_leaves_its_token_unused(api: Api) -> None:
    ada = await api.register()
    document = """
        mutation ($token: String!) {
          refreshTokens(input: { refreshToken: $token }) { accessToken }
          login(input: { email: "nobody@example.com", password: "wrong password" }) { accessToken }
        }
    """
    assert (await api.execute(document, {"token": ada.refresh_token})).codes == ["UNAUTHENTICATED"]

    assert (await refresh(api, ada.refresh_token)).codes == []


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "é" * 43, "x" * 100_000])
async def test_an_unknown_token_is_refused(token: str, api: Api, pg: asyncpg.Connection) -> None:
    await api.register()

    assert refused(await refresh(api, token))
    assert await pg.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NOT NULL") == 0


async def test_an_expired_token_is_refused(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    await pg.execute("UPDATE refresh_tokens SET expires_at = now() - interval '1 second'")

    assert refused(await refresh(api, ada.refresh_token))
    assert await pg.fetchval("SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL") == 0


@pytest.mark.parametrize("change", ["UPDATE sessions SET revoked_at = now()", "UPDATE users SET is_active = false"])
async def test_a_token_of_an_ended_session_or_inactive_user_is_refused(
    change: str, api: Api, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    await pg.execute(change)

    assert refused(await refresh(api, ada.refresh_token))
    assert await pg.fetchval("SELECT count(*) FROM refresh_tokens WHERE used_at IS NOT NULL") == 0


async def test_a_stolen_token_is_refused_after_a_logout_everywhere(api: Api) -> None:
    ada = await api.register()
    stolen = (await refresh(api, ada.refresh_token)).ok["refreshTokens"]["refreshToken"]
    other = await login(api, ada)
    await api.execute("mutation { logout(input: { allSessions: true }) { endedSessions } }", as_=other)

    for token in (stolen, ada.refresh_token, other.refresh_token):
        for agent in ("the one", "a thief's"):
            assert refused(await refresh(api, token, agent))


async def test_a_session_shows_where_it_was_refreshed_from_last(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    await pg.execute("UPDATE sessions SET ip_address = '192.0.2.1', last_active_at = now() - interval '20 minutes'")

    await refresh(api, ada.refresh_token, "Firefox\x01")

    shown = "SELECT ip_address, user_agent, now() - last_active_at < interval '1 minute' FROM sessions"
    assert tuple(await pg.fetchrow(shown)) == ("127.0.0.1", "Firefox", True)


async def test_a_token_lives_as_long_as_the_setting_says(api: Api, pg: asyncpg.Connection) -> None:
    before = datetime.now(UTC)
    api.services.refresh_token_lifetime = timedelta(days=2)
    await api.register()

    lifetime = await pg.fetchval("SELECT expires_at FROM refresh_tokens") - before
    assert lifetime.days == 2


async def test_an_access_token_is_not_a_refresh_token(api: Api) -> None:
    ada = await api.register()

    assert refused(await api.execute(REFRESH, {"input": {"refreshToken": ada.access_token}}))
    assert (await api.execute(ME, headers={"Authorization": f"Bearer {ada.refresh_token}"})).codes == [
        "UNAUTHENTICATED"
    ]
    assert bearer(ada) == {"Authorization": f"Bearer {ada.access_token}"}
