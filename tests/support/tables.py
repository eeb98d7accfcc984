"""Makes workspaces, bases and tables over the API, for tests that are about what is in them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.support.api import Api, Person

_MAKE = """
mutation ($workspace: CreateWorkspaceInput!) { createWorkspace(input: $workspace) { workspace { id } } }
"""
_BASE = "mutation ($input: CreateBaseInput!) { createBase(input: $input) { base { id } } }"
_TABLE = """
mutation ($input: CreateTableInput!) {
  createTable(input: $input) { table { id fields { id name } base { id } } }
}
"""


@dataclass(frozen=True, slots=True)
class MadeTable:
    """A table with the ids that tests need; `fields` maps names to ids."""

    owner: Person
    workspace_id: UUID
    base_id: UUID
    id: UUID
    fields: Mapping[str, str]


async def make_workspace(api: Api, owner: Person, name: str = "Works") -> UUID:
    """A new workspace."""
    result = await api.execute(_MAKE, {"workspace": {"name": name}}, as_=owner)
    return UUID(result.ok["createWorkspace"]["workspace"]["id"])


async def make_base(api: Api, owner: Person, workspace_id: UUID, name: str = "Base") -> UUID:
    """A new base."""
    result = await api.execute(_BASE, {"input": {"workspaceId": workspace_id, "name": name}}, as_=owner)
    return UUID(result.ok["createBase"]["base"]["id"])


async def make_table(
    api: Api, fields: Sequence[Mapping[str, Any]] | None = None, *, owner: Person | None = None, name: str = "Parts"
) -> MadeTable:
    """A new table in a new base of a new workspace; `fields` are FieldInputs."""
    owner = owner or await api.register()
    workspace_id = await make_workspace(api, owner)
    base_id = await make_base(api, owner, workspace_id)
    result = await api.execute(_TABLE, {"input": {"baseId": base_id, "name": name, "fields": fields}}, as_=owner)
    table = result.ok["createTable"]["table"]
    return MadeTable(
        owner, workspace_id, base_id, UUID(table["id"]), {field["name"]: field["id"] for field in table["fields"]}
    )


async def create_records(api: Api, table: MadeTable, records: Sequence[Mapping[str, Any]]) -> list[str]:
    """Create records as the table's owner; their ids in order."""
    document = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { records { id } } }"
    result = await api.execute(document, {"input": {"tableId": table.id, "records": records}}, as_=table.owner)
    return [record["id"] for record in result.ok["createRecords"]["records"]]
