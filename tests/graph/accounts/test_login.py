"""login"""

import asyncpg
import pytest

from adapters.passwords import Argon2id, Bcrypt, PasswordHasher, Passwords, Pbkdf2, Scrypt, make_passwords
from resolvers.services import Services
from tests.graph.accounts.documents import LOGIN, ME, login
from tests.support.api import PASSWORD, Api

WRONG = "The e-mail address or the password is wrong."


async def test_login_starts_another_session(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register("Ada@example.com")

    result = await api.execute(LOGIN, {"input": {"email": "ada@EXAMPLE.com ", "password": PASSWORD}})

    made = result.ok["login"]
    assert (made["tokenType"], made["expiresIn"]) == ("Bearer", 900)
    assert made["user"] == {"id": str(ada.id), "email": "Ada@example.com"}
    assert await pg.fetchval("SELECT count(*) FROM sessions WHERE revoked_at IS NULL") == 2
    me = await api.execute(ME, headers={"Authorization": f"Bearer {made['accessToken']}"})
    assert me.ok["me"]["id"] == str(ada.id)


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.com", "another password"),
        ("ada@example.com", ""),
        ("ada@example.com", "x" * 10_000),
        ("eve@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("", PASSWORD),
        ("ada@example.com\x00", PASSWORD),
        ("%", PASSWORD),
    ],
)
async def test_wrong_credentials_all_get_one_answer(
    email: str, password: str, api: Api, pg: asyncpg.Connection
) -> None:
    await api.register("ada@example.com")

    result = await api.execute(LOGIN, {"input": {"email": email, "password": password}})

    assert (result.codes, result.data) == (["UNAUTHENTICATED"], None)
    assert result.errors[0]["message"] == WRONG
    assert set(result.errors[0]["extensions"]) == {"code"}
    assert await pg.fetchval("SELECT count(*) FROM sessions") == 1


async def test_an_inactive_account_and_one_without_a_password_get_the_same_answer(
    api: Api, pg: asyncpg.Connection
) -> None:
    inactive, without = await api.register(), await api.register()
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", inactive.id)
    await pg.execute("UPDATE users SET password_hash = NULL WHERE id = $1", without.id)

    for person in (inactive, without):
        result = await api.execute(LOGIN, {"input": {"email": person.email, "password": PASSWORD}})
        assert (result.codes, result.errors[0]["message"]) == (["UNAUTHENTICATED"], WRONG)


async def test_both_spellings_of_an_accent_sign_in(api: Api) -> None:
    document = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }"
    (await api.execute(document, {"input": {"email": "ada@example.com", "password": "cafe\u0301 noir"}})).ok  # noqa: B018

    result = await api.execute(LOGIN, {"input": {"email": "ada@example.com", "password": "caf\u00e9 noir"}})

    assert result.ok["login"]["user"]["email"] == "ada@example.com"


async def test_an_outdated_hash_is_renewed(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    await pg.execute("UPDATE users SET password_hash = $1", Argon2id(memory_kib=16, passes=3).hash(PASSWORD))

    await login(api, ada)
    renewed = await pg.fetchval("SELECT password_hash FROM users")
    await login(api, ada)

    assert renewed.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert await pg.fetchval("SELECT password_hash FROM users") == renewed


@pytest.mark.parametrize(
    "scheme", [Argon2id(8, 2, 1), Bcrypt(4), Pbkdf2(10), Scrypt(4)], ids=lambda each: type(each).__name__
)
async def test_a_hash_of_another_scheme_is_renewed(
    scheme: PasswordHasher, api: Api, services: Services, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    services.passwords = make_passwords("argon2id", Argon2id(memory_kib=8, passes=1))
    await pg.execute("UPDATE users SET password_hash = $1", scheme.hash(PASSWORD))

    refused = await api.execute(LOGIN, {"input": {"email": ada.email, "password": PASSWORD + "!"}})
    kept = await pg.fetchval("SELECT password_hash FROM users")
    await login(api, ada)

    assert (refused.codes, scheme.recognises(kept)) == (["UNAUTHENTICATED"], True)
    assert (await pg.fetchval("SELECT password_hash FROM users")).startswith("$argon2id$v=19$m=8,t=1,p=1$")


async def test_a_password_that_changes_while_it_is_verified_does_not_count(
    api: Api, services: Services, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    passwords = services.passwords

    class Slow(Passwords):
        """Takes so long that the account changes meanwhile."""

        async def check(self, password: str, stored: str | None):
            verdict = await passwords.check(password, stored)
            await pg.execute("UPDATE users SET password_hash = 'another'")
            return verdict

    services.passwords = Slow()
    result = await api.execute(LOGIN, {"input": {"email": ada.email, "password": PASSWORD}})

    assert result.codes == ["UNAUTHENTICATED"]
    assert await pg.fetchval("SELECT count(*) FROM sessions") == 1


async def test_hashing_holds_no_connection(api: Api, services: Services) -> None:
    ada = await api.register()
    checked_out = []
    passwords, database = services.passwords, services.database

    class Watching(Passwords):
        """Notes how many connections are in use while a password is verified."""

        async def check(self, password: str, stored: str | None):
            checked_out.append(database.connections_in_use)
            return await passwords.check(password, stored)

    services.passwords = Watching()
    await login(api, ada)

    assert checked_out == [0]


async def test_the_device_is_kept(api: Api, pg: asyncpg.Connection) -> None:
    await login(api, await api.register(), device="  Phone ")

    assert [row["device"] for row in await pg.fetch("SELECT device FROM sessions ORDER BY id")] == [None, "Phone"]
