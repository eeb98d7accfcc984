"""createBase, updateBase, deleteBase, and the lists of bases."""

import dataclasses

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.tables import create_records, make_base, make_table, make_workspace

SCHEMAS = "SELECT count(*) FROM pg_namespace WHERE nspname ~ '^base_[0-9]+$'"


async def test_a_base_is_made_renamed_and_listed(api: Api) -> None:
    owner = await api.register()
    workspace = await make_workspace(api, owner)
    first = await make_base(api, owner, workspace, " First ")
    second = await make_base(api, owner, workspace, "First")

    given = {"id": second, "name": "Second"}
    renamed = await mutate(api, "updateBase", "base { name workspace { id } }", given, as_=owner)
    document = "query ($w: ID!, $b: ID!) { bases(workspaceId: $w) { id name } base(id: $b) { name tables { id } } }"
    listed = await api.execute(document, {"w": workspace, "b": second}, as_=owner)

    assert renamed.ok["updateBase"]["base"] == {"name": "Second", "workspace": {"id": str(workspace)}}
    assert listed.ok["bases"] == [{"id": str(first), "name": "First"}, {"id": str(second), "name": "Second"}]
    assert listed.ok["base"] == {"name": "Second", "tables": []}


async def test_a_deleted_base_is_gone_with_its_schema(api: Api, pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    table = await make_table(api)
    await create_records(api, table, [{"Name": "Bolt"}])

    result = await mutate(api, "deleteBase", "deletedId", {"id": table.base_id}, as_=table.owner)

    assert result.ok["deleteBase"] == {"deletedId": str(table.base_id)}
    assert await pg.fetchval(SCHEMAS) == 0
    counts = [await pg.fetchval(f"SELECT count(*) FROM {name}") for name in ("bases", "tables", "fields")]
    assert counts == [0, 0, 0]
    document = "query ($id: ID!) { base(id: $id) { name } }"
    gone = await api.execute(document, {"id": table.base_id}, as_=table.owner)
    assert (gone.data, gone.codes) == ({"base": None}, ["NOT_FOUND"])


async def test_a_failed_operation_leaves_neither_base_nor_schema(
    api: Api, services: Services, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    owner = await api.register()
    workspace = await make_workspace(api, owner)
    before = await snapshot(services.database)
    document = """
        mutation ($good: CreateBaseInput!, $bad: CreateBaseInput!) {
          good: createBase(input: $good) { base { id } }
          bad: createBase(input: $bad) { base { id } }
        }
    """
    variables = {"good": {"workspaceId": workspace, "name": "A"}, "bad": {"workspaceId": workspace, "name": " "}}

    result = await api.execute(document, variables, as_=owner)

    assert (result.data, result.codes) == (None, ["VALIDATION_ERROR"])
    assert await pg.fetchval(SCHEMAS) == 0
    assert await snapshot(services.database) == before


@pytest.mark.parametrize(("limit", "what"), [("max_bases_per_workspace", "base"), ("max_tables_per_base", "table")])
async def test_limits_of_bases_and_tables(api: Api, services: Services, limit: str, what: str) -> None:
    owner = await api.register()
    workspace = await make_workspace(api, owner)
    services.limits = dataclasses.replace(services.limits, **{limit: 1})
    base = await make_base(api, owner, workspace)
    mutation, given = {
        "base": ("createBase", {"workspaceId": workspace, "name": "B"}),
        "table": ("createTable", {"baseId": base, "name": "T"}),
    }[what]
    if what == "table":
        await mutate(api, mutation, "table { id }", given, as_=owner)

    result = await mutate(api, mutation, f"{what} {{ id }}", {**given, "name": "One more"}, as_=owner)

    assert result.codes == ["BAD_REQUEST"]
    assert "may have at most 1" in result.errors[0]["message"]
