"""A record as a Python object, for the resolvers that work on records one by one."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as `WHOLE_RECORD` renders it. `fields` maps the fields' ids to JSON values."""

    id: UUID
    table_id: UUID
    revision: int
    created_at: datetime
    updated_at: datetime
    created_by: UUID | None
    updated_by: UUID | None
    fields: Mapping[str, Any]


def stored_record(row: Mapping[str, Any]) -> StoredRecord:
    """From the decoded JSON of `WHOLE_RECORD`."""
    created_by, updated_by = row["createdBy"], row["updatedBy"]
    return StoredRecord(
        id=UUID(row["id"]),
        table_id=UUID(row["table"]["id"]),
        revision=row["revision"],
        created_at=datetime.fromisoformat(row["createdAt"]),
        updated_at=datetime.fromisoformat(row["updatedAt"]),
        created_by=UUID(created_by["id"]) if created_by else None,
        updated_by=UUID(updated_by["id"]) if updated_by else None,
        fields=row["fields"],
    )


def decode(text: str, number: Callable[[str], Any]) -> Any:
    """The value of a JSON text whose non-integral numbers are made by `number`, so that no digit is lost."""
    return json.loads(text, parse_float=number)
