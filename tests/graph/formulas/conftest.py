"""A shop's items, for formulas over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.api import Api, Result
from tests.support.records import Records
from tests.support.tables import make_table

_FIELD = "mutation ($input: CreateFieldInput!) { createField(input: $input) { field { id name options isIndexed } } }"
_UPDATE = """
mutation ($input: UpdateFieldInput!) { updateField(input: $input) { field { id name options isIndexed } cleared } }
"""
_VIEW = """
query ($table: ID!, $view: ID!) { records(tableId: $table, viewId: $view) { nodes { value(field: "Name") } } }
"""
_DELETE = "mutation ($input: DeleteFieldInput!) { deleteField(input: $input) { deletedId } }"
_FIELDS = "query ($id: ID!) { table(id: $id) { fields { id name type options error isComputed isIndexed } } }"


@dataclass(frozen=True, slots=True)
class Shop:
    """The table Items with the fields Name, Price, Count, Sold (checkbox), Day (date) and Seen (datetime)."""

    records: Records

    async def formula(self, name: str, formula: str, *, is_indexed: bool = False, **options: Any) -> Result:
        """createField of a formula."""
        field = {"name": name, "type": "FORMULA", "options": {"formula": formula, **options}, "isIndexed": is_indexed}
        return await self.records.run(_FIELD, {"input": {"tableId": self.records.table.id, "field": field}})

    async def field(self, name: str, type: str, options: Any = None) -> Result:
        """createField."""
        field = {"name": name, "type": type, "options": options}
        return await self.records.run(_FIELD, {"input": {"tableId": self.records.table.id, "field": field}})

    async def change(self, field: str, /, **changes: Any) -> Result:
        """updateField."""
        id = (await self.fields())[field]["id"]
        return await self.records.run(_UPDATE, {"input": {"id": id, **changes}})

    async def remove(self, name: str) -> Result:
        """deleteField."""
        return await self.records.run(_DELETE, {"input": {"id": (await self.fields())[name]["id"]}})

    async def fields(self) -> Mapping[str, Mapping[str, Any]]:
        """The fields of the table by name."""
        result = await self.records.run(_FIELDS, {"id": self.records.table.id})
        return {field["name"]: field for field in result.ok["table"]["fields"]}

    async def add(self, *rows: Mapping[str, Any]) -> list[str]:
        """Create records; their ids."""
        made = (await self.records.create_all(list(rows), selection="id")).ok["createRecords"]["records"]
        return [record["id"] for record in made]

    async def values(self, field: str) -> Mapping[str, Any]:
        """The values of a field by the items' names."""
        return {row["Name"]: row[field] for row in await self.records.all()}

    async def names(self, **arguments: Any) -> list[str]:
        """The names of the items that a query finds, in its order."""
        nodes = (await self.records.page(first=100, **arguments)).ok["records"]["nodes"]
        return [node["fields"]["Name"] for node in nodes]

    async def names_in(self, view: str) -> list[str]:
        """The names of the items of a view, in its order."""
        result = await self.records.run(_VIEW, {"table": self.records.table.id, "view": view})
        return [node["value"] for node in result.ok["records"]["nodes"]]


@pytest.fixture
async def shop(api: Api) -> Shop:
    """An empty shop."""
    types = {
        "Name": "TEXT",
        "Price": "NUMBER",
        "Count": "NUMBER",
        "Sold": "CHECKBOX",
        "Day": "DATE",
        "Seen": "DATETIME",
    }
    table = await make_table(api, [{"name": name, "type": type} for name, type in types.items()], name="Items")
    return Shop(Records(api, table))
