"""createWorkspace, updateWorkspace, deleteWorkspace, and the list of one's workspaces."""

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import add_member, mutate
from tests.support.tables import create_records, make_base, make_table, make_workspace


async def test_the_maker_is_the_owner_and_sees_it(api: Api) -> None:
    owner, other = await api.register(), await api.register()
    first = await make_workspace(api, owner, " First ")
    second = await make_workspace(api, owner, "Second")
    document = "{ workspaces { id name myRole members { role user { id } } } }"

    mine = await api.execute(document, as_=owner)
    theirs = await api.execute(document, as_=other)

    me = [{"role": "OWNER", "user": {"id": str(owner.id)}}]
    assert mine.ok["workspaces"] == [
        {"id": str(first), "name": "First", "myRole": "OWNER", "members": me},
        {"id": str(second), "name": "Second", "myRole": "OWNER", "members": me},
    ]
    assert theirs.ok["workspaces"] == []


@pytest.mark.parametrize("name", ["", " \u2060 ", "a\x00b", "x" * 256])
async def test_a_bad_name_is_refused(api: Api, name: str, services: Services) -> None:
    owner = await api.register()
    before = await snapshot(services.database)

    result = await mutate(api, "createWorkspace", "workspace { id }", {"name": name}, as_=owner)

    assert (result.data, result.codes) == (None, ["VALIDATION_ERROR"])
    assert result.errors[0]["extensions"]["field"] == "name"
    assert await snapshot(services.database) == before


async def test_a_workspace_is_renamed(api: Api) -> None:
    owner = await api.register()
    workspace = await make_workspace(api, owner)

    renamed = await mutate(
        api, "updateWorkspace", "workspace { name myRole }", {"id": workspace, "name": "New"}, as_=owner
    )
    kept = await mutate(api, "updateWorkspace", "workspace { name }", {"id": workspace}, as_=owner)

    assert renamed.ok["updateWorkspace"]["workspace"] == {"name": "New", "myRole": "OWNER"}
    assert kept.ok["updateWorkspace"]["workspace"] == {"name": "New"}


async def test_a_deleted_workspace_is_gone_with_all_that_is_in_it(
    api: Api, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    table = await make_table(api)
    await create_records(api, table, [{"Name": "Bolt"}])
    await make_base(api, table.owner, table.workspace_id)
    await add_member(api, table.owner, table.workspace_id, await api.register(), "ADMIN")

    result = await mutate(api, "deleteWorkspace", "deletedId", {"id": table.workspace_id}, as_=table.owner)

    assert result.ok["deleteWorkspace"] == {"deletedId": str(table.workspace_id)}
    names = ("workspaces", "workspace_members", "bases", "tables", "fields")
    assert [await pg.fetchval(f"SELECT count(*) FROM {name}") for name in names] == [0, 0, 0, 0, 0]
    assert await pg.fetchval("SELECT count(*) FROM pg_namespace WHERE nspname ~ '^base_[0-9]+$'") == 0


@pytest.mark.parametrize("id", ["6c2b1d1e-7e07-4a51-9a55-3c6f6d1f7a10", "01a2025c-256f-8000-8000-04de2ba1a8a3"])
async def test_a_workspace_that_is_not_there_is_not_found(api: Api, id: str) -> None:
    person = await api.register()

    result = await api.execute("query ($id: ID!) { workspace(id: $id) { name } }", {"id": id}, as_=person)

    assert (result.data, result.codes) == ({"workspace": None}, ["NOT_FOUND"])
    assert result.errors[0]["message"] == f"There is no workspace with id {id}."


@pytest.mark.parametrize("id", ["", "7", "not-a-uuid", "x" * 100])
async def test_an_id_that_is_no_uuid_is_a_bad_request(api: Api, id: str) -> None:
    person = await api.register()

    result = await api.execute("query ($id: ID!) { workspace(id: $id) { name } }", {"id": id}, as_=person)

    assert result.codes == ["BAD_REQUEST"]
    assert result.errors[0]["extensions"]["argument"] == "id"
