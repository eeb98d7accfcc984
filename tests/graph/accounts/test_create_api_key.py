"""createApiKey"""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.graph.accounts.documents import API_KEYS, CREATE_KEY, ME, make_key, with_key
from tests.support.api import Api

WRITE = 'mutation { register(input: { email: "new@example.com", password: "long password" }) { user { id } } }'


async def test_a_key_is_shown_once_and_signs_in(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()

    made = await make_key(api, ada, name="  CI ")

    key = made["apiKey"]
    assert (key["name"], key["expiresAt"], key["lastUsedAt"]) == ("CI", None, None)
    assert key["scopes"] == ["admin", "read", "schema", "write"]
    assert made["secret"].startswith(key["prefix"] + "_")
    assert (await api.execute(API_KEYS, as_=ada)).ok["apiKeys"] == [key]
    assert made["secret"] not in str([dict(row) for row in await pg.fetch("SELECT * FROM api_keys")])
    assert (await api.execute(ME, headers=with_key(made["secret"]))).ok["me"]["id"] == str(ada.id)


async def test_use_is_noted(api: Api) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    await api.execute(ME, headers=with_key(made["secret"]))

    [key] = (await api.execute(API_KEYS, as_=ada)).ok["apiKeys"]
    assert key["lastUsedAt"] > key["createdAt"]


@pytest.mark.parametrize(
    ("scopes", "query", "mutation"),
    [(["read"], [], ["FORBIDDEN"]), (["write"], ["FORBIDDEN"], []), (["write", "read"], [], [])],
)
async def test_scopes_bound_what_a_key_may_do(
    scopes: list[str], query: list[str], mutation: list[str], api: Api, pg: asyncpg.Connection
) -> None:
    ada = await api.register()
    secret = (await make_key(api, ada, scopes=scopes))["secret"]

    assert (await api.execute(ME, headers=with_key(secret))).codes == query
    assert (await api.execute(WRITE, headers=with_key(secret))).codes == mutation
    assert await pg.fetchval("SELECT count(*) FROM users") == (1 if mutation else 2)


async def test_an_expired_key_is_refused(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    made = await make_key(api, ada, expiresAt="2999-01-01T00:00:00+01:00")
    assert made["apiKey"]["expiresAt"] == "2998-12-31T23:00:00Z"

    await pg.execute("UPDATE api_keys SET expires_at = now()")

    result = await api.execute(ME, headers=with_key(made["secret"]))
    assert (result.status, result.codes) == (401, ["UNAUTHENTICATED"])


@pytest.mark.parametrize(
    ("input", "code", "field"),
    [
        ({"name": ""}, "VALIDATION_ERROR", "name"),
        ({"name": "x" * 256}, "VALIDATION_ERROR", "name"),
        ({"name": "a\x00"}, "VALIDATION_ERROR", "name"),
        ({"scopes": []}, "VALIDATION_ERROR", "scopes"),
        ({"scopes": ["read", "delete"]}, "VALIDATION_ERROR", "scopes"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "VALIDATION_ERROR", "expiresAt"),
        ({"expiresAt": "tomorrow"}, "BAD_REQUEST", None),
        ({"expiresAt": "2999-01-01T00:00:00"}, "BAD_REQUEST", None),
        ({"scopes": "read,write"}, "VALIDATION_ERROR", "scopes"),
    ],
)
async def test_bad_input_makes_no_key(
    input: dict[str, Any], code: str, field: str | None, api: Api, pg: asyncpg.Connection
) -> None:
    ada = await api.register()

    result = await api.execute(CREATE_KEY, {"input": {"name": "key", **input}}, as_=ada)

    assert (result.codes, result.data) == ([code], None)
    assert result.errors[0]["extensions"].get("field") == field
    assert await pg.fetchval("SELECT count(*) FROM api_keys") == 0


async def test_a_user_has_at_most_so_many_keys(api: Api, pg: asyncpg.Connection) -> None:
    api.services.limits = type(api.services.limits)(max_api_keys_per_user=3)
    ada, bob = await api.register(), await api.register()

    results = await asyncio.gather(*(api.execute(CREATE_KEY, {"input": {"name": "k"}}, as_=ada) for _ in range(6)))

    refused = [result for result in results if result.errors]
    assert [result.codes for result in refused] == [["BAD_REQUEST"]] * 3
    assert refused[0].errors[0]["message"] == "A user may have at most 3 API keys; delete one first."
    assert await pg.fetchval("SELECT count(*) FROM api_keys") == 3
    await make_key(api, bob)


async def test_a_key_makes_no_keys(api: Api, pg: asyncpg.Connection) -> None:
    made = await make_key(api, await api.register())

    result = await api.execute(CREATE_KEY, {"input": {"name": "key"}}, headers=with_key(made["secret"]))

    assert result.codes == ["FORBIDDEN"]
    assert result.errors[0]["message"] == "An API key may not do this; sign in with e-mail and password."
    assert await pg.fetchval("SELECT count(*) FROM api_keys") == 1
