"""A record as a Python object, for the resolvers that work on records one by one."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from domain.bases.catalog import FieldMeta, TableMeta

_DIGITS_OF_64_BITS: Final = 18


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as `WHOLE_RECORD` renders it. `fields` maps the ids of the table's fields to JSON values."""

    id: UUID
    table: TableMeta
    """The metadata that the record was read with."""
    revision: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID | None
    updated_by: UUID | None
    fields: Mapping[str, Any]

    def values_of(self, keys: Sequence[str] | None) -> list[tuple[FieldMeta, Any]]:
        """The fields with these ids or names, or all when None, with their values; `BadRequest` for an unknown one."""
        chosen = self.table.fields if keys is None else [self.table.field(key) for key in keys]
        return [(field, self.fields[str(field.id)]) for field in dict.fromkeys(chosen)]


def stored_record(row: Mapping[str, Any], table: TableMeta) -> StoredRecord:
    """From the decoded JSON of `WHOLE_RECORD`, and the metadata that it was rendered with."""
    created_by, updated_by = row["createdBy"], row["updatedBy"]
    return StoredRecord(
        id=UUID(row["id"]),
        table=table,
        revision=row["revision"],
        created_at=datetime.fromisoformat(row["createdAt"]),
        updated_at=datetime.fromisoformat(row["updatedAt"]),
        created_by=UUID(created_by["id"]) if created_by else None,
        updated_by=UUID(updated_by["id"]) if updated_by else None,
        fields=row["fields"],
    )


def decode(text: str, number: Callable[[str], Any]) -> Any:
    """The value of a JSON text. Numbers that are not whole, or need more than 64 bits, are made by `number`, so that
    no digit is lost."""

    def whole(digits: str) -> Any:
        return int(digits) if len(digits) <= _DIGITS_OF_64_BITS else number(digits)

    return json.loads(text, parse_float=number, parse_int=whole)
