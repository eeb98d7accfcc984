"""login, where the server asks a directory: whose account it is."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest

from domain.accounts.rules import AccountRules
from resolvers.services import Services
from tests.graph.backends.conftest import AWAY, WRONG, audited, counts, directory, sign_in, user_of
from tests.support.api import PASSWORD, Api
from tests.support.slapd import ADA_ID, ADA_PASSWORD, STAFF, Slapd

IDENTITIES = "{ identities { provider email } }"


async def test_somebody_new_gets_an_account_without_a_password(api: Api, pg: asyncpg.Connection) -> None:
    made = (await sign_in(api, device="Phone")).ok["login"]

    me = await api.execute(IDENTITIES, headers={"Authorization": f"Bearer {made['accessToken']}"})
    assert me.ok["identities"] == [{"provider": "ldap", "email": "Ada@example.com"}]
    user = await pg.fetchrow("SELECT email, name, is_verified, password_hash, is_superuser FROM users")
    assert tuple(user) == ("Ada@example.com", "Ada Lovelace", True, None, False)
    assert tuple(await pg.fetchrow("SELECT subject, device FROM identities, sessions")) == (ADA_ID, "Phone")
    assert await audited(pg) == [
        ("user.registered", {}),
        ("identity.linked", {"email": "Ada@example.com", "provider": "ldap"}),
        ("session.login", {"by": "ldap"}),
    ]
    assert await counts(pg) == (1, 1, 1)


async def test_who_comes_again_is_the_same_user_by_any_name_of_theirs(api: Api, pg: asyncpg.Connection) -> None:
    found = {await user_of(api, name) for name in ("ada", "ADA", "  ada ", "ada@example.com")}

    assert len(found) == 1
    assert await counts(pg) == (1, 1, 4)


async def test_somebody_is_known_by_their_id_whatever_became_of_the_address(api: Api, pg: asyncpg.Connection) -> None:
    first = await user_of(api)
    await pg.execute("UPDATE users SET email = 'other@example.com', is_verified = false")

    assert await user_of(api) == first
    assert await counts(pg) == (1, 1, 2)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada", "wrong"),
        ("ada", ""),
        ("ada", "\u00ad"),
        ("ada", f"\0{ADA_PASSWORD}"),
        ("ada", "x" * 10_000),
        ("ada\u00ad", ADA_PASSWORD),
        ("a\ufe0fda", ADA_PASSWORD),
        ("ada\0", ADA_PASSWORD),
        ("*", ADA_PASSWORD),
        ("ada)(uid=*", ADA_PASSWORD),
        ("", ADA_PASSWORD),
        ("x" * 10_000, ADA_PASSWORD),
        ("eve", ADA_PASSWORD),
        ("locked", ADA_PASSWORD),
    ],
)
async def test_wrong_credentials_all_get_one_answer(
    email: str, password: str, api: Api, pg: asyncpg.Connection
) -> None:
    result = await sign_in(api, email, password)

    assert (result.codes, result.data, result.errors[0]["message"]) == (["UNAUTHENTICATED"], None, WRONG)
    assert await counts(pg) == (0, 0, 0)
    assert await audited(pg) == [("session.login_failed", {"email": None})]


async def test_a_verified_address_is_that_of_its_user(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register("ada@EXAMPLE.com")
    await pg.execute("UPDATE users SET is_verified = true")

    assert await user_of(api) == str(ada.id)
    assert await user_of(api, "ada@example.com", PASSWORD) == str(ada.id)
    assert await counts(pg) == (1, 1, 3)


async def test_an_address_that_somebody_has_only_claimed_is_not_shared_with_its_owner(
    api: Api, pg: asyncpg.Connection
) -> None:
    await api.register("ada@example.com")

    refused = await sign_in(api)

    assert refused.codes == ["FORBIDDEN"]
    assert refused.errors[0]["message"] == "There is an account with this address. Confirm the address first."
    assert await counts(pg) == (1, 0, 1)
    assert (await audited(pg))[-1] == ("session.login_failed", {"by": "ldap", "email": None})


@pytest.mark.parametrize("who", ["dan", "ada"])
async def test_an_address_that_is_not_vouched_for_opens_nothing(
    who: str, api: Api, services: Services, slapd: Slapd, pg: asyncpg.Connection
) -> None:
    await api.register("ada@example.com")
    await pg.execute("UPDATE users SET is_verified = true")
    services.auth_backends = (directory(slapd, vouches_for_mail=False),)

    refused = await sign_in(api, who, ADA_PASSWORD if who == "ada" else "dan's password")

    assert (refused.codes, "The directory does not vouch" in refused.errors[0]["message"]) == (["FORBIDDEN"], True)
    assert await counts(pg) == (1, 0, 1)


@pytest.mark.parametrize("makes_users", [True, False])
async def test_closed_registration_is_for_a_directory_what_the_setting_says(
    makes_users: bool, api: Api, services: Services, pg: asyncpg.Connection
) -> None:
    services.registration_open = False
    services.limits = replace(services.limits, registration_by_backend=makes_users)

    result = await sign_in(api)

    assert (result.codes, await counts(pg)) == (([], (1, 1, 1)) if makes_users else (["FORBIDDEN"], (0, 0, 0)))


async def test_who_may_not_sign_in_does_not_by_a_directory(api: Api, pg: asyncpg.Connection) -> None:
    await user_of(api)
    await pg.execute("UPDATE users SET is_active = false")

    assert (await sign_in(api)).codes == ["UNAUTHENTICATED"]
    assert await counts(pg) == (1, 1, 1)


async def test_an_address_must_be_confirmed_here_too_where_the_server_asks_for_it(
    api: Api, services: Services, pg: asyncpg.Connection
) -> None:
    services.account_rules = AccountRules(require_verified_email=True)
    await user_of(api)
    await pg.execute("UPDATE users SET is_verified = false")

    assert (await sign_in(api)).codes == ["EMAIL_NOT_VERIFIED"]
    assert await counts(pg) == (1, 1, 1)


async def test_a_required_group_keeps_others_out(
    api: Api, services: Services, slapd: Slapd, pg: asyncpg.Connection
) -> None:
    services.auth_backends = (directory(slapd, required_group=STAFF),)

    refused = await sign_in(api, "bob", "bob's password")

    assert (refused.codes, refused.errors[0]["message"]) == (["UNAUTHENTICATED"], WRONG)
    assert await counts(pg) == (0, 0, 0)
    assert (await sign_in(api)).codes == []


async def test_who_signs_in_twice_at_once_for_the_first_time_gets_one_account(api: Api, pg: asyncpg.Connection) -> None:
    answers = await asyncio.gather(*(sign_in(api) for _ in range(3)))

    assert [answer.codes for answer in answers] == [[], [], []]
    assert await counts(pg) == (1, 1, 3)


async def test_the_order_is_that_of_the_setting(
    api: Api, services: Services, slapd: Slapd, pg: asyncpg.Connection
) -> None:
    ada = await api.register("ada@example.com")
    await pg.execute("UPDATE users SET is_verified = true")
    services.auth_backends = (directory(slapd),)

    assert (await sign_in(api, ada.email, PASSWORD)).codes == ["UNAUTHENTICATED"]
    assert (await sign_in(api, ada.email)).codes == []
    services.auth_backends = ("password",)
    assert (await sign_in(api, ada.email)).codes == ["UNAUTHENTICATED"]
    assert (await sign_in(api, ada.email, PASSWORD)).codes == []


async def test_no_connection_is_held_while_a_directory_is_asked(api: Api, services: Services) -> None:
    held, database = [], services.database
    asked = services.auth_backends[1]

    class Watching:
        """Notes how many connections are in use."""

        async def authenticate(self, login: str, password: str):
            held.append(database.connections_in_use)
            return await asked.authenticate(login, password)

    services.auth_backends = ("password", replace(asked, backend=Watching()))
    await user_of(api)

    assert held == [0]


async def test_away_is_not_wrong(
    api: Api, services: Services, slapd: Slapd, pg: asyncpg.Connection, caplog: pytest.LogCaptureFixture
) -> None:
    ada = await api.register("ada@example.com")
    away = directory(slapd, urls=("ldap://127.0.0.1:1",))
    services.auth_backends = (away, "password")

    assert (await sign_in(api, ada.email, PASSWORD)).codes == []
    assert "the authentication backend ldap is away: DirectoryAway" in caplog.text
    refused = await sign_in(api, ada.email, "wrong")
    assert (refused.codes, refused.errors[0]["message"]) == (["UNAVAILABLE"], AWAY)
    services.auth_backends = (away, directory(slapd))
    assert (await sign_in(api, "bob", "bob's password")).codes == []
    services.auth_backends = (away,)
    assert (await sign_in(api, "bob", "bob's password")).codes == ["UNAVAILABLE"]
    assert ADA_PASSWORD not in caplog.text
    assert await counts(pg) == (2, 1, 3)


async def test_failures_count_by_every_spelling_and_while_a_directory_is_away_too(
    api: Api, services: Services, slapd: Slapd, pg: asyncpg.Connection
) -> None:
    services.limits = replace(services.limits, max_guess_delay=timedelta(minutes=5))
    assert (await sign_in(api, "bob", "wrong")).codes == ["UNAUTHENTICATED"]
    assert (await sign_in(api, " BOB ", "bob's password")).codes == ["RATE_LIMITED"]
    assert (await sign_in(api, "\uff42ob", "bob's password")).codes == ["RATE_LIMITED"]

    services.auth_backends = ("password", directory(slapd, urls=("ldap://127.0.0.1:1",)))
    assert (await sign_in(api)).codes == ["UNAVAILABLE"]
    assert (await sign_in(api)).codes == ["RATE_LIMITED"]
    assert await counts(pg) == (0, 0, 0)


async def test_only_a_directory_that_is_away_makes_nobody_wait(api: Api, services: Services, slapd: Slapd) -> None:
    services.limits = replace(services.limits, max_guess_delay=timedelta(minutes=5))
    services.auth_backends = (directory(slapd, urls=("ldap://127.0.0.1:1",)),)

    assert [(await sign_in(api)).codes for _ in range(3)] == [["UNAVAILABLE"]] * 3
