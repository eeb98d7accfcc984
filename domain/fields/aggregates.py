"""The functions that make one value of many, and their common meanings in SQL; a field type picks a set of them.

All of them pass over empty values, but those that count them. Sums, averages and medians are of numbers, exactly: an
average has at least 16 digits, all others every one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from domain.fields.operators import FilterOperator
from domain.sql import Convert, Parameters

if TYPE_CHECKING:
    from domain.fields.contract import FieldType


class AggregateFunction(Enum):
    """What is made of the values that the records of a group have in a field."""

    COUNT = "COUNT"
    FILLED = "FILLED"
    EMPTY = "EMPTY"
    DISTINCT = "DISTINCT"
    SUM = "SUM"
    AVG = "AVG"
    MIN = "MIN"
    MAX = "MAX"
    MEDIAN = "MEDIAN"


class Bucket(Enum):
    """The spans of the calendar into which days and moments can be put; each value is PostgreSQL's name for it."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Aggregated:
    """An SQL aggregate over records, its type (it round-trips through text, for cursors), and how it becomes JSON.

    `json` makes a text expression of an expression with the aggregate's value; NULL where there is none.
    """

    sql: str
    type: str
    json: Callable[[str], str]


Aggregate = Callable[["FieldType[Any]", str, Any, Parameters], Aggregated]
"""From a field's type, its value as an SQL expression, and its options."""
Aggregates = Mapping[AggregateFunction, Aggregate]


@dataclass(frozen=True, slots=True)
class _NoOperand:
    """Stands for the operand of an operator that takes none."""

    is_null: bool = True

    def bind(self, convert: Convert, type: str) -> str:
        raise AssertionError("IS_EMPTY takes no operand")


def number(sql: str) -> Aggregated:
    """A numeric aggregate, whose JSON has no zeros behind the last digit."""
    return Aggregated(sql, "numeric", lambda value: f"trim_scale({value})::text")


def count(sql: str) -> Aggregated:
    """A whole number of records or values."""
    return Aggregated(sql, "bigint", lambda value: f"{value}::text")


def _empty(type: "FieldType[Any]", column: str, options: Any, parameters: Parameters) -> Aggregated:
    is_empty = type.condition(FilterOperator.IS_EMPTY, column, _NoOperand(), options, parameters)
    return count(f"count(*) FILTER (WHERE ({is_empty}) IS TRUE)")


def _filled(type: "FieldType[Any]", column: str, options: Any, parameters: Parameters) -> Aggregated:
    is_empty = type.condition(FilterOperator.IS_EMPTY, column, _NoOperand(), options, parameters)
    return count(f"count(*) FILTER (WHERE ({is_empty}) IS NOT TRUE)")


def _distinct(type: "FieldType[Any]", column: str, options: Any, parameters: Parameters) -> Aggregated:
    return count(f"count(DISTINCT {type.identity(column, options, parameters)})")


def _of_quantity(function: str) -> Aggregate:
    def aggregate(type: "FieldType[Any]", column: str, options: Any, parameters: Parameters) -> Aggregated:
        return number(f"{function}({type.quantity(column, options)})")

    return aggregate


def _median(type: "FieldType[Any]", column: str, options: Any, parameters: Parameters) -> Aggregated:
    """The middle one, or halfway between the two in the middle; PostgreSQL's own, percentile_cont, has but doubles."""
    value = type.quantity(column, options)
    middle = [f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {value}{way})" for way in ("", " DESC")]
    return number(f"({' + '.join(middle)}) * 0.5")


def _extreme(function: str) -> Aggregate:
    """The least or the greatest value of all, as a record has it."""

    def aggregate(type: "FieldType[Any]", column: str, options: Any, parameters: Parameters) -> Aggregated:
        return Aggregated(
            f"{function}({column})",
            type.column_type_for(options),
            lambda value: type.json(value, options, parameters),
        )

    return aggregate


COUNTING: Final[Aggregates] = {
    AggregateFunction.COUNT: _filled,
    AggregateFunction.FILLED: _filled,
    AggregateFunction.EMPTY: _empty,
    AggregateFunction.DISTINCT: _distinct,
}
"""What fits every type."""
EXTREMES: Final[Aggregates] = {
    **COUNTING,
    AggregateFunction.MIN: _extreme("min"),
    AggregateFunction.MAX: _extreme("max"),
}
"""What fits a type whose column has an order that means something."""
NUMERIC: Final[Aggregates] = {
    **EXTREMES,
    AggregateFunction.SUM: _of_quantity("sum"),
    AggregateFunction.AVG: _of_quantity("avg"),
    AggregateFunction.MEDIAN: _median,
}
"""What fits a type that measures something: `quantity` says how much."""
