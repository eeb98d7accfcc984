"""rotateApiKey"""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain.ids import Kind, new_id
from resolvers.services import Services
from server.services import make_services
from server.settings import Settings
from tests.graph.accounts.documents import API_KEYS, ME, make_key, with_key
from tests.graph.subscriptions.conftest import EVENTS, until_followed
from tests.graph.subscriptions.test_access import SIGNED_OUT
from tests.support.accounts import add_api_key
from tests.support.api import Api, Person, Result
from tests.support.sockets import opened, served
from tests.support.tables import make_table

Connection = asyncpg.Connection
ROTATE = """
    mutation ($input: RotateApiKeyInput!) {
      rotateApiKey(input: $input) { secret apiKey { id prefix name scopes formerSecretUntil lastUsedAt } }
    }
"""


async def rotate(api: Api, person: Person, id: object, **input: Any) -> Result:
    """The answer when a person gives a key a new secret."""
    return await api.execute(ROTATE, {"input": {"id": str(id), **input}}, as_=person)


async def codes(api: Api, secret: str) -> list[str]:
    """What a secret gets."""
    return (await api.execute(ME, headers=with_key(secret))).codes


async def test_the_new_secret_is_of_the_same_key_and_the_former_one_ends(api: Api, pg: Connection) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    assert await codes(api, made["secret"]) == []

    rotated = (await rotate(api, ada, made["apiKey"]["id"])).ok["rotateApiKey"]

    assert [await codes(api, each["secret"]) for each in (made, rotated)] == [["UNAUTHENTICATED"], []]
    key = rotated["apiKey"]
    assert (key["id"], key["name"], key["scopes"]) == (made["apiKey"]["id"], "key", made["apiKey"]["scopes"])
    assert key["formerSecretUntil"] is None
    assert rotated["secret"].startswith(key["prefix"] + "_")
    assert key["prefix"] != made["apiKey"]["prefix"]
    assert [each["prefix"] for each in (await api.execute(API_KEYS, as_=ada)).ok["apiKeys"]] == [key["prefix"]]
    assert rotated["secret"] not in str([dict(row) for row in await pg.fetch("SELECT * FROM api_keys")])


async def test_both_secrets_work_until_the_overlap_ends(api: Api, pg: Connection) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    rotated = (await rotate(api, ada, made["apiKey"]["id"], overlapSeconds=60)).ok["rotateApiKey"]
    assert rotated["apiKey"]["formerSecretUntil"] is not None
    assert [await codes(api, each["secret"]) for each in (made, rotated)] == [[], []]

    await pg.execute("UPDATE api_keys SET previous_until = now()")
    api.services.authenticator.forget()

    assert [await codes(api, each["secret"]) for each in (made, rotated)] == [["UNAUTHENTICATED"], []]


async def test_use_of_the_former_secret_is_noted(api: Api, pg: Connection) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    await rotate(api, ada, made["apiKey"]["id"], overlapSeconds=60)
    await codes(api, made["secret"])
    assert await pg.fetchval("SELECT last_used_at IS NOT NULL FROM api_keys")


async def test_a_second_rotation_leaves_the_last_two_secrets(api: Api) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    secrets = [made["secret"]]
    for _ in range(2):
        rotated = await rotate(api, ada, made["apiKey"]["id"], overlapSeconds=60)
        secrets.append(rotated.ok["rotateApiKey"]["secret"])
    assert [await codes(api, secret) for secret in secrets] == [["UNAUTHENTICATED"], [], []]


async def test_an_overlap_does_not_outlive_the_key(api: Api, pg: Connection) -> None:
    ada = await api.register()
    made = await make_key(api, ada, expiresAt="2999-01-01T00:00:00Z")
    rotated = (await rotate(api, ada, made["apiKey"]["id"], overlapSeconds=60)).ok["rotateApiKey"]
    await pg.execute("UPDATE api_keys SET expires_at = now()")
    api.services.authenticator.forget()
    assert [await codes(api, each["secret"]) for each in (made, rotated)] == [["UNAUTHENTICATED"]] * 2


async def test_rotations_at_once_leave_one_secret_in_use(api: Api) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    answers = await asyncio.gather(*(rotate(api, ada, made["apiKey"]["id"]) for _ in range(5)))
    secrets = [answer.ok["rotateApiKey"]["secret"] for answer in answers]
    assert sorted([await codes(api, secret) for secret in secrets]) == [[], *[["UNAUTHENTICATED"]] * 4]


async def test_another_process_learns_of_it_within_a_second(api: Api, settings: Settings, services: Services) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    elsewhere = make_services(settings, services.database)
    await elsewhere.authenticator.by_api_key(made["secret"])
    await rotate(api, ada, made["apiKey"]["id"])
    await asyncio.sleep(1.05)
    with pytest.raises(Exception, match="The API key is not valid"):
        await elsewhere.authenticator.by_api_key(made["secret"])


async def test_a_stream_ends_with_the_secret_that_it_was_begun_with(
    api: Api, services: Services, settings: Settings, pg: Connection
) -> None:
    table = await make_table(api)
    secret = await add_api_key(services.database, table.owner.id)
    id = await pg.fetchval("SELECT id FROM api_keys")
    async with served(settings, services) as address, opened(address) as former, opened(address) as later:
        await former.initialise(payload={"X-API-Key": secret})
        await former.subscribe(EVENTS, {"table": table.id})
        await until_followed(services)
        rotated = (await rotate(api, table.owner, id, overlapSeconds=60)).ok["rotateApiKey"]
        await later.initialise(payload={"X-API-Key": rotated["secret"]})
        going_on = await later.subscribe(EVENTS, {"table": table.id})
        await until_followed(services)
        await services.streams.look_around()
        await pg.execute("UPDATE api_keys SET previous_until = now()")
        await services.streams.look_around()
        assert await former.closed() == SIGNED_OUT
        await later.end(going_on)


@pytest.mark.parametrize("seconds", [-1, 604_801])
async def test_an_overlap_has_bounds(seconds: int, api: Api, pg: Connection) -> None:
    ada = await api.register()
    made = await make_key(api, ada)
    before = await pg.fetchrow("SELECT * FROM api_keys")
    result = await rotate(api, ada, made["apiKey"]["id"], overlapSeconds=seconds)
    assert (result.codes, result.errors[0]["extensions"]["field"]) == (["VALIDATION_ERROR"], "overlapSeconds")
    assert await pg.fetchrow("SELECT * FROM api_keys") == before


async def test_keys_of_others_do_not_exist(api: Api, pg: Connection) -> None:
    ada, bob = await api.register(), await api.register()
    made = await make_key(api, bob)
    before = await pg.fetchrow("SELECT * FROM api_keys")
    result = await rotate(api, ada, made["apiKey"]["id"])
    assert (result.codes, result.data) == (["NOT_FOUND"], None)
    assert await pg.fetchrow("SELECT * FROM api_keys") == before
    assert (await rotate(api, ada, new_id(Kind.API_KEY))).codes == ["NOT_FOUND"]


async def test_a_key_does_not_rotate_itself(api: Api, pg: Connection) -> None:
    made = await make_key(api, await api.register())
    before = await pg.fetchval("SELECT secret_hash FROM api_keys")
    given = {"input": {"id": made["apiKey"]["id"]}}
    result = await api.execute(ROTATE, given, headers=with_key(made["secret"]))
    assert result.codes == ["FORBIDDEN"]
    assert await pg.fetchval("SELECT secret_hash FROM api_keys") == before
