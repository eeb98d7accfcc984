"""deleteMe"""

import asyncio
from typing import Any

import asyncpg
import pytest

from tests.graph.accounts.documents import ME, make_key, refresh, with_key
from tests.graph.self_service.documents import DELETE, sign_in, verified, waiting_for_a_lock
from tests.support.api import PASSWORD, Api, Person, Result
from tests.support.mail import Postbox
from tests.support.waiting import eventually

CREATE = "mutation ($name: String!) { createWorkspace(input: {name: $name}) { workspace { id } } }"
ADD = "mutation ($input: CreateWorkspaceMemberInput!) { createWorkspaceMember(input: $input) { __typename } }"
LEAVE = "mutation ($id: ID!) { leaveWorkspace(input: {workspaceId: $id}) { __typename } }"
BASE = 'mutation ($id: ID!) { createBase(input: {workspaceId: $id, name: "Stock"}) { base { id } } }'
WORKSPACES = "{ workspaces { id myRole } }"


async def leave(api: Api, person: Person, *workspaces: dict[str, Any], password: str = PASSWORD) -> Result:
    """The answer when a person leaves for good."""
    return await api.execute(DELETE, {"input": {"password": password, "workspaces": list(workspaces)}}, as_=person)


async def workspace_of(api: Api, owner: Person, name: str = "Workshop") -> str:
    """A new workspace of a person."""
    made: str = (await api.execute(CREATE, {"name": name}, as_=owner)).ok["createWorkspace"]["workspace"]["id"]
    return made


async def add(api: Api, owner: Person, workspace: str, member: Person, role: str) -> None:
    """Make somebody a member."""
    input = {"workspaceId": workspace, "userId": member.id, "role": role}
    assert (await api.execute(ADD, {"input": input}, as_=owner)).codes == []


@pytest.fixture
async def ada(api: Api, postbox: Postbox) -> Person:
    return await verified(api, postbox)


@pytest.fixture
async def bob(api: Api, postbox: Postbox) -> Person:
    return await verified(api, postbox, "bob@example.com")


async def users(pg: asyncpg.Connection) -> int:
    """How many accounts there are."""
    count: int = await pg.fetchval("SELECT count(*) FROM users")
    return count


async def test_an_account_is_gone_with_all_that_opened_it(
    api: Api, postbox: Postbox, pg: asyncpg.Connection, ada: Person
) -> None:
    key = await make_key(api, ada)

    assert (await leave(api, ada)).ok == {"deleteMe": {"deletedId": str(ada.id)}}

    assert (await api.execute(ME, as_=ada)).codes == ["UNAUTHENTICATED"]
    assert (await refresh(api, ada.refresh_token)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == ["UNAUTHENTICATED"]
    assert await sign_in(api, ada.email) == ["UNAUTHENTICATED"]
    for table in ("users", "sessions", "refresh_tokens", "api_keys", "one_time_tokens"):
        assert await pg.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert (await postbox.last(1))["Subject"] == "Your account was deleted"
    await api.register(ada.email)


async def test_the_password_is_asked_for(api: Api, pg: asyncpg.Connection, ada: Person) -> None:
    result = await leave(api, ada, password="wrong password")

    assert (result.codes, result.errors[0]["extensions"]["field"]) == (["VALIDATION_ERROR"], "password")
    assert await users(pg) == 1


async def test_workspaces_that_nobody_else_owns_must_be_named(
    api: Api, pg: asyncpg.Connection, ada: Person, bob: Person
) -> None:
    first, second, shared = [await workspace_of(api, ada, name) for name in ("First", "Second", "Shared")]
    await add(api, ada, first, bob, "ADMIN")
    await add(api, ada, shared, bob, "OWNER")
    foreign = await workspace_of(api, bob)
    await add(api, bob, foreign, ada, "EDITOR")

    result = await leave(api, ada, {"workspaceId": first, "delete": True})

    assert (result.codes, result.data) == (["CONFLICT"], None)
    assert result.errors[0]["extensions"]["workspaces"] == [{"id": second, "name": "Second"}]
    assert await users(pg) == 2
    assert await pg.fetchval("SELECT count(*) FROM workspaces") == 4


async def test_a_workspace_is_transferred_or_deleted_as_asked(
    api: Api, pg: asyncpg.Connection, ada: Person, bob: Person
) -> None:
    kept, gone = await workspace_of(api, ada, "Kept"), await workspace_of(api, ada, "Gone")
    await add(api, ada, kept, bob, "VIEWER")
    for workspace in (kept, gone):
        assert (await api.execute(BASE, {"id": workspace}, as_=ada)).codes == []

    result = await leave(api, ada, {"workspaceId": kept, "transferTo": bob.id}, {"workspaceId": gone, "delete": True})

    assert result.codes == []
    assert (await api.execute(WORKSPACES, as_=bob)).ok == {"workspaces": [{"id": kept, "myRole": "OWNER"}]}
    assert await pg.fetchval("SELECT count(*) FROM bases") == 1
    assert await pg.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'base\\_%'") == 1


@pytest.mark.parametrize("to", ["stranger", "oneself", "inactive"])
async def test_a_workspace_goes_to_another_member_who_can_sign_in(
    to: str, api: Api, pg: asyncpg.Connection, ada: Person, bob: Person
) -> None:
    workspace = await workspace_of(api, ada)
    if to == "inactive":
        await add(api, ada, workspace, bob, "ADMIN")
        await pg.execute("UPDATE users SET is_active = false WHERE id = $1", bob.id)

    result = await leave(api, ada, {"workspaceId": workspace, "transferTo": ada.id if to == "oneself" else bob.id})

    assert (result.codes, result.data) == (["NOT_FOUND"], None)
    assert await users(pg) == 2
    assert await pg.fetchval("SELECT count(*) FROM workspace_members WHERE role = 'OWNER'") == 1


async def test_an_owner_who_is_inactive_is_none(api: Api, pg: asyncpg.Connection, ada: Person, bob: Person) -> None:
    workspace = await workspace_of(api, ada)
    await add(api, ada, workspace, bob, "OWNER")
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", bob.id)

    assert (await leave(api, ada)).codes == ["CONFLICT"]
    assert await users(pg) == 2


async def test_the_workspaces_of_others_are_theirs(api: Api, pg: asyncpg.Connection, ada: Person, bob: Person) -> None:
    hidden, seen = await workspace_of(api, bob), await workspace_of(api, bob)
    await add(api, bob, seen, ada, "ADMIN")

    for workspace, code in ((hidden, "NOT_FOUND"), (seen, "FORBIDDEN")):
        for choice in ({"delete": True}, {"transferTo": bob.id}):
            result = await leave(api, ada, {"workspaceId": workspace, **choice})
            assert (choice, result.codes) == (choice, [code])
    assert (await users(pg), await pg.fetchval("SELECT count(*) FROM workspaces")) == (2, 2)


@pytest.mark.parametrize("choice", [{}, {"delete": False}, {"delete": True, "transferTo": "x"}])
async def test_each_workspace_needs_one_choice(
    choice: dict[str, Any], api: Api, pg: asyncpg.Connection, ada: Person
) -> None:
    workspace = await workspace_of(api, ada)

    assert (await leave(api, ada, {"workspaceId": workspace, **choice})).codes == ["BAD_REQUEST"]
    assert await users(pg) == 1


async def test_a_workspace_is_named_once(api: Api, pg: asyncpg.Connection, ada: Person, bob: Person) -> None:
    workspace = await workspace_of(api, ada)
    await add(api, ada, workspace, bob, "VIEWER")

    result = await leave(
        api, ada, {"workspaceId": workspace, "transferTo": bob.id}, {"workspaceId": workspace, "delete": True}
    )

    assert result.codes == ["BAD_REQUEST"]
    assert await users(pg) == 2


async def test_of_two_owners_who_leave_at_once_one_is_asked_what_becomes_of_it(
    api: Api, pg: asyncpg.Connection, ada: Person, bob: Person
) -> None:
    workspace = await workspace_of(api, ada)
    await add(api, ada, workspace, bob, "OWNER")
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute("SELECT FROM workspaces FOR UPDATE")
    both = asyncio.gather(leave(api, ada), leave(api, bob))
    await eventually(lambda: waiting_for_a_lock(pg, 2))
    await transaction.rollback()

    assert sorted(result.codes for result in await both) == [[], ["CONFLICT"]]
    assert await pg.fetchval("SELECT count(*) FROM workspace_members WHERE role = 'OWNER'") == 1


async def test_an_owner_cannot_slip_away_meanwhile(api: Api, pg: asyncpg.Connection, ada: Person, bob: Person) -> None:
    workspace = await workspace_of(api, ada)
    await add(api, ada, workspace, bob, "OWNER")
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute("SELECT FROM workspaces FOR UPDATE")
    both = asyncio.gather(leave(api, ada), api.execute(LEAVE, {"id": workspace}, as_=bob))
    await eventually(lambda: waiting_for_a_lock(pg, 2))
    await transaction.rollback()

    assert sorted(result.codes for result in await both) == [[], ["CONFLICT"]]
    assert await pg.fetchval("SELECT count(*) FROM workspace_members WHERE role = 'OWNER'") == 1


async def test_the_last_superuser_stays(api: Api, pg: asyncpg.Connection, ada: Person) -> None:
    await pg.execute("UPDATE users SET is_superuser = true")

    assert (await leave(api, ada)).codes == ["CONFLICT"]
    assert await users(pg) == 1


async def test_what_was_made_in_workspaces_that_stay_stays(
    api: Api, pg: asyncpg.Connection, ada: Person, bob: Person
) -> None:
    workspace = await workspace_of(api, bob)
    await add(api, bob, workspace, ada, "ADMIN")
    base = (await api.execute(BASE, {"id": workspace}, as_=ada)).ok["createBase"]["base"]["id"]
    table = """
        mutation ($id: ID!) {
          createTable(input: {baseId: $id, name: "T", fields: [{name: "N", type: TEXT}]}) { table { id } }
        }
    """
    made = (await api.execute(table, {"id": base}, as_=ada)).ok["createTable"]["table"]["id"]
    create = 'mutation ($id: ID!) { createRecord(input: {tableId: $id, fields: {N: "x"}}) { record { id } } }'
    assert (await api.execute(create, {"id": made}, as_=ada)).codes == []

    assert (await leave(api, ada)).codes == []

    read = "query ($id: ID!) { records(tableId: $id) { nodes { fields createdBy { id } } } }"
    assert (await api.execute(read, {"id": made}, as_=bob)).ok["records"]["nodes"] == [
        {"fields": {"N": "x"}, "createdBy": None}
    ]
