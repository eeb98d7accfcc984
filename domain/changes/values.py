"""What a change `e` says of a record's values, by the rows of its images: text expressions with JSON."""

from collections.abc import Sequence
from typing import Final

from domain.bases.catalog import FieldMeta, TableMeta
from domain.changes.dependents import stored_sources
from domain.changes.derived import Derivation
from domain.changes.selection import RecordEventType
from domain.records.rendering import json_string
from domain.records.rows import Row
from domain.records.write import Operation
from domain.sql import concat, quote_text

MUTATION_ID: Final = "coalesce('\"'||e.mutation_id||'\"', 'null')"

_TYPES: Final = " ".join(
    f"WHEN {quote_text(type.value)} THEN {quote_text(json_string(type.name))}" for type in RecordEventType
)


def type_name(operation: str) -> str:
    """The name of an operation as the log says it."""
    return f"CASE {operation} {_TYPES} END"


def previous_values(row: Row, derivations: Sequence[Derivation] = ()) -> str:
    """The values before, of the fields that changed; `null` for a new record. `row` is that of the image before."""
    return f"CASE WHEN e.before IS NULL THEN 'null' ELSE {_changed_values(row, derivations)} END"


def new_values(row: Row) -> str:
    """The values after, of the fields that changed; `null` for a deleted record. `row` is that of the image after."""
    return f"CASE WHEN e.after IS NULL THEN 'null' ELSE {_changed_values(row)} END"


def changed_fields(table: TableMeta, derivations: Sequence[Derivation] = ()) -> str:
    """The names of the fields that changed; by changes of other records, too, where it may be one of those."""
    names = [
        f"CASE WHEN {_has_changed(field, table, derivations)} THEN {quote_text(f',{json_string(field.name)}')}"
        " ELSE '' END"
        for field in table.fields
    ]
    return _joined(names, "[", "]")


def _changed_values(row: Row, derivations: Sequence[Derivation] = ()) -> str:
    values = [
        f"CASE WHEN {_has_changed(field, row.table, derivations)} THEN"
        f" {quote_text(f',{json_string(field.name)}:')}||{_json(row, field, derivations)} ELSE '' END"
        for field in row.table.fields
    ]
    return _joined(values, "{", "}")


def _json(row: Row, field: FieldMeta, derivations: Sequence[Derivation]) -> str:
    derived = [
        f" WHEN e.source = {each.number} THEN {each.previous(field)}"
        for each in derivations
        if field in each.source.fields
    ]
    return f"CASE{''.join(derived)} ELSE {row.json(field)} END" if derived else row.json(field)


def _has_changed(field: FieldMeta, table: TableMeta, derivations: Sequence[Derivation]) -> str:
    """A computed field has when what it is made of has, of its own record or of others."""
    sources = stored_sources(field, table)
    own = " OR ".join(_is_touched(source) for source in sources) or "false"
    derived = "".join(
        f" OR e.source = {each.number} AND {has_changed}"
        for each in derivations
        if (has_changed := each.has_changed(field)) is not None
    )
    return own + derived


def _is_touched(field: FieldMeta) -> str:
    """An update keeps what was there before; of a created or deleted record, the fields that have a value."""
    column = quote_text(field.column)
    return (
        f"CASE e.operation WHEN {quote_text(Operation.UPDATE.value)} THEN e.before ? {column}"
        f" ELSE coalesce(e.before, e.after)->>{column} IS NOT NULL END"
    )


def _joined(items: Sequence[str], opening: str, closing: str) -> str:
    """Items that each begin with a comma, or are empty, in brackets."""
    return f"{quote_text(opening)}||substr({concat([*items, quote_text('')])}, 2)||{quote_text(closing)}"
