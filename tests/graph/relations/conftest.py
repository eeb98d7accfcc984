"""Companies and the people who work there, linked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.api import Api, Person, Result
from tests.support.records import Records
from tests.support.tables import MadeTable, make_base, make_workspace

_TABLE = """
mutation ($input: CreateTableInput!) { createTable(input: $input) { table { id fields { id name } } } }
"""
_FIELD = "mutation ($input: CreateFieldInput!) { createField(input: $input) { field { id name options } } }"
_FIELDS = "query ($id: ID!) { table(id: $id) { fields { id name type options error } } }"


@dataclass(frozen=True, slots=True)
class World:
    """A base with the tables Companies (Name, City, Size) and People (Name, Age), where `Company` links the two."""

    api: Api
    owner: Person
    companies: Records
    people: Records

    async def add_field(self, records: Records, name: str, type: str, options: Any = None, **more: Any) -> Result:
        """createField."""
        field = {"name": name, "type": type, "options": options, **more}
        return await self.api.execute(_FIELD, {"input": {"tableId": records.table.id, "field": field}}, as_=self.owner)

    async def fields(self, records: Records) -> Mapping[str, Mapping[str, Any]]:
        """The fields of a table by name."""
        result = await self.api.execute(_FIELDS, {"id": records.table.id}, as_=self.owner)
        return {field["name"]: field for field in result.ok["table"]["fields"]}

    async def id_of(self, records: Records, name: str) -> str:
        """The id of a field."""
        return str((await self.fields(records))[name]["id"])

    async def add(self, records: Records, *rows: Mapping[str, Any]) -> list[str]:
        """Create records; their ids."""
        made = (await records.create_all(list(rows), selection="id")).ok["createRecords"]["records"]
        return [record["id"] for record in made]

    async def values(self, records: Records, field: str) -> Mapping[str, Any]:
        """The values of a field by the records' names."""
        return {row["Name"]: row[field] for row in await records.all()}


async def make_world(api: Api, *, allow_multiple: bool = False) -> World:
    """The two tables with the link between them."""
    owner = await api.register()
    workspace_id = await make_workspace(api, owner)
    base_id = await make_base(api, owner, workspace_id)

    async def table(name: str, fields: Sequence[Mapping[str, Any]]) -> Records:
        made = await api.execute(_TABLE, {"input": {"baseId": base_id, "name": name, "fields": fields}}, as_=owner)
        found = made.ok["createTable"]["table"]
        ids = {field["name"]: field["id"] for field in found["fields"]}
        return Records(api, MadeTable(owner, workspace_id, base_id, found["id"], ids))

    text = {"name": "Name", "type": "TEXT"}
    companies = await table("Companies", [text, {"name": "City", "type": "TEXT"}, {"name": "Size", "type": "NUMBER"}])
    options = {"linked_table_id": str(companies.table.id), "allow_multiple": allow_multiple}
    link = {"name": "Company", "type": "LINKED_RECORD", "options": options}
    people = await table("People", [text, {"name": "Age", "type": "NUMBER"}, link])
    return World(api, owner, companies, people)


@pytest.fixture
async def world(api: Api) -> World:
    """People of whom each works for one company."""
    return await make_world(api)


@pytest.fixture
async def many(api: Api) -> World:
    """People of whom each works for several companies."""
    return await make_world(api, allow_multiple=True)
