"""register"""

import asyncio

import asyncpg
import pytest

from resolvers.services import Services
from tests.graph.accounts.documents import ME
from tests.support.api import PASSWORD, Api, Person

REGISTER = """
    mutation ($input: RegisterInput!) {
      register(input: $input) {
        accessToken refreshToken tokenType expiresIn
        user { id email name isVerified isActive isSuperuser createdAt }
      }
    }
"""


async def test_register_makes_an_account_and_signs_in(api: Api, pg: asyncpg.Connection) -> None:
    input = {"email": " Ada@Example.com ", "password": PASSWORD, "name": " Ada ", "device": "Laptop"}
    result = await api.execute(REGISTER, {"input": input}, headers={"User-Agent": "test/1"})

    made = result.ok["register"]
    assert (made["tokenType"], made["expiresIn"]) == ("Bearer", 900)
    user = made["user"]
    assert (user["email"], user["name"]) == ("Ada@example.com", "Ada")
    assert (user["isVerified"], user["isActive"], user["isSuperuser"]) == (False, True, False)
    session = await pg.fetchrow("SELECT user_id::text, device, user_agent, revoked_at FROM sessions")
    assert session is not None
    assert tuple(session) == (user["id"], "Laptop", "test/1", None)
    me = await api.execute(ME, headers={"Authorization": f"Bearer {made['accessToken']}"})
    assert me.ok["me"]["id"] == user["id"]


async def test_neither_password_nor_tokens_are_stored(api: Api, pg: asyncpg.Connection) -> None:
    made = (await api.execute(REGISTER, {"input": {"email": "ada@example.com", "password": PASSWORD}})).ok["register"]

    stored = [
        str(dict(row))
        for table in ("users", "sessions", "refresh_tokens")
        for row in await pg.fetch(f"SELECT * FROM {table}")
    ]
    assert len(stored) == 3
    for secret in (PASSWORD, made["accessToken"], made["refreshToken"]):
        assert not any(secret in row for row in stored)
    assert await pg.fetchval("SELECT password_hash LIKE '$argon2id$v=19$%' FROM users")


async def test_an_address_is_taken_without_regard_to_case(api: Api, pg: asyncpg.Connection) -> None:
    await api.register("ada@example.com")

    result = await api.execute(REGISTER, {"input": {"email": "ADA@example.com", "password": PASSWORD}})

    assert (result.codes, result.data) == (["DUPLICATE_VALUE"], None)
    assert result.errors[0]["extensions"]["field"] == "email"
    assert result.errors[0]["extensions"]["value"] == "ADA@example.com"
    assert await pg.fetchval("SELECT count(*) FROM users") == 1
    assert await pg.fetchval("SELECT count(*) FROM sessions") == 1


async def test_of_two_who_register_an_address_at_once_one_gets_it(api: Api, pg: asyncpg.Connection) -> None:
    input = {"input": {"email": "ada@example.com", "password": PASSWORD}}

    results = await asyncio.gather(*(api.execute(REGISTER, input) for _ in range(5)))

    assert sorted(result.codes for result in results) == [[], *[["DUPLICATE_VALUE"]] * 4]
    assert await pg.fetchval("SELECT count(*) FROM users") == 1


async def test_every_fault_is_reported_at_once(api: Api, pg: asyncpg.Connection) -> None:
    input = {"email": "ada", "password": "short", "name": "A\nB"}
    result = await api.execute(REGISTER, {"input": input})

    assert (result.codes, result.data) == (["VALIDATION_ERROR"], None)
    assert [(error["loc"], error["type"]) for error in result.errors[0]["extensions"]["errors"]] == [
        (["email"], "value_error.format"),
        (["password"], "value_error.range"),
        (["name"], "value_error.control_character"),
    ]
    assert "short" not in str(result.body)
    assert await pg.fetchval("SELECT count(*) FROM users") == 0


async def test_the_address_is_no_password(api: Api) -> None:
    result = await api.execute(REGISTER, {"input": {"email": "ada@example.com", "password": "ada@example.com"}})

    assert result.codes == ["VALIDATION_ERROR"]
    assert result.errors[0]["extensions"]["field"] == "password"


@pytest.mark.parametrize("device", ["x" * 256, "a\x00b"])
async def test_a_device_has_a_readable_name(device: str, api: Api, pg: asyncpg.Connection) -> None:
    input = {"email": "ada@example.com", "password": PASSWORD, "device": device}
    result = await api.execute(REGISTER, {"input": input})

    assert result.codes == ["VALIDATION_ERROR"]
    assert result.errors[0]["extensions"]["field"] == "device"
    assert await pg.fetchval("SELECT count(*) FROM users") == 0


async def test_a_user_agent_is_cut_and_cleaned(api: Api, pg: asyncpg.Connection) -> None:
    agent = "a\tb" + "x" * 1000
    await api.execute(
        REGISTER, {"input": {"email": "ada@example.com", "password": PASSWORD}}, headers={"User-Agent": agent}
    )

    assert await pg.fetchval("SELECT user_agent FROM sessions") == "ab" + "x" * 497


async def test_closed_registration_takes_nobody(api: Api, services: Services, pg: asyncpg.Connection) -> None:
    services.registration_open = False

    result = await api.execute(REGISTER, {"input": {"email": "ada@example.com", "password": PASSWORD}})

    assert (result.codes, result.data) == (["FORBIDDEN"], None)
    assert await pg.fetchval("SELECT count(*) FROM users") == 0


async def test_an_operation_that_fails_makes_no_account(api: Api, pg: asyncpg.Connection) -> None:
    document = """
        mutation ($a: RegisterInput!, $b: RegisterInput!) {
          a: register(input: $a) { user { id } }
          b: register(input: $b) { user { id } }
        }
    """
    input = {"email": "ada@example.com", "password": PASSWORD}

    result = await api.execute(document, {"a": input, "b": input})

    assert (result.codes, result.data) == (["DUPLICATE_VALUE"], None)
    assert await pg.fetchval("SELECT count(*) FROM users") == 0


async def test_a_signed_in_user_may_register_somebody_else(api: Api) -> None:
    ada: Person = await api.register()

    result = await api.execute(REGISTER, {"input": {"email": "bob@example.com", "password": PASSWORD}}, as_=ada)

    assert result.ok["register"]["user"]["email"] == "bob@example.com"
