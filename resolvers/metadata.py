"""The metadata of bases, cached in each process and tied to schema versions.

Nothing has to tell the cache of a change: whatever is compiled from its entries carries their schema version into the
statement, which answers the current one, and a stale entry is loaded again. What a transaction has changed itself and
may yet roll back is never kept here, only with that operation's context.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from weakref import WeakValueDictionary

import asyncpg
import orjson
from pydantic import ValidationError

from adapters.database import Unit
from domain.access.policies import PolicyMeta, PolicyScope
from domain.bases.catalog import BaseAccess, BaseMeta, FieldMeta, TableMeta, UniqueMeta
from domain.bases.resolution import Resolution
from domain.fields.registry import field_type

MAX_BASES = 2_000

_LOAD = """
SELECT b.id AS base_id, b.number AS base_number, b.name AS base_name, b.workspace_id, b.schema_version,
       coalesce(b.xmin::text::bigint = mod(pg_current_xact_id_if_assigned()::text::bigint, 4294967296), false)
           AS is_uncommitted,
       (SELECT array_agg(DISTINCT o.user_id) FROM role_overrides o WHERE o.base_id = b.id) AS overridden,
       EXISTS (SELECT FROM limited_bases l WHERE l.base_id = b.id AND l.user_id IS NULL) AS is_for_all,
       (SELECT json_agg(json_build_object('id', p.id, 'table_id', p.table_id, 'roles', p.roles, 'applies', p.applies,
                   'filter', p.filter) ORDER BY p.id)::text
          FROM record_policies p WHERE p.base_id = b.id) AS policies,
       t.id, t.number, t.name, t.description, t.primary_field_id,
       (SELECT array_agg(json_build_object(
                   'id', f.id, 'number', f.number, 'name', f.name, 'type', f.type, 'options', f.options,
                   'is_required', f.is_required, 'default_value', f.default_value,
                   'description', f.description, 'is_indexed', f.is_indexed,
                   'unique', (SELECT json_build_object('case_sensitive', c.case_sensitive, 'message', c.error_message)
                                FROM unique_constraints c WHERE c.field_id = f.id AND c.status <> 'DISABLED'))::text
                   ORDER BY f.position)
          FROM fields f WHERE f.table_id = t.id) AS fields
  FROM bases b JOIN tables t ON t.base_id = b.id
 WHERE b.id = (SELECT base_id FROM tables WHERE {key})
 ORDER BY t.position
"""
_BY_ID = _LOAD.format(key="id = $1")
_BY_NUMBER = _LOAD.format(key="number = $1")


class MetadataCache:
    """The bases that this process has worked with lately."""

    def __init__(self, max_bases: int = MAX_BASES) -> None:
        self._max_bases = max_bases
        self._bases: OrderedDict[UUID, BaseMeta] = OrderedDict()
        self._base_of_table: dict[UUID, UUID] = {}
        self._table_of_number: dict[int, UUID] = {}

    def table(self, key: "TableKey") -> TableMeta | None:
        """The table, if its base is here; it may be stale."""
        table_id = key.id if key.number is None else self._table_of_number.get(key.number)
        base_id = None if table_id is None else self._base_of_table.get(table_id)
        return None if base_id is None or table_id is None else self._bases[base_id].tables.get(table_id)

    def keep(self, base: BaseMeta) -> None:
        """Keep a base as it was committed, in place of what was kept of it before."""
        self.forget(base.id)
        self._bases[base.id] = base
        for table in base.tables.values():
            self._base_of_table[table.id] = base.id
            self._table_of_number[table.number] = table.id
        while len(self._bases) > self._max_bases:
            self.forget(next(iter(self._bases)))

    def forget(self, base_id: UUID) -> None:
        """Drop a base."""
        base = self._bases.pop(base_id, None)
        for table in base.tables.values() if base else ():
            self._base_of_table.pop(table.id, None)
            self._table_of_number.pop(table.number, None)


@dataclass(frozen=True, slots=True)
class TableKey:
    """A table by its id, or by the number that its records' ids carry."""

    id: UUID | None = None
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Loaded:
    """A base as the database has it. `is_uncommitted` when the caller's own transaction made this version."""

    base: BaseMeta
    is_uncommitted: bool


async def load_base(unit: Unit, key: TableKey) -> Loaded | None:
    """The base of a table, in one statement; None when there is no such table."""
    connection = unit.connection
    rows = await (connection.fetch(_BY_ID, key.id) if key.id is not None else connection.fetch(_BY_NUMBER, key.number))
    return Loaded(_base(rows), rows[0]["is_uncommitted"]) if rows else None


def _base(rows: Sequence[asyncpg.Record]) -> BaseMeta:
    first = rows[0]
    tables: dict[UUID, TableMeta] = {}
    access = _access(first)
    for row in rows:
        tables[row["id"]] = _table(row, tables, access)
    Resolution(tables).bind_all()
    return BaseMeta(
        first["base_id"],
        first["base_number"],
        first["base_name"],
        first["workspace_id"],
        first["schema_version"],
        tables,
    )


def _access(row: asyncpg.Record) -> BaseAccess | None:
    """Whom the roles and rules of a base concern; None where there are none."""
    users, is_for_all = frozenset(row["overridden"] or ()), row["is_for_all"]
    if not users and not is_for_all:
        return None
    return BaseAccess(users, is_for_all, policies=tuple(map(_policy, orjson.loads(row["policies"] or "[]"))))


def _policy(row: dict[str, Any]) -> PolicyMeta:
    roles, scope = frozenset(row["roles"]), PolicyScope(row["applies"])
    return PolicyMeta(UUID(row["id"]), UUID(row["table_id"]), roles, scope, row["filter"])


def _table(row: asyncpg.Record, siblings: Mapping[UUID, TableMeta], access: BaseAccess | None) -> TableMeta:
    return TableMeta(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        description=row["description"],
        base_id=row["base_id"],
        base_number=row["base_number"],
        base_name=row["base_name"],
        workspace_id=row["workspace_id"],
        schema_version=row["schema_version"],
        primary_field_id=row["primary_field_id"],
        fields=tuple(map(_field, row["fields"] or ())),
        siblings=siblings,
        access=access,
    )


_FIELDS: WeakValueDictionary[str, FieldMeta] = WeakValueDictionary()
"""The fields of all metadata that are in use, by what the database says of them."""


def _field(text: str) -> FieldMeta:
    """The field that the database describes so: where nothing of it has changed, the one that there is already.

    Those that are bound to others belong to one version of their base.
    """
    field = _FIELDS.get(text)
    if field is None:
        field = _new_field(orjson.loads(text))
        if not field.type.is_bound:
            _FIELDS[text] = field
    return field


def _new_field(row: dict[str, Any]) -> FieldMeta:
    type = field_type(str(row["type"]))
    options = row["options"]
    try:
        parsed = type.parse_options(options if isinstance(options, dict) else {})
    except ValidationError as error:
        raise RuntimeError(f"The stored options of field {row['id']} do not fit {type.key}: {error}") from error
    return FieldMeta(
        id=UUID(str(row["id"])),
        number=int(str(row["number"])),
        name=str(row["name"]),
        type=type,
        options=parsed,
        is_required=bool(row["is_required"]),
        default_value=row["default_value"],
        description=None if row["description"] is None else str(row["description"]),
        is_indexed=bool(row["is_indexed"]),
        unique=None if row["unique"] is None else UniqueMeta(**row["unique"]),
    )
