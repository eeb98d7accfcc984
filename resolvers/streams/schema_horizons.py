"""What of a base's changes somebody may see whose role is another one somewhere in the base."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from adapters.database import Unit
from domain.changes.schema_log import SchemaObject
from domain.fields.registry import field_type
from resolvers.metadata import TableKey, load_base
from resolvers.narrowing import for_user
from resolvers.streams.schema_event import SchemaEvent

# What was hidden stays hidden when it is deleted: an override outlives its table and its view.
_HIDDEN: Final = """
SELECT o.user_id,
       ARRAY(SELECT t.id FROM tables t WHERE t.base_id = $1
              AND NOT EXISTS (SELECT FROM table_members m WHERE m.table_id = t.id AND m.user_id = o.user_id))
         || coalesce(array_agg(o.table_id) FILTER (WHERE o.role = 'NONE' AND o.view_id IS NULL
                     AND o.table_id IS NOT NULL), '{}') AS tables,
       coalesce(array_agg(o.view_id) FILTER (WHERE o.role = 'NONE' AND o.view_id IS NOT NULL), '{}') AS views
  FROM role_overrides o JOIN base_members b ON b.base_id = o.base_id AND b.user_id = o.user_id
 WHERE o.base_id = $1 AND o.user_id = ANY($2::uuid[]) AND b.role NOT IN ('OWNER', 'ADMIN')
 GROUP BY o.user_id
"""
_OF_VIEWS: Final = ("name", "type", "position", "is_locked", "owner_id")
"""What changes of views tell those who may not see every field that a view may name."""


@dataclass(frozen=True, slots=True)
class SchemaHorizon:
    """The tables and views that are hidden from a user, and the fields of the base that are not."""

    tables: frozenset[UUID]
    views: frozenset[UUID]
    fields: frozenset[UUID]

    def shown(self, event: SchemaEvent) -> SchemaEvent | None:
        """What the user may see of a change; None for nothing."""
        if event.table_id in self.tables:
            return None
        match event.object:
            case SchemaObject.FIELD:
                return event if self._shows_field(event) else None
            case SchemaObject.VIEW if event.subject_id in self.views:
                return None
            case SchemaObject.VIEW:
                return replace(event, before=_open(event.before), after=_open(event.after))
        return event

    def _shows_field(self, event: SchemaEvent) -> bool:
        """A field that is gone, or was of another type, is shown where its values could be made of no other table."""
        rows = [row for row in (event.before, event.after) if row is not None and "type" in row]
        is_own = not any(field_type(row["type"]).is_bound for row in rows)
        return is_own or (event.subject_id in self.fields and "type" not in (event.before or {}))


def _open(row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if row is None else {name: row[name] for name in _OF_VIEWS if name in row}


async def horizons_of(unit: Unit, base_id: UUID, user_ids: Sequence[UUID]) -> Mapping[UUID, SchemaHorizon]:
    """What those of the users may see of a base whose role is another one somewhere in it."""
    rows = await unit.connection.fetch(_HIDDEN, base_id, list(set(user_ids)))
    found = {}
    for row in rows:
        fields = await _fields(unit, base_id, row["user_id"])
        found[row["user_id"]] = SchemaHorizon(frozenset(row["tables"]), frozenset(row["views"]), fields)
    return found


async def _fields(unit: Unit, base_id: UUID, user_id: UUID) -> frozenset[UUID]:
    """The fields of a base that the user may see."""
    table_id = await unit.connection.fetchval("SELECT id FROM tables WHERE base_id = $1 LIMIT 1", base_id)
    loaded = None if table_id is None else await load_base(unit, TableKey(id=table_id))
    if loaded is None:
        return frozenset()
    table = await for_user(unit, loaded.base.tables[table_id], user_id)
    return frozenset(field.id for each in table.siblings.values() for field in each.fields)
