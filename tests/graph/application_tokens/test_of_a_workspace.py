"""Application tokens of a workspace: whom they act for, who sees them, and what is left of them."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from tests.graph.accounts.documents import LOGIN, ME
from tests.graph.application_tokens.documents import create, make_token, revoke, tokens_of, with_token
from tests.support.api import Api, Person
from tests.support.catalog import add_member, mutate
from tests.support.tables import MadeTable, create_records, make_table, make_workspace

RECORDS = "query ($table: ID!) { records(tableId: $table, first: 10) { nodes { fields } } }"
CREATE = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { createdBy { name } } } }"
WORKSPACES = "{ workspaces { id } }"
CREATE_WORKSPACE = 'mutation { createWorkspace(input: {name: "Own"}) { workspace { id } } }'


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with one record."""
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    await create_records(api, table, [{"Name": "Bolt"}])
    return table


async def admin_of(api: Api, table: MadeTable) -> Person:
    """Somebody else who manages the table's workspace."""
    person = await api.register()
    await add_member(api, table.owner, table.workspace_id, person, "ADMIN")
    return person


async def members(pg: asyncpg.Connection, workspace: UUID) -> dict[str, str]:
    """The roles of a workspace's members by their names."""
    found = "SELECT u.name, m.role FROM workspace_members m JOIN users u ON u.id = m.user_id WHERE m.workspace_id = $1"
    return {row["name"]: row["role"] for row in await pg.fetch(found, workspace) if row["name"]}


async def test_it_acts_for_an_account_of_its_own(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    made = await make_token(api, table.owner, name="ERP", workspaceId=table.workspace_id)

    token, headers = made["applicationToken"], with_token(made["secret"])
    assert (token["workspaceId"], token["user"]["name"]) == (str(table.workspace_id), "ERP")
    assert token["createdBy"]["id"] == str(table.owner.id)
    assert token["user"]["email"] == f"{token['user']['id']}@applications.invalid"
    assert (await api.execute(ME, headers=headers)).ok["me"]["name"] == "ERP"
    assert await pg.fetchval("SELECT is_verified FROM users WHERE name = 'ERP'") is True
    assert await members(pg, table.workspace_id) == {"ERP": "EDITOR"}
    given = {"input": {"tableId": table.id, "fields": {"Name": "Nut"}}}
    made = (await api.execute(CREATE, given, headers=headers)).ok["createRecord"]
    assert made["record"]["createdBy"]["name"] == "ERP"


async def test_it_reaches_that_workspace_alone(api: Api, table: MadeTable) -> None:
    other = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner)
    headers = with_token((await make_token(api, table.owner, workspaceId=table.workspace_id))["secret"])

    assert (await api.execute(WORKSPACES, headers=headers)).ok == {"workspaces": [{"id": str(table.workspace_id)}]}
    seen = (await api.execute(RECORDS, {"table": table.id}, headers=headers)).ok["records"]["nodes"]
    assert [node["fields"]["Name"] for node in seen] == ["Bolt"]
    assert (await api.execute(RECORDS, {"table": other.id}, headers=headers)).codes == ["NOT_FOUND"]


async def test_its_role_bounds_it(api: Api, table: MadeTable) -> None:
    headers = with_token((await make_token(api, table.owner, workspaceId=table.workspace_id, role="VIEWER"))["secret"])

    assert (await api.execute(RECORDS, {"table": table.id}, headers=headers)).codes == []
    given = {"input": {"tableId": table.id, "fields": {"Name": "Nut"}}}
    assert (await api.execute(CREATE, given, headers=headers)).codes == ["FORBIDDEN"]


async def test_it_cannot_own_the_workspace(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    result = await create(api, table.owner, workspaceId=table.workspace_id, role="OWNER")

    assert (result.codes, result.data) == (["FORBIDDEN"], None)
    assert await pg.fetchval("SELECT count(*) FROM users") == 1
    assert await pg.fetchval("SELECT count(*) FROM application_tokens") == 0


async def test_nobody_makes_it_an_owner(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    token = (await make_token(api, table.owner, name="ERP", workspaceId=table.workspace_id))["applicationToken"]
    member = str(await pg.fetchval("SELECT id FROM workspace_members WHERE user_id = $1", UUID(token["user"]["id"])))

    given = {"id": member, "role": "OWNER"}
    raised = await mutate(api, "updateWorkspaceMember", "workspaceMember { id }", given, as_=table.owner)
    given = {"workspaceId": table.workspace_id, "userId": token["user"]["id"]}
    handed_over = await mutate(api, "transferOwnership", "workspaceMember { id }", given, as_=table.owner)

    assert (raised.codes, handed_over.codes) == (["FORBIDDEN"], ["NOT_FOUND"])
    assert await members(pg, table.workspace_id) == {"ERP": "EDITOR"}


async def test_it_becomes_a_member_of_nothing_else(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    made = await make_token(api, table.owner, name="ERP", workspaceId=table.workspace_id, role="ADMIN")
    stranger = await api.register()
    other = await make_workspace(api, stranger)

    user = made["applicationToken"]["user"]
    for named in ({"userId": user["id"]}, {"email": user["email"]}):
        given = {"workspaceId": other, "role": "EDITOR", **named}
        added = await mutate(api, "createWorkspaceMember", "workspaceMember { id }", given, as_=stranger)
        assert added.codes == ["NOT_FOUND"]
    created = await api.execute(CREATE_WORKSPACE, headers=with_token(made["secret"]))

    assert created.codes == ["FORBIDDEN"]
    assert await pg.fetchval("SELECT count(*) FROM workspace_members WHERE user_id = $1", UUID(user["id"])) == 1
    assert await pg.fetchval("SELECT count(*) FROM workspaces") == 2


async def test_a_token_of_somebodys_own_makes_workspaces(api: Api, table: MadeTable) -> None:
    headers = with_token((await make_token(api, table.owner))["secret"])
    assert (await api.execute(CREATE_WORKSPACE, headers=headers)).codes == []


async def test_it_goes_on_when_whoever_made_it_has_left(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    admin = await admin_of(api, table)
    headers = with_token((await make_token(api, admin, workspaceId=table.workspace_id))["secret"])
    await pg.execute("DELETE FROM users WHERE id = $1", admin.id)
    api.services.authenticator.forget()

    assert (await api.execute(RECORDS, {"table": table.id}, headers=headers)).codes == []
    [token] = await tokens_of(api, table.owner, table.workspace_id)
    assert token["createdBy"] is None


async def test_all_who_manage_the_workspace_see_and_revoke_it(
    api: Api, table: MadeTable, pg: asyncpg.Connection
) -> None:
    admin = await admin_of(api, table)
    made = await make_token(api, table.owner, name="ERP", workspaceId=table.workspace_id)
    headers = with_token(made["secret"])
    assert (await api.execute(ME, headers=headers)).codes == []

    [seen] = await tokens_of(api, admin, table.workspace_id)
    assert seen == {**made["applicationToken"], "lastUsedAt": seen["lastUsedAt"]}
    assert await tokens_of(api, admin) == await tokens_of(api, table.owner) == []
    assert (await revoke(api, admin, seen["id"])).ok == {"revokeApplicationToken": {"revokedId": seen["id"]}}

    assert (await api.execute(ME, headers=headers)).codes == ["UNAUTHENTICATED"]
    assert await members(pg, table.workspace_id) == {}
    assert await pg.fetchval("SELECT is_active FROM users WHERE name = 'ERP'") is False
    assert await tokens_of(api, admin, table.workspace_id) == []


async def test_default_values_do_not_name_it_any_longer(api: Api, table: MadeTable) -> None:
    token = (await make_token(api, table.owner, workspaceId=table.workspace_id))["applicationToken"]
    field = {"name": "Who", "type": "USER", "defaultValue": token["user"]["id"]}
    given = {"tableId": table.id, "field": field}
    made = await mutate(api, "createField", "field { id defaultValue }", given, as_=table.owner)
    assert made.ok["createField"]["field"]["defaultValue"] is not None

    assert (await revoke(api, table.owner, token["id"])).codes == []

    document = "query ($id: ID!) { node(id: $id) { ... on Field { defaultValue } } }"
    id = made.ok["createField"]["field"]["id"]
    assert (await api.execute(document, {"id": id}, as_=table.owner)).ok == {"node": {"defaultValue": None}}


async def test_the_last_owner_is_not_revoked(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    """An owner may have made it one, when that could be, and have left."""
    made = await make_token(api, table.owner, workspaceId=table.workspace_id)
    await pg.execute("UPDATE workspace_members SET role = 'ADMIN'")
    await pg.execute("UPDATE workspace_members SET role = 'OWNER' WHERE user_id <> $1", table.owner.id)

    result = await revoke(api, table.owner, made["applicationToken"]["id"])

    assert (result.codes, result.data) == (["CONFLICT"], None)
    assert await pg.fetchval("SELECT count(*) FROM application_tokens") == 1


@pytest.mark.parametrize("password", ["", "None", "tga_"])
async def test_nobody_signs_in_as_it(password: str, api: Api, table: MadeTable) -> None:
    token = (await make_token(api, table.owner, workspaceId=table.workspace_id))["applicationToken"]

    given: dict[str, Any] = {"email": token["user"]["email"], "password": password}
    assert (await api.execute(LOGIN, {"input": given})).codes == ["UNAUTHENTICATED"]


async def test_it_goes_with_the_workspace(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    secret = (await make_token(api, table.owner, workspaceId=table.workspace_id))["secret"]
    await mutate(api, "deleteWorkspace", "deletedId", {"id": table.workspace_id}, as_=table.owner)

    active = {row["id"] for row in await pg.fetch("SELECT id FROM users WHERE is_active")}
    assert active == {table.owner.id}
    assert await pg.fetchval("SELECT count(*) FROM application_tokens") == 0
    assert (await api.execute(ME, headers=with_token(secret))).codes == ["UNAUTHENTICATED"]


async def test_the_limit_is_the_workspaces(api: Api, table: MadeTable) -> None:
    api.services.limits = replace(api.services.limits, max_application_tokens=1)
    other = await make_workspace(api, table.owner)

    first = await create(api, table.owner, workspaceId=table.workspace_id)
    second = await create(api, await admin_of(api, table), workspaceId=table.workspace_id)
    rest = [await create(api, table.owner), await create(api, table.owner, workspaceId=other)]

    assert (first.codes, second.codes) == ([], ["BAD_REQUEST"])
    assert [result.codes for result in rest] == [[], []]
