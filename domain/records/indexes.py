"""The indexes of a field whose `isIndexed` is on: one serves its order, another equality where that compares otherwise.

An order ends in the record's id, so the order's index is on (expression, id) and is read in both directions.
"""

from collections.abc import Callable
from typing import Any

from domain.errors import BadRequest
from domain.fields.contract import FieldType, Options
from domain.sql import Parameters, quote_name

Expression = Callable[[Parameters], str]


def create_indexes(table: str, field_number: int, type: FieldType[Any], options: Options) -> list[str]:
    """The statements that index a field of a table, given by its qualified name.

    Raises `BadRequest` when nothing that sorting or comparing by the type does can be read from an index: the order
    of a select depends on the order of its choices, which is not in the table.
    """
    column = f"f_{field_number}"
    order = None if type.is_computed else _constant(lambda p: type.order(column, options, p).sql)
    comparable = None if type.is_computed else _constant(lambda p: type.comparable(column, options, p))
    expressions = {"order": order, "equality": None if comparable == order else comparable}
    statements = [
        f"CREATE INDEX {quote_name(f'{column}_{purpose}')} ON {table} (({sql}) NULLS FIRST, id)"
        for purpose, sql in expressions.items()
        if sql is not None
    ]
    if not statements:
        raise BadRequest(f"A field of type {type.key.upper()} cannot be indexed.", field="isIndexed")
    return statements


def drop_indexes(schema: str, field_number: int) -> list[str]:
    """The statements that drop what `create_indexes` made; `schema` is the name of the base's PostgreSQL schema."""
    names = (quote_name(f"f_{field_number}_{purpose}") for purpose in ("order", "equality"))
    return [f"DROP INDEX IF EXISTS {quote_name(schema)}.{name}" for name in names]


def _constant(expression: Expression) -> str | None:
    """The expression, or None when it needs parameters: those cannot stand in an index."""
    parameters = Parameters()
    sql = expression(parameters)
    return None if parameters.bind(()) else sql
