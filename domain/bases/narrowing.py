"""The metadata of a base as a caller may know them who may not see, or write, all of it.

A table that is hidden hides every field elsewhere whose values are made of it: links to it, lookups and rollups through
them, formulas over those. So does a table of whose records policies hide some, but links to it: these show the records
that are seen. So does a field that is hidden; and the two fields that show the same links are one thing: who may not
read or write one of them reads or writes neither. What is left is ordinary metadata: reads, filters, searches,
histories and streams that are compiled from it know nothing else, and need no rule of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from domain.access.profile import OPEN, Profile
from domain.bases.catalog import FieldMeta, RecordRule, TableMeta
from domain.changes.dependents import fields_behind, tables_behind
from domain.fields.computed import BoundOptions
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.policies import record_rule

MAX_PROFILES: Final = 100
"""For how many profiles the metadata of a base are kept; of more, those that were made first are made again."""


def narrowed(table: TableMeta, profile: Profile) -> TableMeta:
    """The table for callers of this profile; made once for all tables of the base, and kept with its metadata.

    Who the caller is makes no other metadata: statements are told when they are run.
    """
    if profile.viewer is not None:
        return replace(narrowed(table, replace(profile, viewer=None)), profile=profile)
    assert table.access is not None  # somebody is concerned, else there was nothing to narrow
    kept = table.access.narrowed
    if profile not in kept:
        while len(kept) >= MAX_PROFILES:
            del kept[next(iter(kept))]
        kept[profile] = _base(table.siblings, profile)
    return kept[profile][table.id]


def _base(tables: Mapping[UUID, TableMeta], profile: Profile) -> Mapping[UUID, TableMeta]:
    made: dict[UUID, TableMeta] = {}
    rules = {table.id: record_rule(table, profile) for table in tables.values()}
    limited = frozenset(id for id, rule in rules.items() if rule is not None and rule.limits_reads)
    for table in tables.values():
        whole = replace(table, profile=OPEN, root=table)
        rule = rules[table.id]
        fields = tuple(field for field in table.fields if not _is_hidden(field, table, profile, limited))
        fixed = frozenset(field.id for field in fields if _is_fixed(field, profile, rules))
        made[table.id] = replace(
            whole, profile=profile, fields=fields, siblings=made, unnarrowed=whole, fixed_fields=fixed, rule=rule
        )
    return made


def _is_hidden(field: FieldMeta, table: TableMeta, profile: Profile, limited: frozenset[UUID]) -> bool:
    if profile.hidden_fields and (
        _is_broken(field, table) or not profile.hidden_fields.isdisjoint(fields_behind(field, table))
    ):
        return True
    behind = tables_behind(field, table)
    if not profile.hidden_tables.isdisjoint(behind):
        return True
    return not limited.isdisjoint(behind) and not _is_link(field, profile, limited)


def _is_link(field: FieldMeta, profile: Profile, limited: frozenset[UUID]) -> bool:
    """Whether a field shows links, of records that are seen; their titles must not be made of others, in turn.

    Other values of records of which some are not seen would tell of those, or be wrong.
    """
    if not isinstance(field.options, LinkedRecordOptions) or field.options.result is None:
        return False
    there = field.options.linked_table
    return not _is_hidden(there.primary_field, there, profile, limited)


def _is_broken(field: FieldMeta, table: TableMeta) -> bool:
    """Whether a computed field has no values: why not may name what is hidden.

    What names records does not: it is never made of what is hidden, see resolvers/data_permissions/titles.py.
    """
    if field.id == table.primary_field_id:
        return False
    return isinstance(field.options, BoundOptions) and field.options.result is None


def _is_fixed(field: FieldMeta, profile: Profile, rules: Mapping[UUID, RecordRule | None]) -> bool:
    """A link is a part of both records: one to a record that policies keep from the caller is not theirs to change."""
    if field.id in profile.fixed_fields:
        return True
    if not isinstance(field.options, LinkedRecordOptions) or field.options.result is None:
        return False
    return field.options.symmetric_field_id in profile.fixed_fields or rules[field.options.linked_table.id] is not None
