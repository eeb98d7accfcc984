"""deleteApiKey"""

import asyncpg

from domain.ids import Kind, new_id
from tests.graph.accounts.documents import API_KEYS, ME, make_key, with_key
from tests.support.api import Api, Person, Result

DELETE = "mutation ($input: DeleteApiKeyInput!) { deleteApiKey(input: $input) { deletedId } }"


async def delete(api: Api, person: Person, id: object) -> Result:
    """The answer when a person deletes a key."""
    return await api.execute(DELETE, {"input": {"id": str(id)}}, as_=person)


async def test_a_deleted_key_is_refused_at_once(api: Api) -> None:
    ada = await api.register()
    gone, stays = [await make_key(api, ada, name=name) for name in ("gone", "stays")]
    assert (await api.execute(ME, headers=with_key(gone["secret"]))).codes == []

    result = await delete(api, ada, gone["apiKey"]["id"])

    assert result.ok == {"deleteApiKey": {"deletedId": gone["apiKey"]["id"]}}
    refused = await api.execute(ME, headers=with_key(gone["secret"]))
    assert (refused.status, refused.codes) == (401, ["UNAUTHENTICATED"])
    assert (await api.execute(ME, headers=with_key(stays["secret"]))).codes == []
    assert [key["name"] for key in (await api.execute(API_KEYS, as_=ada)).ok["apiKeys"]] == ["stays"]


async def test_keys_of_others_do_not_exist(api: Api, pg: asyncpg.Connection) -> None:
    ada, bob = await api.register(), await api.register()
    id = (await make_key(api, bob))["apiKey"]["id"]

    result = await delete(api, ada, id)

    assert (result.codes, result.data) == (["NOT_FOUND"], None)
    assert await pg.fetchval("SELECT count(*) FROM api_keys") == 1


async def test_unknown_and_malformed_ids_are_refused(api: Api) -> None:
    ada = await api.register()

    assert (await delete(api, ada, new_id(Kind.API_KEY))).codes == ["NOT_FOUND"]
    assert (await delete(api, ada, "x")).codes == ["BAD_REQUEST"]
