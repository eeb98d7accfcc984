"""One change of a base's schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from domain.changes.cursor import EventCursor
from domain.changes.schema_log import SchemaEventType, SchemaObject

_BYTES_OF_EVENT = 1_000
"""Roughly; few are ever waiting."""


@dataclass(frozen=True, slots=True)
class SchemaEvent:
    """A change, with the rows of the catalog: of an update `before` has the columns that differ."""

    size: ClassVar[int] = _BYTES_OF_EVENT

    cursor: EventCursor
    object: SchemaObject
    type: SchemaEventType
    base_id: UUID
    table_id: UUID | None
    subject_id: UUID
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    actor_id: UUID | None
    mutation_id: UUID | None
    at: datetime
