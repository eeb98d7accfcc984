"""linkIdentity, identities and unlinkIdentity: which accounts at providers are a user's."""

import asyncio

import asyncpg

from resolvers.services import Services
from tests.graph.oauth.conftest import LINK, Door
from tests.support.api import Person, Result

IDENTITIES = "{ identities { id provider email createdAt lastUsedAt } }"
UNLINK = "mutation ($input: UnlinkIdentityInput!) { unlinkIdentity(input: $input) { unlinkedId } }"


async def listed(door: Door, person: Person) -> list[tuple[str, str]]:
    found = (await door.api.execute(IDENTITIES, as_=person)).ok["identities"]
    return [(each["provider"], each["email"]) for each in found]


async def unlink(door: Door, person: Person, id: str) -> Result:
    return await door.api.execute(UNLINK, {"input": {"id": id}}, as_=person)


async def test_an_account_there_is_linked_and_signs_its_user_in(door: Door, pg: asyncpg.Connection) -> None:
    ada = await door.api.register()
    linked = (await door.link(ada, "ada")).ok["linkIdentity"]["identity"]
    assert (linked["provider"], linked["email"]) == ("corp", "ada@example.com")
    assert await listed(door, ada) == [("corp", "ada@example.com")]
    row = await pg.fetchrow("SELECT action, actor_id FROM audit_entries ORDER BY id DESC")
    assert tuple(row) == ("identity.linked", ada.id)
    assert (await door.sign_in("ada")).ok["completeOAuth"]["user"]["id"] == str(ada.id)


async def test_an_unproven_address_may_be_linked(door: Door) -> None:
    ada = await door.api.register()
    assert (await door.link(ada, "unverified-ada")).ok
    assert (await door.link(ada, "nameless-ada")).ok
    assert await listed(door, ada) == [("corp", "ada@example.com"), ("corp", None)]


async def test_linking_twice_changes_nothing(door: Door) -> None:
    ada = await door.api.register()
    first, again = [(await door.link(ada, "ada")).ok["linkIdentity"]["identity"]["id"] for _ in "12"]
    assert first == again
    assert await listed(door, ada) == [("corp", "ada@example.com")]


async def test_an_account_there_belongs_to_one_user(door: Door) -> None:
    ada, eve = await door.api.register(), await door.api.register()
    assert (await door.link(ada, "ada")).ok
    refused = await door.link(eve, "ada")
    assert (refused.codes, await listed(door, eve)) == (["CONFLICT"], [])
    assert await listed(door, ada) == [("corp", "ada@example.com")]


async def test_what_somebody_else_began_cannot_be_completed(door: Door) -> None:
    ada, eve = await door.api.register(), await door.api.register()
    given = await door.visit("eve", link=eve)
    # Eve would have Ada's browser link Eve's account there, and come in by it.
    assert (await door.api.execute(LINK, {"input": given}, as_=ada)).codes == ["UNAUTHENTICATED"]
    plain = await door.visit("eve")
    assert (await door.api.execute(LINK, {"input": plain}, as_=ada)).codes == ["UNAUTHENTICATED"]
    assert await listed(door, ada) == []


async def test_unlinking(door: Door) -> None:
    ada, eve = await door.api.register(), await door.api.register()
    id = (await door.link(ada, "ada")).ok["linkIdentity"]["identity"]["id"]
    assert (await unlink(door, eve, id)).codes == ["NOT_FOUND"]
    assert await listed(door, ada) == [("corp", "ada@example.com")]
    assert (await unlink(door, ada, id)).ok["unlinkIdentity"] == {"unlinkedId": id}
    assert await listed(door, ada) == []
    assert (await unlink(door, ada, id)).codes == ["NOT_FOUND"]
    assert (await door.sign_in("ada")).ok["completeOAuth"]["user"]["id"] != str(ada.id)


async def test_the_last_way_in_stays(door: Door, services: Services) -> None:
    made = (await door.sign_in("ada")).ok["completeOAuth"]
    ada = Person(made["user"]["id"], "ada@example.com", made["accessToken"], made["refreshToken"])
    [first] = (await door.api.execute(IDENTITIES, as_=ada)).ok["identities"]
    refused = await unlink(door, ada, first["id"])
    assert (refused.codes, await listed(door, ada)) == (["FORBIDDEN"], [("corp", "ada@example.com")])
    second = (await door.link(ada, "unverified-ada")).ok["linkIdentity"]["identity"]
    # Two at once, each of which would leave the other.
    answers = await asyncio.gather(*(unlink(door, ada, each["id"]) for each in (first, second)))
    assert sorted(code for answer in answers for code in answer.codes) == ["FORBIDDEN"]
    assert len(await listed(door, ada)) == 1
