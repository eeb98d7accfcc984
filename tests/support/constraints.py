"""Makes unique constraints over the API, and reads them."""

from typing import Any

from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.tables import MadeTable

CONSTRAINT = (
    "id status problem caseSensitive errorMessage field { name } table { name }"
    " offendingRecords { value recordCount recordIds }"
)


async def make_unique(api: Api, table: MadeTable, field: str, **more: Any) -> dict[str, Any]:
    """A new constraint of a field, given by its name or id; the keywords are those of CreateUniqueConstraintInput."""
    given = {"fieldId": table.fields.get(field, field), **more}
    result = await mutate(api, "createUniqueConstraint", f"uniqueConstraint {{ {CONSTRAINT} }}", given, as_=table.owner)
    return result.ok["createUniqueConstraint"]["uniqueConstraint"]


async def enable(api: Api, table: MadeTable, id: str) -> dict[str, Any]:
    """The constraint after enableUniqueConstraint."""
    return await _change(api, table, "enableUniqueConstraint", id)


async def disable(api: Api, table: MadeTable, id: str) -> dict[str, Any]:
    """The constraint after disableUniqueConstraint."""
    return await _change(api, table, "disableUniqueConstraint", id)


async def delete(api: Api, table: MadeTable, id: str) -> None:
    """deleteUniqueConstraint."""
    result = await mutate(api, "deleteUniqueConstraint", "deletedId", {"id": id}, as_=table.owner)
    assert result.ok["deleteUniqueConstraint"]["deletedId"] == id


async def constraints(api: Api, table: MadeTable, table_id: object = None) -> list[dict[str, Any]]:
    """The constraints of the table, or of another one, as the table's owner reads them now."""
    document = f"query ($id: ID!) {{ uniqueConstraints(tableId: $id) {{ {CONSTRAINT} }} }}"
    result = await api.execute(document, {"id": table_id or table.id}, as_=table.owner)
    return result.ok["uniqueConstraints"]


async def the_constraint(api: Api, table: MadeTable) -> dict[str, Any]:
    """The only constraint of the table."""
    (found,) = await constraints(api, table)
    return found


async def _change(api: Api, table: MadeTable, mutation: str, id: str) -> dict[str, Any]:
    result = await mutate(api, mutation, f"uniqueConstraint {{ {CONSTRAINT} }}", {"id": id}, as_=table.owner)
    return result.ok[mutation]["uniqueConstraint"]
