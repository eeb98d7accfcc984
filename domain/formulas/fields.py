"""A table's fields as formulas see them; values that have no type of their own there are the texts that people read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from domain.fields.computed import BoundOptions, Result, result_of
from domain.formulas.contract import Environment, Fragment
from domain.formulas.typed import Source
from domain.formulas.types import Kind, Type

if TYPE_CHECKING:
    from domain.bases.catalog import FieldMeta
    from domain.records.rows import Row

_KINDS: Final[Mapping[str, Kind]] = {
    "numeric": Kind.NUMBER,
    "smallint": Kind.NUMBER,
    "integer": Kind.NUMBER,
    "bigint": Kind.NUMBER,
    "boolean": Kind.BOOLEAN,
    "date": Kind.DATE,
    "timestamptz": Kind.DATETIME,
    "interval": Kind.DURATION,
}
"""By the type of the column; all others are texts."""


class InlineOptions(BoundOptions):
    """Options of a field whose expression may become a part of another formula as it is."""

    def fragment(self, row: "Row", field: "FieldMeta") -> Fragment:
        """The value over a row, with its error."""
        raise NotImplementedError(field.name)


def field_source(field: "FieldMeta") -> Source:
    """A bound field as formulas see it; raises `Unresolved` for one that has no values."""
    result = result_of(field)
    one = result.type.column_type_for(result.options)
    type = Type(_KINDS.get(one, Kind.TEXT), is_array=result.is_list)

    def fragment(environment: Environment) -> Fragment:
        if isinstance(field.options, InlineOptions):
            made = field.options.fragment(environment.row, field)
        elif result.is_list:
            made = _list(field, result, type, environment)
        else:
            made = _one(field, type, environment)
        environment.spend(len(made.sql) + len(made.error or ""))
        return made

    return Source(field.id, field.name, type, fragment)


def _one(field: "FieldMeta", type: Type, environment: Environment) -> Fragment:
    value = environment.row.value(field)
    is_column = field.type.has_column(field.options)
    match type.kind:
        case Kind.TEXT:
            text = environment.row.text(field)
            is_plain = is_column and text == value
            return Fragment(type, text, is_atom=is_plain, is_immutable=is_plain, has_subquery=not is_plain)
        case Kind.DURATION:
            sql = f"extract(epoch FROM {value})"
        case Kind.NUMBER:
            sql = f"{value}::numeric"
        case _:
            sql = value
    is_atom = is_column and type.kind is not Kind.DURATION
    return Fragment(type, sql, is_atom=is_atom, is_immutable=is_column, has_subquery=not is_column)


def _list(field: "FieldMeta", result: Result, type: Type, environment: Environment) -> Fragment:
    value = environment.row.value(field)
    match type.kind:
        case Kind.TEXT:
            text = result.type.text("e.v", result.options, environment.row.parameters)
            sql = value if text == "e.v" else _each(value, text)
        case Kind.DURATION:
            sql = _each(value, "extract(epoch FROM e.v)")
        case Kind.NUMBER:
            sql = f"{value}::numeric[]"
        case _:
            sql = value
    return Fragment(type, sql, is_immutable=False, has_subquery=True)


def _each(array: str, item: str) -> str:
    return f"ARRAY(SELECT {item} FROM unnest({array}) WITH ORDINALITY e(v, n) ORDER BY e.n)"
