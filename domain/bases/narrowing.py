"""The metadata of a base as a caller may know them who may not see, or write, all of it.

A table that is hidden hides every field elsewhere whose values are made of it: links to it, lookups and rollups through
them, formulas over those. So does a field that is hidden; and the two fields that show the same links are one thing:
who may not read or write one of them reads or writes neither. What is left is ordinary metadata: reads, filters,
searches, histories and streams that are compiled from it know nothing else, and need no rule of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from domain.access.profile import OPEN, Profile
from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.dependents import fields_behind, tables_behind
from domain.fields.computed import BoundOptions
from domain.fields.types.linked_record import LinkedRecordOptions

MAX_PROFILES: Final = 100
"""For how many profiles the metadata of a base are kept; of more, those that were made first are made again."""


def narrowed(table: TableMeta, profile: Profile) -> TableMeta:
    """The table for callers of this profile; made once for all tables of the base, and kept with its metadata."""
    assert table.access is not None  # somebody is concerned, else there was nothing to narrow
    kept = table.access.narrowed
    if profile not in kept:
        while len(kept) >= MAX_PROFILES:
            del kept[next(iter(kept))]
        kept[profile] = _base(table.siblings, profile)
    return kept[profile][table.id]


def _base(tables: Mapping[UUID, TableMeta], profile: Profile) -> Mapping[UUID, TableMeta]:
    made: dict[UUID, TableMeta] = {}
    for table in tables.values():
        whole = replace(table, profile=OPEN, root=table)
        fields = tuple(field for field in table.fields if not _is_hidden(field, table, profile))
        fixed = frozenset(field.id for field in fields if _is_fixed(field, profile))
        made[table.id] = replace(
            whole, profile=profile, fields=fields, siblings=made, unnarrowed=whole, fixed_fields=fixed
        )
    return made


def _is_hidden(field: FieldMeta, table: TableMeta, profile: Profile) -> bool:
    if profile.hidden_fields and (
        _is_broken(field) or not profile.hidden_fields.isdisjoint(fields_behind(field, table))
    ):
        return True
    return not profile.hidden_tables.isdisjoint(tables_behind(field, table))


def _is_broken(field: FieldMeta) -> bool:
    """Whether a computed field has no values: why not may name what is hidden."""
    return isinstance(field.options, BoundOptions) and field.options.result is None


def _is_fixed(field: FieldMeta, profile: Profile) -> bool:
    other = field.options.symmetric_field_id if isinstance(field.options, LinkedRecordOptions) else None
    return field.id in profile.fixed_fields or other in profile.fixed_fields
