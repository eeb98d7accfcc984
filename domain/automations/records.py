"""Records as templates see them."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from domain.bases.catalog import TableMeta

_SYSTEM: Final = {"id": "id", "revision": "revision", "created_at": "createdAt", "updated_at": "updatedAt"}
"""What every record has, by the names in templates: how the API calls it."""


def record_json(record: Mapping[str, Any]) -> dict[str, Any]:
    """A record: values by the names of fields, and what every record has; a field counts first."""
    system = {name: record[key] for name, key in _SYSTEM.items()}
    return {**system, **record["fields"]}


def trigger_records(table: "TableMeta") -> Mapping[str, Collection[str]]:
    """The records of a trigger, and the names that are in each, for records of this table."""
    fields = frozenset(field.name for field in table.fields)
    return {"record": fields | _SYSTEM.keys(), "previous_record": fields | {"id"}}
