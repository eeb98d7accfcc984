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

    The order of a select has no index, since it depends on the order of the choices, which is not in the table.
    Raises `BadRequest` for types whose values are compared as lists or documents, and for computed ones.
    """
    if not is_indexable(type, options):
        raise BadRequest(f"A field of type {type.key.upper()} cannot be indexed.", field="isIndexed")
    column = f"f_{field_number}"
    order = constant_sql(lambda p: type.order(column, options, p).sql)
    comparable = constant_sql(lambda p: type.comparable(column, options, p))
    expressions = {"order": order, "equality": None if comparable == order else comparable}
    return [
        f"CREATE INDEX {quote_name(f'{column}_{purpose}')} ON {table} (({sql}) NULLS FIRST, id)"
        for purpose, sql in expressions.items()
        if sql is not None
    ]


def is_indexable(type: FieldType[Any], options: Options) -> bool:
    """Whether values are stored and compared as single ones, rather than as lists or documents."""
    comparable_type = type.comparable_type_for(options)
    return not (type.is_computed or comparable_type == "jsonb" or comparable_type.endswith("[]"))


def drop_indexes(schema: str, field_number: int) -> list[str]:
    """The statements that drop what `create_indexes` made; `schema` is the name of the base's PostgreSQL schema."""
    names = (quote_name(f"f_{field_number}_{purpose}") for purpose in ("order", "equality"))
    return [f"DROP INDEX IF EXISTS {quote_name(schema)}.{name}" for name in names]


def constant_sql(expression: Expression) -> str | None:
    """The expression, or None when it needs parameters: those cannot stand in an index."""
    parameters = Parameters()
    sql = expression(parameters)
    return None if parameters.bind(()) else sql
