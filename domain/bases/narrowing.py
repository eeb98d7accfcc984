"""The metadata of a base as a caller may know them who may not see all of it.

A table that is hidden hides every field elsewhere whose values are made of it: links to it, lookups and rollups through
them, formulas over those. So does a table of whose records policies hide some, but links to it: these show the records
that are seen. What is left is ordinary metadata: reads, filters, searches, histories and streams that are compiled from
it know nothing else, and need no rule of their own.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final
from uuid import UUID

from domain.access.profile import OPEN, Profile
from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.dependents import tables_behind
from domain.fields.types.linked_record import LinkedRecordOptions
from domain.records.policies import record_rule

MAX_PROFILES: Final = 100
"""For how many profiles the metadata of a base are kept; of more, those that were made first are made again."""


def narrowed(table: TableMeta, profile: Profile) -> TableMeta:
    """The table for callers of this profile; made once for all tables of the base, and kept with its metadata."""
    assert table.access is not None  # somebody's role is another one, else there was nothing to narrow
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
        fields = tuple(field for field in table.fields if not _is_hidden(field, table, profile, limited))
        rule = rules[table.id]
        made[table.id] = replace(whole, profile=profile, fields=fields, siblings=made, unnarrowed=whole, rule=rule)
    return made


def _is_hidden(field: FieldMeta, table: TableMeta, profile: Profile, limited: frozenset[UUID]) -> bool:
    """A value of records of which some are not seen would tell of those, or be a wrong one; links show the others."""
    behind = tables_behind(field, table)
    if not profile.hidden_tables.isdisjoint(behind):
        return True
    if not isinstance(field.options, LinkedRecordOptions):
        return not limited.isdisjoint(behind)
    there = field.options.linked_table
    return field.options.result is not None and _is_hidden(there.primary_field, there, profile, limited)
