"""What filters and orders can name: fields of a table and of linked records, and the system columns of records."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta
from domain.errors import BadRequest
from domain.fields.computed import Unresolved
from domain.fields.registry import field_type
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.fields.types.lookup import LookupOptions, looked_up

SYSTEM_COLUMNS = {
    "$id": ("id", "user"),
    "$revision": ("revision", "number"),
    "$createdAt": ("created_at", "datetime"),
    "$updatedAt": ("updated_at", "datetime"),
    "$createdBy": ("created_by", "user"),
    "$updatedBy": ("updated_by", "user"),
}
"""Column and type of each system column; an id compares as a reference to a user does, by UUID."""
_STEP: Final = "."
"""Stands between a linked record field and a field of the records that it leads to: `Company.City`."""


class ViewKey(str):
    """A key that a view names: it is meant of the whole table, whatever the reader may see. No other key equals it."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ViewKey) and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash((ViewKey, str(self)))


@dataclass(frozen=True, eq=False)
class SystemColumn(FieldMeta):
    """A column that every table has, as if it were a field."""

    @cached_property
    def column(self) -> str:
        """Its name."""
        return SYSTEM_COLUMNS[self.name][0]


@dataclass(frozen=True, eq=False)
class LinkedField(FieldMeta):
    """A field of linked records, as if a field of the table looked it up; `path` names both, as views keep it."""

    path: str = ""

    @cached_property
    def column(self) -> str:
        """What tells it from other columns."""
        return self.path


def find_column(table: TableMeta, key: str) -> FieldMeta:
    """The field with this id or name, or of linked records by a path, or a system column; raises `BadRequest`.

    A path names a linked record field, a dot, and what can be named of the linked table. A field whose own name has
    the dot comes first.
    """
    if isinstance(key, ViewKey):
        return find_column(table.rooted, str(key))
    if key in SYSTEM_COLUMNS:
        return _system_column(key)
    found = table.find_field(key)
    if found is None and _STEP in key:
        found = _linked_field(table, key)
    return table.field(key) if found is None else found


def lasting_key(table: TableMeta, key: str) -> str:
    """The key by ids, so that it outlasts new names; a system column stays as it is. Raises `BadRequest`."""
    field = find_column(table, key)
    if isinstance(field, LinkedField):
        return field.path
    return key if isinstance(field, SystemColumn) else str(field.id)


def renamed_key(key: str, ids: Mapping[str, str]) -> str:
    """A lasting key that names the copies of fields."""
    return _STEP.join(ids.get(each, each) for each in key.split(_STEP))


def _system_column(key: str) -> SystemColumn:
    type = field_type(SYSTEM_COLUMNS[key][1])
    return SystemColumn(UUID(int=0), 0, key, type, type.parse_options({}), True, None, None)


def _linked_field(table: TableMeta, key: str) -> LinkedField | None:
    """The field at the end of a path; None where no linked record field has the name in front of a dot."""
    for i, character in enumerate(key):
        link = table.find_field(key[:i]) if character == _STEP else None
        if link is not None and isinstance(link.options, LinkedRecordOptions):
            return _looked_up(link, table.linked(link.options.linked_table), key, key[i + 1 :])
    return None


def _looked_up(link: FieldMeta, linked: TableMeta, key: str, rest: str) -> LinkedField:
    target = find_column(linked, rest)
    options = LookupOptions(linked_field_id=link.id, lookup_field_id=target.id)
    options.place(link, target)
    try:
        options.settle(looked_up(link, target))
    except Unresolved as unresolved:
        raise BadRequest(f"{key!r}: {unresolved}", field=key) from None
    path = f"{link.id}{_STEP}{lasting_key(linked, rest)}"
    return LinkedField(target.id, 0, key, field_type("lookup"), options, False, None, None, path=path)
