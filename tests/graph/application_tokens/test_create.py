"""createApplicationToken, of one's own"""

import asyncio
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.graph.accounts.documents import ME, with_key
from tests.graph.application_tokens.documents import create, make_token, tokens_of, with_token
from tests.support.accounts import add_api_key
from tests.support.api import Api
from tests.support.tables import make_table

COUNT = "SELECT count(*) FROM application_tokens"
WRITE = 'mutation { register(input: { email: "new@example.com", password: "long password" }) { user { id } } }'


async def test_a_token_is_shown_once_and_acts_for_its_user(api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()

    made = await make_token(api, ada, name="  CI ")

    token = made["applicationToken"]
    assert (token["name"], token["workspaceId"], token["expiresAt"], token["lastUsedAt"]) == ("CI", None, None, None)
    assert (token["user"]["id"], token["createdBy"]["id"]) == (str(ada.id), str(ada.id))
    assert made["secret"].startswith(token["prefix"] + "_")
    assert token["prefix"].startswith("tga_")
    assert await tokens_of(api, ada) == [token]
    assert made["secret"] not in str([dict(row) for row in await pg.fetch("SELECT * FROM application_tokens")])
    assert (await api.execute(ME, headers=with_token(made["secret"]))).ok["me"]["id"] == str(ada.id)


async def test_it_reads_and_writes_what_its_user_does(api: Api) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    secret = (await make_token(api, table.owner))["secret"]
    document = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { fields } } }"

    given = {"input": {"tableId": table.id, "fields": {"Name": "Bolt"}}}
    made = (await api.execute(document, given, headers=with_token(secret))).ok

    assert made["createRecord"]["record"]["fields"]["Name"] == "Bolt"


@pytest.mark.parametrize(
    ("scopes", "query", "mutation"), [(["read"], [], ["FORBIDDEN"]), (["write"], ["FORBIDDEN"], [])]
)
async def test_scopes_bound_what_a_token_may_do(
    scopes: list[str], query: list[str], mutation: list[str], api: Api, pg: asyncpg.Connection
) -> None:
    secret = (await make_token(api, await api.register(), scopes=scopes))["secret"]

    result = await api.execute(WRITE, headers=with_token(secret))
    assert (await api.execute(ME, headers=with_token(secret))).codes == query
    assert result.codes == mutation
    assert await pg.fetchval("SELECT count(*) FROM users") == (1 if mutation else 2)
    if mutation:
        assert result.errors[0]["message"] == "This token lacks the scope 'write'; it has: read."


async def test_use_is_noted(api: Api) -> None:
    ada = await api.register()
    secret = (await make_token(api, ada))["secret"]
    await api.execute(ME, headers=with_token(secret))

    [token] = await tokens_of(api, ada)
    assert token["lastUsedAt"] > token["createdAt"]


async def test_an_expired_token_is_refused(api: Api, services: Services, pg: asyncpg.Connection) -> None:
    made = await make_token(api, await api.register(), expiresAt="2999-01-01T00:00:00+01:00")
    assert made["applicationToken"]["expiresAt"] == "2998-12-31T23:00:00Z"
    assert (await api.execute(ME, headers=with_token(made["secret"]))).codes == []

    await pg.execute("UPDATE application_tokens SET expires_at = now()")
    services.authenticator.forget()

    result = await api.execute(ME, headers=with_token(made["secret"]))
    assert (result.status, result.codes) == (401, ["UNAUTHENTICATED"])
    assert result.errors[0]["message"] == "The token is not valid: it is unknown, was revoked or has expired."


@pytest.mark.parametrize("secret", ["tga_", "tga_00000000_" + "a" * 43, "tga_" + "é" * 52, "tga_" + "a" * 5000])
async def test_what_is_no_token_is_refused(secret: str, api: Api) -> None:
    result = await api.execute(ME, headers={"Authorization": f"Bearer {secret}".encode()})

    assert (result.status, result.codes) == (401, ["UNAUTHENTICATED"])


@pytest.mark.parametrize(
    ("input", "code"),
    [
        ({"name": " "}, "VALIDATION_ERROR"),
        ({"name": "x" * 256}, "VALIDATION_ERROR"),
        ({"scopes": []}, "VALIDATION_ERROR"),
        ({"scopes": ["everything"]}, "VALIDATION_ERROR"),
        ({"expiresAt": "2000-01-01T00:00:00Z"}, "VALIDATION_ERROR"),
        ({"role": "EDITOR"}, "BAD_REQUEST"),
        ({"workspaceId": "x"}, "BAD_REQUEST"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    input: dict[str, Any], code: str, api: Api, pg: asyncpg.Connection
) -> None:
    result = await create(api, await api.register(), **input)

    assert (result.codes, result.data) == ([code], None)
    assert await pg.fetchval(COUNT) == 0


async def test_neither_a_key_nor_a_token_makes_tokens(api: Api, services: Services, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    key = await add_api_key(services.database, ada.id)
    secret = (await make_token(api, ada))["secret"]
    document = 'mutation { createApplicationToken(input: { name: "other" }) { secret } }'

    by_key = await api.execute(document, headers=with_key(key))
    by_token = await api.execute(document, headers=with_token(secret))

    assert (by_key.codes, by_token.codes) == (["FORBIDDEN"], ["FORBIDDEN"])
    assert by_token.errors[0]["message"] == "A token of this kind may not do this; sign in with e-mail and password."
    assert await pg.fetchval(COUNT) == 1


async def test_a_user_has_no_more_than_the_limit_even_at_once(api: Api, pg: asyncpg.Connection) -> None:
    api.services.limits = _with_limit(api, 3)
    ada, bob = await api.register(), await api.register()

    results = await asyncio.gather(*(create(api, ada) for _ in range(6)))

    assert sorted(result.codes for result in results) == [[], [], [], *[["BAD_REQUEST"]] * 3]
    [message] = {result.errors[0]["message"] for result in results if result.errors}
    assert message == "There may be at most 3 application tokens; revoke one first."
    assert await pg.fetchval(COUNT) == 3
    assert (await create(api, bob)).codes == []


def _with_limit(api: Api, limit: int) -> Any:
    return replace(api.services.limits, max_application_tokens=limit)
