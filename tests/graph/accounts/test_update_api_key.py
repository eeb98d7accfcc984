"""updateApiKey"""

from typing import Any

import asyncpg
import pytest

from domain.ids import Kind, new_id
from tests.graph.accounts.documents import ME, make_key, with_key
from tests.support.api import Api, Person, Result

UPDATE = """
    mutation ($input: UpdateApiKeyInput!) {
      updateApiKey(input: $input) { apiKey { id name scopes expiresAt } }
    }
"""


async def update(api: Api, person: Person, id: object, **input: Any) -> Result:
    """The answer when a person changes a key."""
    return await api.execute(UPDATE, {"input": {"id": str(id), **input}}, as_=person)


async def test_only_what_is_given_changes(api: Api) -> None:
    ada = await api.register()
    id = (await make_key(api, ada, expiresAt="2999-01-01T00:00:00Z"))["apiKey"]["id"]

    first = (await update(api, ada, id, name="CI", scopes=["read"])).ok["updateApiKey"]["apiKey"]
    second = (await update(api, ada, id, expiresAt=None)).ok["updateApiKey"]["apiKey"]

    assert first == {"id": id, "name": "CI", "scopes": ["read"], "expiresAt": "2999-01-01T00:00:00Z"}
    assert second == {**first, "expiresAt": None}


async def test_narrower_scopes_count_at_once(api: Api) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    assert (await api.execute(ME, headers=with_key(made["secret"]))).codes == []

    await update(api, ada, made["apiKey"]["id"], scopes=["write"])

    assert (await api.execute(ME, headers=with_key(made["secret"]))).codes == ["FORBIDDEN"]


@pytest.mark.parametrize(
    ("input", "field"),
    [
        ({"name": " "}, "name"),
        ({"scopes": ["all"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
    ],
)
async def test_bad_values_change_nothing(input: dict[str, Any], field: str, api: Api, pg: asyncpg.Connection) -> None:
    ada = await api.register()
    id = (await make_key(api, ada))["apiKey"]["id"]
    before = await pg.fetchrow("SELECT * FROM api_keys")

    result = await update(api, ada, id, **{"name": "CI", **input})

    assert (result.codes, result.data) == (["VALIDATION_ERROR"], None)
    assert result.errors[0]["extensions"]["field"] == field
    assert await pg.fetchrow("SELECT * FROM api_keys") == before


@pytest.mark.parametrize("input", [{"name": None}, {"scopes": None}])
async def test_a_name_and_scopes_cannot_be_null(input: dict[str, None], api: Api) -> None:
    ada = await api.register()
    id = (await make_key(api, ada))["apiKey"]["id"]

    result = await update(api, ada, id, **input)

    assert (result.codes, result.data) == (["BAD_REQUEST"], None)
    message = "A member of the input is null that cannot be: leave it out to keep what is there."
    assert [error["message"] for error in result.errors] == [message]


async def test_keys_of_others_do_not_exist(api: Api, pg: asyncpg.Connection) -> None:
    ada, bob = await api.register(), await api.register()
    id = (await make_key(api, bob))["apiKey"]["id"]

    result = await update(api, ada, id, name="mine")

    assert (result.codes, result.errors[0]["message"]) == (["NOT_FOUND"], f"There is no API key with id {id}.")
    assert await pg.fetchval("SELECT name FROM api_keys") == "key"
    assert (await update(api, ada, new_id(Kind.API_KEY), name="x")).codes == ["NOT_FOUND"]
    assert (await update(api, ada, "x", name="x")).codes == ["BAD_REQUEST"]
