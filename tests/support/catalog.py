"""Makes workspaces, bases, tables and fields through the API, for tests of what lies in them."""

from collections.abc import Mapping, Sequence
from typing import Any

from tests.support.api import Api, Person


async def make_workspace(api: Api, owner: Person, name: str = "Ours") -> str:
    """Id of a new workspace."""
    document = "mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }"
    result = await api.execute(document, {"input": {"name": name}}, as_=owner)
    return result.ok["createWorkspace"]["workspace"]["id"]


async def add_member(api: Api, owner: Person, workspace: str, person: Person, role: str) -> str:
    """Id of the membership of a person who is made a member."""
    document = """
        mutation ($input: CreateWorkspaceMemberInput!) {
          createWorkspaceMember(input: $input) { workspaceMember { id } }
        }
    """
    given = {"workspaceId": workspace, "userId": person.id, "role": role}
    result = await api.execute(document, {"input": given}, as_=owner)
    return result.ok["createWorkspaceMember"]["workspaceMember"]["id"]


async def make_base(api: Api, owner: Person, workspace: str, name: str = "Base") -> str:
    """Id of a new base."""
    document = "mutation ($input: CreateBaseInput!) { createBase(input: $input) { base { id } } }"
    result = await api.execute(document, {"input": {"workspaceId": workspace, "name": name}}, as_=owner)
    return result.ok["createBase"]["base"]["id"]


async def make_table(
    api: Api, owner: Person, base: str, name: str = "Table", fields: Sequence[Mapping[str, Any]] | None = None
) -> dict[str, Any]:
    """A new table: `id` and `fields` with `id`, `name`, `type` and `options` of each."""
    document = """
        mutation ($input: CreateTableInput!) {
          createTable(input: $input) { table { id fields { id name type options } } }
        }
    """
    result = await api.execute(document, {"input": {"baseId": base, "name": name, "fields": fields}}, as_=owner)
    return result.ok["createTable"]["table"]


async def make_field(api: Api, owner: Person, table: str, **field: Any) -> str:
    """Id of a new field; the keywords are those of FieldInput."""
    document = "mutation ($input: CreateFieldInput!) { createField(input: $input) { field { id } } }"
    result = await api.execute(document, {"input": {"tableId": table, "field": field}}, as_=owner)
    return result.ok["createField"]["field"]["id"]
