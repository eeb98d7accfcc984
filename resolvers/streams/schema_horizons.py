"""What of a base's changes somebody may see whom its roles or rules concern."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from adapters.database import Unit
from domain.bases.catalog import TableMeta
from domain.bases.narrowing import narrowed
from domain.changes.schema_log import SchemaObject
from domain.fields.registry import field_type
from resolvers.metadata import TableKey, load_base
from resolvers.narrowing import profiles_of
from resolvers.streams.schema_event import SchemaEvent

# What was hidden stays hidden when it is deleted: an override outlives its table and its view, a permission its field.
_HIDDEN: Final = """
SELECT b.user_id,
       ARRAY(SELECT t.id FROM tables t WHERE t.base_id = $1
              AND NOT EXISTS (SELECT FROM table_members m WHERE m.table_id = t.id AND m.user_id = b.user_id))
         || coalesce(array_agg(o.table_id) FILTER (WHERE o.role = 'NONE' AND o.view_id IS NULL
                     AND o.table_id IS NOT NULL), '{}') AS tables,
       coalesce(array_agg(o.view_id) FILTER (WHERE o.role = 'NONE' AND o.view_id IS NOT NULL), '{}') AS views,
       ARRAY(SELECT p.field_id FROM field_permissions p
               LEFT JOIN table_members m ON m.table_id = p.table_id AND m.user_id = b.user_id
              WHERE p.base_id = $1 AND p.read_role IS NOT NULL
                AND NOT coalesce(role_rank(m.role) <= role_rank(p.read_role), false)) AS fields
  FROM base_members b LEFT JOIN role_overrides o ON o.base_id = b.base_id AND o.user_id = b.user_id
 WHERE b.base_id = $1 AND b.user_id = ANY($2::uuid[]) AND b.role NOT IN ('OWNER', 'ADMIN')
   AND EXISTS (SELECT FROM limited_bases l WHERE l.base_id = $1 AND (l.user_id = b.user_id OR l.user_id IS NULL))
 GROUP BY b.user_id
"""
_OF_VIEWS: Final = ("name", "type", "position", "is_locked", "owner_id")
"""What changes of views tell those who may not see every field that a view may name."""


@dataclass(frozen=True, slots=True)
class SchemaHorizon:
    """The tables, views and fields that are hidden from a user, and the fields of the base that are not."""

    tables: frozenset[UUID]
    views: frozenset[UUID]
    hidden_fields: frozenset[UUID]
    """Whether or not they are there; not those that are made of them, or of hidden tables."""
    fields: frozenset[UUID]

    def shown(self, event: SchemaEvent) -> SchemaEvent | None:
        """What the user may see of a change; None for nothing."""
        if event.table_id in self.tables:
            return None
        match event.object:
            case SchemaObject.FIELD:
                return event if self._shows_field(event) else None
            case SchemaObject.CONSTRAINT if _field_of(event) in self.hidden_fields:
                return None
            case SchemaObject.VIEW if event.subject_id in self.views:
                return None
            case SchemaObject.VIEW:
                return replace(event, before=_open(event.before), after=_open(event.after))
        return event

    def _shows_field(self, event: SchemaEvent) -> bool:
        """A field that is gone, or was of another type, is shown where its values could be made of no other table."""
        if event.subject_id in self.hidden_fields:
            return False
        rows = [row for row in (event.before, event.after) if row is not None and "type" in row]
        is_own = not any(field_type(row["type"]).is_bound for row in rows)
        return is_own or (event.subject_id in self.fields and "type" not in (event.before or {}))


def _field_of(constraint: SchemaEvent) -> UUID | None:
    row = constraint.after or constraint.before or {}
    return UUID(row["field_id"]) if "field_id" in row else None


def _open(row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    return None if row is None else {name: row[name] for name in _OF_VIEWS if name in row}


async def horizons_of(unit: Unit, base_id: UUID, user_ids: Sequence[UUID]) -> Mapping[UUID, SchemaHorizon]:
    """What those of the users may see of a base whom its roles or rules concern; a few statements for all of them."""
    rows = await unit.connection.fetch(_HIDDEN, base_id, list(set(user_ids)))
    fields = await _fields(unit, base_id, [row["user_id"] for row in rows])
    found = {}
    for row in rows:
        tables, views, hidden = (frozenset[UUID](row[name]) for name in ("tables", "views", "fields"))
        found[row["user_id"]] = SchemaHorizon(tables, views, hidden, fields[row["user_id"]])
    return found


async def _fields(unit: Unit, base_id: UUID, user_ids: Sequence[UUID]) -> Mapping[UUID, frozenset[UUID]]:
    """The fields of a base that each of the users may see."""
    if not user_ids:
        return {}
    table_id = await unit.connection.fetchval("SELECT id FROM tables WHERE base_id = $1 LIMIT 1", base_id)
    loaded = None if table_id is None else await load_base(unit, TableKey(id=table_id))
    if loaded is None:
        return dict.fromkeys(user_ids, frozenset())
    table = loaded.base.tables[table_id]
    profiles = await profiles_of(unit, table, user_ids)
    shown = {each: _fields_of(narrowed(table, each)) for each in set(profiles.values())}
    return {id: shown[profiles[id]] if id in profiles else _fields_of(table) for id in user_ids}


def _fields_of(table: TableMeta) -> frozenset[UUID]:
    return frozenset(field.id for each in table.siblings.values() for field in each.fields)
