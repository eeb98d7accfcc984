"""The parts of an aggregate as SQL: the keys by which records come into groups, and what is made of each group."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from domain.aggregates.query import GroupBy, Metric
from domain.bases.catalog import FieldMeta
from domain.errors import BadRequest
from domain.fields.aggregates import Aggregated, AggregateFunction, count
from domain.fields.contract import FieldType, OrderKey
from domain.fields.registry import field_type
from domain.records.columns import find_column
from domain.records.rows import Row
from domain.sql import Parameters, quote_text


@dataclass(frozen=True, slots=True)
class GroupKey:
    """A compiled key: what is equal in a group, over the record's row `r` and what `join` puts beside it."""

    sql: str
    join: str
    type: FieldType[Any]
    options: Any

    def json(self, value: str, parameters: Parameters) -> str:
        """A text expression, never NULL: the JSON of the key's value in a group."""
        empty = quote_text(self.type.empty_json_for(self.options))
        return f"coalesce({self.type.json(value, self.options, parameters)},{empty})"

    def order(self, value: str, parameters: Parameters) -> OrderKey:
        """What sorting groups by the key sorts by."""
        return self.type.order(value, self.options, parameters)


def compile_key(key: GroupBy, place: int, row: Row) -> GroupKey:
    """The key, for the rows of records; raises `BadRequest` for what does not fit the field."""
    field = find_column(row.table, key.field)
    type: FieldType[Any] = field.type
    options: Any = field.options
    sql, join = row.value(field), ""
    if key.each_item:
        item = type.item(f"i{place}.item", options)
        if item is None:
            raise BadRequest(f"Field {key.field!r} has no lists, so 'eachItem' does not fit it.", field=key.field)
        join = f" LEFT JOIN LATERAL unnest({sql}) AS i{place}(item) ON true"
        type, options, sql = item
    if key.bucket is not None:
        if key.bucket not in type.buckets(options):
            raise _does_not_fit("bucket", key.bucket, key.field, field, type.buckets(options))
        type_key, sql = type.bucket(key.bucket, key.time_zone, sql, options, row.parameters)
        type = field_type(type_key)
        options = type.parse_options({})
    return GroupKey(type.identity(sql, options, row.parameters), join, type, options)


def compile_metric(metric: Metric, row: Row) -> Aggregated:
    """The metric, over the rows of records; raises `BadRequest` for what does not fit the field."""
    if metric.field is None:
        if metric.function is not AggregateFunction.COUNT:
            raise BadRequest(f"{metric.function.value} needs a 'field'.", argument="metrics")
        return count("count(*)")
    field = find_column(row.table, metric.field)
    fitting = field.type.aggregates_for(field.options)
    aggregate = fitting.get(metric.function)
    if aggregate is None:
        raise _does_not_fit("function", metric.function, metric.field, field, fitting)
    return aggregate(field.type, row.value(field), field.options, row.parameters)


def _does_not_fit(what: str, given: Enum, name: str, field: FieldMeta, fitting: Iterable[Enum]) -> BadRequest:
    names = ", ".join(each.name for each in fitting) or "none"
    message = f"The {what} {given.name} does not fit field {name!r} of type {field.type.key.upper()}."
    return BadRequest(f"{message} These do: {names}.", field=name, **{what: given.name})
