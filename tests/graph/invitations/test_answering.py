"""acceptInvitation, registerWithInvitation, declineInvitation"""

import asyncio
from dataclasses import replace

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.graph.accounts.documents import ME, make_key, with_key
from tests.graph.invitations.conftest import Inviting
from tests.support.api import Api
from tests.support.catalog import add_member, mutate


async def test_who_was_invited_becomes_a_member(inviting: Inviting) -> None:
    person = await inviting.api.register("ada@example.com")
    token = await inviting.token("ADA@example.com")

    accepted = await inviting.accept(token, person)

    assert accepted.ok["acceptInvitation"]["workspaceMember"] == {
        "role": "EDITOR",
        "user": {"id": str(person.id), "isVerified": True},
        "workspace": {"name": "Works"},
    }
    assert await inviting.members() == ["OWNER", "ADMIN", "EDITOR"]
    assert await inviting.open() == []


async def test_nobody_else_can_accept(inviting: Inviting, services: Services) -> None:
    other = await inviting.api.register()
    token = await inviting.token("ada@example.com")
    key = await make_key(inviting.api, other)
    document = "mutation ($t: String!) { acceptInvitation(input: {token: $t}) { workspaceMember { id } } }"
    before = await snapshot(services.database)

    assert (await inviting.accept(token, other)).codes == ["NOT_FOUND"]
    assert (await inviting.accept(token, inviting.owner)).codes == ["NOT_FOUND"]
    assert (await inviting.api.execute(document, {"t": token})).codes == ["UNAUTHENTICATED"]
    assert (await inviting.api.execute(document, {"t": token}, headers=with_key(key["secret"]))).codes == ["FORBIDDEN"]
    assert (await inviting.members(), len(await inviting.open())) == (["OWNER", "ADMIN"], 1)
    after = await snapshot(services.database)
    noted = "public.api_keys"  # when the key was used last
    assert {**after, noted: None} == {**before, noted: None}


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 10_000, "\x00"])
async def test_a_token_that_is_none_is_not_found(inviting: Inviting, token: str) -> None:
    assert (await inviting.accept(token, inviting.owner)).codes == ["NOT_FOUND"]
    assert (await inviting.register(token)).codes == ["NOT_FOUND"]
    assert (await inviting.decline(token)).codes == ["NOT_FOUND"]


async def test_another_secret_is_no_invitation(inviting: Inviting) -> None:
    person = await inviting.api.register("ada@example.com")
    await inviting.token("ada@example.com")

    assert (await inviting.accept(person.refresh_token, person)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize("_round", range(5))
async def test_a_token_is_good_once(inviting: Inviting, _round: int) -> None:
    person = await inviting.api.register("ada@example.com")
    token = await inviting.token("ada@example.com")

    results = await asyncio.gather(
        inviting.accept(token, person), inviting.accept(token, person), inviting.decline(token)
    )

    assert sorted(result.codes for result in results) == [[], ["NOT_FOUND"], ["NOT_FOUND"]]
    accepted = results[2].codes != []
    assert await inviting.members() == (["OWNER", "ADMIN", "EDITOR"] if accepted else ["OWNER", "ADMIN"])


async def test_who_is_a_member_already_stays_what_they_are(inviting: Inviting) -> None:
    person = await inviting.api.register("ada@example.com")
    token = await inviting.token("ada@example.com")
    await add_member(inviting.api, inviting.owner, inviting.workspace, person, "VIEWER")

    assert (await inviting.accept(token, person)).codes == ["DUPLICATE_VALUE"]
    assert await inviting.members() == ["OWNER", "ADMIN", "VIEWER"]


@pytest.mark.parametrize("role", ["EDITOR", None])
async def test_an_invitation_ends_with_the_power_of_who_sent_it(inviting: Inviting, role: str | None) -> None:
    person = await inviting.api.register("ada@example.com")
    token = await inviting.token("ada@example.com", "ADMIN")
    if role is None:
        given = {"id": inviting.admin_membership}
        await mutate(inviting.api, "deleteWorkspaceMember", "deletedId", given, as_=inviting.owner)
    else:
        given = {"id": inviting.admin_membership, "role": role}
        await mutate(inviting.api, "updateWorkspaceMember", "workspaceMember { id }", given, as_=inviting.owner)

    assert (await inviting.accept(token, person)).codes == ["NOT_FOUND"]


async def test_an_owner_is_made_by_an_owner_to_the_end(inviting: Inviting) -> None:
    person = await inviting.api.register("ada@example.com")
    token = await inviting.token("ada@example.com", "OWNER", by=inviting.owner)
    given = {"workspaceId": inviting.workspace, "userId": inviting.admin.id}
    await mutate(inviting.api, "transferOwnership", "workspaceMember { id }", given, as_=inviting.owner)

    assert (await inviting.accept(token, person)).codes == ["NOT_FOUND"]


async def test_somebody_new_registers_with_the_address_that_was_invited(inviting: Inviting, api: Api) -> None:
    token = await inviting.token("new@example.com", "VIEWER")

    made = (await inviting.register(token, name="Ada")).ok["registerWithInvitation"]

    assert made["user"] == {"id": made["user"]["id"], "email": "new@example.com", "name": "Ada", "isVerified": True}
    me = await api.execute(ME, headers={"Authorization": f"Bearer {made['accessToken']}"})
    assert me.ok["me"]["id"] == made["user"]["id"]
    assert await inviting.members() == ["OWNER", "ADMIN", "VIEWER"]
    assert (await inviting.register(token)).codes == ["NOT_FOUND"]


@pytest.mark.parametrize(("is_allowed", "codes"), [(True, []), (False, ["FORBIDDEN"])])
async def test_registration_that_is_closed_is_open_to_the_invited_where_that_is_set(
    inviting: Inviting, services: Services, is_allowed: bool, codes: list[str]
) -> None:
    token = await inviting.token("new@example.com")
    services.registration_open = False
    services.limits = replace(services.limits, registration_by_invitation=is_allowed)

    assert (await inviting.register(token)).codes == codes
    assert len(await inviting.members()) == (3 if is_allowed else 2)


async def test_who_has_an_account_does_not_register(inviting: Inviting, services: Services) -> None:
    await inviting.api.register("ada@example.com")
    token = await inviting.token("ada@example.com")
    before = await snapshot(services.database)

    assert (await inviting.register(token)).codes == ["DUPLICATE_VALUE"]
    assert (await inviting.register(token, password="short")).codes == ["VALIDATION_ERROR"]
    assert await snapshot(services.database) == before


async def test_whoever_has_the_token_may_decline(inviting: Inviting) -> None:
    token = await inviting.token("new@example.com")
    id = await inviting.id()

    assert (await inviting.decline(token)).ok["declineInvitation"] == {"declinedId": id}
    assert await inviting.open() == []
    assert (await inviting.register(token)).codes == ["NOT_FOUND"]


async def test_it_is_over_for_as_long_as_its_sender_cannot_sign_in(inviting: Inviting, pg: asyncpg.Connection) -> None:
    guest = await inviting.api.register("guest@example.com")
    token = await inviting.token("guest@example.com")
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", inviting.admin.id)

    refused = await inviting.accept(token, guest)

    assert refused.codes == ["NOT_FOUND"]
    assert await inviting.members() == ["OWNER", "ADMIN"]
