"""Runs mutations with one input, and makes members, tables and fields; tests/support/tables.py makes the rest."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from tests.support.api import Api, Person, Result
from tests.support.tables import MadeTable


async def mutate(api: Api, mutation: str, selection: str, given: Mapping[str, Any], *, as_: Person) -> Result:
    """Run one mutation that takes an input, such as `mutate(api, "deleteBase", "deletedId", {"id": …}, as_=owner)`."""
    kind = mutation[0].upper() + mutation[1:]
    document = f"mutation ($input: {kind}Input!) {{ {mutation}(input: $input) {{ {selection} }} }}"
    return await api.execute(document, {"input": given}, as_=as_)


async def add_member(api: Api, owner: Person, workspace: UUID, person: Person, role: str) -> str:
    """Id of the membership of a person who is made a member."""
    given = {"workspaceId": workspace, "userId": person.id, "role": role}
    result = await mutate(api, "createWorkspaceMember", "workspaceMember { id }", given, as_=owner)
    return result.ok["createWorkspaceMember"]["workspaceMember"]["id"]


async def add_table(
    api: Api, owner: Person, base: UUID, name: str, fields: Sequence[Mapping[str, Any]] | None = None
) -> str:
    """Id of a new table of a base."""
    given = {"baseId": base, "name": name, "fields": fields}
    result = await mutate(api, "createTable", "table { id }", given, as_=owner)
    return result.ok["createTable"]["table"]["id"]


async def add_field(api: Api, table: MadeTable, **field: Any) -> str:
    """Id of a new field; the keywords are those of FieldInput."""
    given = {"tableId": table.id, "field": field}
    result = await mutate(api, "createField", "field { id }", given, as_=table.owner)
    return result.ok["createField"]["field"]["id"]


async def update_field(api: Api, table: MadeTable, field: str, **changes: Any) -> dict[str, Any]:
    """The payload of updateField for a field, given by its name."""
    selection = "field { id name type options isRequired isIndexed defaultValue description } cleared filled"
    given = {"id": table.fields[field], **changes}
    result = await mutate(api, "updateField", selection, given, as_=table.owner)
    return result.ok["updateField"]


async def values(api: Api, table: MadeTable, field: str) -> list[Any]:
    """The values of a field in the order in which the records were created, read anew; `field` is an id or a name."""
    document = """
        query ($table: ID!, $only: [String!]) {
          records(tableId: $table, first: 1000) { nodes { fields(only: $only, keyBy: ID) } }
        }
    """
    id = table.fields.get(field, field)
    result = await api.execute(document, {"table": table.id, "only": [id]}, as_=table.owner)
    return [node["fields"][id] for node in result.ok["records"]["nodes"]]
