"""The columns that filters and orders can name: a table's fields, and the system columns of every record."""

from dataclasses import dataclass
from typing import Any

from domain.bases.catalog import TableMeta
from domain.fields.contract import FieldType, Options
from domain.fields.registry import field_type

SYSTEM_COLUMNS = {
    "$id": ("id", "user"),
    "$revision": ("revision", "number"),
    "$createdAt": ("created_at", "datetime"),
    "$updatedAt": ("updated_at", "datetime"),
    "$createdBy": ("created_by", "user"),
    "$updatedBy": ("updated_by", "user"),
}
"""Column and type of each system column; an id compares as a reference to a user does, by UUID."""


@dataclass(frozen=True, slots=True)
class Column:
    """Something to filter or sort by: a stored expression and the type that knows how to compare it."""

    name: str
    type: FieldType[Any]
    options: Options

    def sql(self, alias: str) -> str:
        """The expression, in a statement where the record's row is called `alias`."""
        return f"{alias}.{self.name}"


def find_column(table: TableMeta, key: str) -> Column:
    """The column of a field, by its id or name, or a system column such as `$createdAt`."""
    if key in SYSTEM_COLUMNS:
        name, type_key = SYSTEM_COLUMNS[key]
        type = field_type(type_key)
        return Column(name, type, type.parse_options({}))
    field = table.field(key)
    return Column(field.column, field.type, field.options)
