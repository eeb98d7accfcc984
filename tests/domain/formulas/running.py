"""Formulas run by a real PostgreSQL, over a row that a test makes."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID, uuid5

import asyncpg

from domain.bases.catalog import FieldMeta, TableMeta
from domain.formulas.checking import check
from domain.formulas.compile import Compiled, compile_formula
from domain.formulas.contract import Environment, ErrorValue, Fragment
from domain.formulas.grammar import parse
from domain.formulas.typed import Application, Constant, FieldValue, Source, Typed
from domain.formulas.types import SQL_TYPES, Kind, Type
from domain.records.rows import Row
from domain.sql import Parameters, quote_name, quote_text

RECORD = {
    "id": "'0191f0e5-0000-8000-8000-000000000001'::uuid",
    "created_at": "'2024-05-31T10:00:00Z'::timestamptz",
    "updated_at": "'2024-06-01T12:00:00Z'::timestamptz",
}
"""What every record has beside its fields."""
RECORD_COLUMNS = "id uuid, created_at timestamptz, updated_at timestamptz"
_NAMESPACE = UUID("0191f0e5-0000-7000-8000-000000000000")


def source(name: str, kind: Kind, *, is_array: bool = False) -> Source:
    """A field whose column has its own name."""
    type = Type(kind, is_array)

    def fragment(environment: Environment) -> Fragment:
        return Fragment(type, f"{environment.alias}.{quote_name(name)}", is_atom=True)

    return Source(uuid5(_NAMESPACE, name), name, type, fragment)


def environment(alias: str = "r", zone: str = "UTC") -> Environment:
    """What formulas over a row are compiled for; its fields are sources that know their own columns."""
    return Environment(Row(alias, table_of(), Parameters()), zone)


def table_of(*fields: FieldMeta) -> TableMeta:
    """A table with these fields."""
    return TableMeta(_NAMESPACE, 1, "Table", None, _NAMESPACE, 1, "Base", _NAMESPACE, 1, _NAMESPACE, fields)


def compiled(formula: str, *sources: Source, zone: str = "UTC") -> Compiled:
    """A formula over these fields, whose row is called `r`."""
    by_name = {each.name: each for each in sources}
    return compile_formula(check(parse(formula), by_name.get), environment(zone=zone))


def definition(field: Source) -> str:
    """The definition of the field's column."""
    return f"{quote_name(field.name)} {SQL_TYPES[field.type.kind]}{'[]' if field.type.is_array else ''}"


def row(sources: Mapping[Source, str]) -> str:
    """The SQL of a row `r`; each field has its value as an SQL literal."""
    columns = [
        f"{value}::{SQL_TYPES[field.type.kind]}{'[]' if field.type.is_array else ''} AS {quote_name(field.name)}"
        for field, value in sources.items()
    ]
    return f"(SELECT {', '.join([*(f'{value} AS {name}' for name, value in RECORD.items()), *columns])} OFFSET 0) r"


def lifted(node: Typed, found: dict[Source, str]) -> Typed:
    """The formula with a field in place of each literal, whose value goes to `found`."""
    if isinstance(node, Constant) and node.value is not None:
        field = source(f"c{len(found)}", node.type.kind)
        value = quote_text(node.value) if isinstance(node.value, str) else str(node.value)
        found[field] = value
        return FieldValue(field, node.place)
    if isinstance(node, Application):
        literals = [
            node.function.parameters and node.function.parameter(i).is_literal for i in range(len(node.arguments))
        ]
        arguments = [
            each if literal else lifted(each, found) for each, literal in zip(node.arguments, literals, strict=True)
        ]
        return replace(node, arguments=tuple(arguments))
    return node


async def evaluate(
    pg: asyncpg.Connection, formula: str, sources: Mapping[Source, str] | None = None, *, zone: str = "UTC"
) -> object:
    """The value of a formula, or its `ErrorValue`."""
    given = sources or {}
    return await run(pg, compiled(formula, *given, zone=zone), given)


async def run(pg: asyncpg.Connection, made: Compiled, given: Mapping[Source, str]) -> object:
    """The value of a compiled formula over a row, or its `ErrorValue`."""
    value, error = await pg.fetchrow(f"SELECT {made.value}, {made.error or 'NULL::text'} FROM {row(given)}")
    assert value is None or error is None
    return value if error is None else ErrorValue(error)
