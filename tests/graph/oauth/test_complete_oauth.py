"""completeOAuth: who comes back from a provider, and whose account that is."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import orjson
import pytest

from resolvers.services import Services
from tests.graph.oauth.conftest import PAGE, Door
from tests.support.api import Api, Person
from tests.support.oidc import visit

ME = "{ me { email isVerified } }"
COUNTS = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM identities), (SELECT count(*) FROM sessions)"


async def counts(pg: asyncpg.Connection) -> tuple[int, ...]:
    """How many users, identities and sessions there are."""
    return tuple(await pg.fetchrow(COUNTS))


async def audited(pg: asyncpg.Connection) -> list[tuple[str, Any]]:
    """What the audit log has."""
    rows = await pg.fetch("SELECT action, details FROM audit_entries ORDER BY id")
    return [(row["action"], orjson.loads(row["details"])) for row in rows]


async def verify(pg: asyncpg.Connection, person: Person) -> None:
    await pg.execute("UPDATE users SET is_verified = true WHERE id = $1", person.id)


async def test_somebody_new_gets_an_account_without_a_password(door: Door, pg: asyncpg.Connection) -> None:
    signed_in = (await door.sign_in("ada")).ok["completeOAuth"]
    user = signed_in["user"]
    assert (user["email"], user["name"], user["isVerified"]) == ("ada@example.com", "ada of the provider", True)
    headers = {"Authorization": f"Bearer {signed_in['accessToken']}"}
    assert (await door.api.execute(ME, headers=headers)).ok["me"] == {"email": "ada@example.com", "isVerified": True}
    assert await pg.fetchval("SELECT password_hash FROM users") is None
    assert await audited(pg) == [
        ("user.registered", {}),
        ("identity.linked", {"email": "ada@example.com", "provider": "corp"}),
        ("session.login", {"by": "corp"}),
    ]
    assert await counts(pg) == (1, 1, 1)


async def test_who_comes_again_is_the_same_user(door: Door, pg: asyncpg.Connection) -> None:
    first, again = [(await door.sign_in("ada")).ok["completeOAuth"]["user"]["id"] for _ in "12"]
    assert first == again
    assert await counts(pg) == (1, 1, 2)
    created_at, last_used_at = await pg.fetchrow("SELECT created_at, last_used_at FROM identities")
    assert last_used_at > created_at


async def test_an_account_is_known_by_its_subject_whatever_became_of_its_address(
    door: Door, pg: asyncpg.Connection
) -> None:
    first = (await door.sign_in("ada")).ok["completeOAuth"]["user"]["id"]
    await pg.execute("UPDATE users SET email = 'other@example.com'")
    assert (await door.sign_in("ada")).ok["completeOAuth"]["user"]["id"] == first


async def test_a_proven_address_is_that_of_the_user_who_has_proven_it_here(door: Door, pg: asyncpg.Connection) -> None:
    ada = await door.api.register("Ada@example.com")
    await verify(pg, ada)
    assert (await door.sign_in("ada")).ok["completeOAuth"]["user"]["id"] == str(ada.id)
    assert await counts(pg) == (1, 1, 2)


async def test_an_address_that_somebody_has_only_claimed_here_is_not_shared_with_its_owner(
    door: Door, pg: asyncpg.Connection
) -> None:
    await door.api.register("ada@example.com")
    before = await counts(pg)
    refused = await door.sign_in("ada")
    assert refused.codes == ["FORBIDDEN"]
    assert refused.errors[0]["message"] == "There is an account with this address. Sign in to it, and link Corp there."
    assert await counts(pg) == before


@pytest.mark.parametrize("who", ["unverified-ada", "nameless-ada"])
async def test_an_address_that_the_provider_does_not_vouch_for_opens_nothing(
    door: Door, pg: asyncpg.Connection, who: str
) -> None:
    await verify(pg, await door.api.register("ada@example.com"))
    before = await counts(pg)
    refused = await door.sign_in(who)
    assert refused.codes == ["FORBIDDEN"]
    assert "does not vouch" in refused.errors[0]["message"]
    assert await counts(pg) == before


async def test_closed_registration_lets_in_those_who_are_known(
    door: Door, pg: asyncpg.Connection, services: Services
) -> None:
    services.registration_open = False
    refused = await door.sign_in("ada")
    assert (refused.codes, await counts(pg)) == (["FORBIDDEN"], (0, 0, 0))
    services.registration_open = True
    assert (await door.sign_in("ada")).ok
    services.registration_open = False
    assert (await door.sign_in("ada")).ok


async def test_who_may_not_sign_in_does_not_by_a_provider(door: Door, pg: asyncpg.Connection) -> None:
    assert (await door.sign_in("ada")).ok
    await pg.execute("UPDATE users SET is_active = false")
    assert (await door.sign_in("ada")).codes == ["UNAUTHENTICATED"]
    assert (await counts(pg))[2] == 1


async def test_what_came_back_is_good_for_one_use(door: Door, pg: asyncpg.Connection) -> None:
    given = await door.visit("ada")
    answers = await asyncio.gather(*(door.complete(**given) for _ in range(3)))
    assert sorted(code for answer in answers for code in answer.codes) == ["UNAUTHENTICATED"] * 2
    assert await counts(pg) == (1, 1, 1)
    assert (await door.complete(**given)).codes == ["UNAUTHENTICATED"]


async def test_two_who_are_the_same_at_once_become_one_user(door: Door, pg: asyncpg.Connection) -> None:
    given = [await door.visit("ada") for _ in "12"]
    answers = await asyncio.gather(*(door.complete(**each) for each in given))
    assert {code for answer in answers for code in answer.codes} <= {"CONFLICT", "FORBIDDEN"}
    assert (await counts(pg))[:2] == (1, 1)


async def test_another_state_than_was_given_out_is_refused(door: Door, pg: asyncpg.Connection) -> None:
    given = await door.visit("ada")
    mine, theirs = given, await door.visit("eve")
    for state in ("", "x" * 64, theirs["state"][::-1]):
        assert (await door.complete(**{**mine, "state": state})).codes == ["UNAUTHENTICATED"]
    # The code of one sign-in with the state of another: PKCE and nonce belong to the state.
    assert (await door.complete(**{**mine, "state": theirs["state"]})).codes == ["UNAUTHENTICATED"]
    assert await counts(pg) == (0, 0, 0)


async def test_the_answer_of_another_provider_is_refused(door: Door, pg: asyncpg.Connection) -> None:
    given = await door.visit("ada")
    refused = await door.complete(**{**given, "iss": "https://evil.example.com"})
    assert refused.codes == ["UNAUTHENTICATED"]
    assert await counts(pg) == (0, 0, 0)


async def test_who_takes_too_long_begins_anew(door: Door, pg: asyncpg.Connection) -> None:
    given = await door.visit("ada")
    await pg.execute("UPDATE oauth_requests SET expires_at = now() - interval '1 second'")
    assert (await door.complete(**given)).codes == ["UNAUTHENTICATED"]
    await door.start()
    assert await pg.fetchval("SELECT count(*) FROM oauth_requests") == 1  # the late one is gone


async def test_a_request_to_link_signs_nobody_in(door: Door, pg: asyncpg.Connection) -> None:
    ada = await door.api.register()
    given = await door.visit("eve", link=ada)
    before = await counts(pg)
    assert (await door.complete(**given)).codes == ["UNAUTHENTICATED"]
    assert await counts(pg) == before


async def test_tokens_and_verifiers_are_sealed_where_they_are_kept(
    door: Door, pg: asyncpg.Connection, services: Services
) -> None:
    started = await door.start()
    kept: Any = await pg.fetchrow("SELECT * FROM oauth_requests")
    assert started["state"].encode() not in kept["sealed"] + kept["state_hash"]
    back = await visit(started["authorizationUrl"], "ada", ends_at=PAGE)
    assert (await door.complete(state=back["state"], code=back["code"])).ok
    sealed = await pg.fetchval("SELECT tokens FROM identities")
    assert b"token" not in sealed
    opened = services.seal.open(sealed)
    assert opened is not None
    assert "id_token" in opened


async def test_the_life_of_a_request_is_a_setting(
    api: Api, door: Door, pg: asyncpg.Connection, services: Services
) -> None:
    assert services.oauth.request_lifetime == timedelta(minutes=10)
    await door.start()
    left = await pg.fetchval("SELECT expires_at - now() FROM oauth_requests")
    assert timedelta(minutes=9) < left <= timedelta(minutes=10)
