"""The functions of rollup fields: which values each takes, what it gives, and its SQL over the linked values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final

from domain.fields.computed import Result
from domain.fields.linked_values import LinkedValues
from domain.fields.registry import field_type
from domain.sql import Parameters, quote_text


class RollupFunction(Enum):
    """What a rollup makes of the linked values."""

    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    COUNT = "count"
    COUNTA = "counta"
    COUNTALL = "countall"
    AND = "and"
    OR = "or"
    XOR = "xor"
    ARRAY_UNIQUE = "array_unique"
    ARRAY_COMPACT = "array_compact"
    ARRAY_JOIN = "array_join"
    FIRST = "first"
    LAST = "last"
    MEDIAN = "median"
    EARLIEST = "earliest"
    LATEST = "latest"

    @classmethod
    def _missing_(cls, value: object) -> "RollupFunction | None":
        """The function in capitals, as GraphQL writes those of `aggregate`."""
        return cls._value2member_map_.get(value.lower()) if isinstance(value, str) else None  # type: ignore[return-value]


@dataclass(frozen=True, slots=True)
class Rolled:
    """The linked values of a rollup: `item` is what one is like, and the array that a list of them would be."""

    values: LinkedValues
    item: Result
    array: Result
    separator: str
    parameters: Parameters

    @property
    def v(self) -> str:
        """The expression of one value."""
        return self.values.value

    def select(self, aggregate: str) -> str:
        """An aggregate over all values; over those of each record, with its id, where they are of several."""
        owner = self.values.owner
        if owner is None:
            return f"SELECT {aggregate} FROM {self.values.source}"
        return f"SELECT {owner} AS id, {aggregate} AS v FROM {self.values.source} GROUP BY {owner}"


@dataclass(frozen=True, slots=True)
class Function:
    """One function. `result` is None where the values do not fit; `takes` says in words which do."""

    takes: str
    result: Callable[[Result, Result], Result | None]
    sql: Callable[[Rolled], str]
    description: str
    of_nothing: str | None = "NULL"
    """The value of a record without links; None for functions that are not plain aggregates (see `Rolled.select`)."""


_NUMBERS: Final = ("numeric", "bigint", "integer")
_AMOUNTS: Final = ("number", "currency", "percent", "duration")
"""The types that a sum has which the values have."""


def _plain(key: str) -> Result:
    type = field_type(key)
    return Result(type, type.parse_options({}))


def _measure(item: Result, array: Result) -> Result | None:
    """Of numbers and durations their own type, or a number where the type is of whole numbers only."""
    if item.type.key in _AMOUNTS:
        return item
    return _plain("number") if item.column_type in _NUMBERS else None


def _average(item: Result, array: Result) -> Result | None:
    """A number may have more decimals than its field allows; a currency's are shown all the same."""
    measure = _measure(item, array)
    return _plain("number") if measure is not None and measure.column_type in _NUMBERS else measure


def _ordered(item: Result, array: Result) -> Result | None:
    return item if item.column_type in (*_NUMBERS, "interval", "date", "timestamptz") else None


def _moment(item: Result, array: Result) -> Result | None:
    return item if item.column_type in ("date", "timestamptz") else None


def _always(key: str) -> Callable[[Result, Result], Result | None]:
    return lambda _item, _array: _plain(key)


def _one(item: Result, array: Result) -> Result | None:
    return None if array.is_array and not array.is_list else item


def _list(item: Result, array: Result) -> Result | None:
    return array


def _is_duration(rolled: Rolled) -> bool:
    return rolled.item.column_type == "interval"


def _sum(rolled: Rolled) -> str:
    return rolled.select(f"sum({rolled.v})" if _is_duration(rolled) else f"sum({rolled.v}::numeric)")


def _avg(rolled: Rolled) -> str:
    return rolled.select(f"avg({rolled.v})" if _is_duration(rolled) else f"trim_scale(avg({rolled.v}::numeric))")


def _median(rolled: Rolled) -> str:
    """The middle value, or what is halfway between the two in the middle; exact, as percentile_cont is not."""
    low, high = (f"percentile_disc(0.5) WITHIN GROUP (ORDER BY {rolled.v}{way})" for way in ("", " DESC"))
    if _is_duration(rolled):
        return rolled.select(f"({low} + {high}) / 2")
    return rolled.select(f"trim_scale(({low} + {high})::numeric / 2)")


def _min(rolled: Rolled) -> str:
    return rolled.select(f"min({rolled.v})")


def _max(rolled: Rolled) -> str:
    return rolled.select(f"max({rolled.v})")


def _count(rolled: Rolled) -> str:
    return rolled.select(f"count({rolled.v})::numeric")


def _count_all(rolled: Rolled) -> str:
    return rolled.select("count(*)::numeric")


def _truth(rolled: Rolled) -> str:
    """Whether a value counts as true: it is there, and is neither false, nor 0, nor empty."""
    empty = {"boolean": "false", "text": "''", "interval": "'0'::interval", **dict.fromkeys(_NUMBERS, "0")}
    of = empty.get(rolled.item.column_type)
    return f"({rolled.v} IS NOT NULL)" if of is None else f"coalesce({rolled.v} <> {of}, false)"


def _and(rolled: Rolled) -> str:
    return rolled.select(f"coalesce(bool_and({_truth(rolled)}), false)")


def _or(rolled: Rolled) -> str:
    return rolled.select(f"coalesce(bool_or({_truth(rolled)}), false)")


def _xor(rolled: Rolled) -> str:
    return rolled.select(f"count(*) FILTER (WHERE {_truth(rolled)}) % 2 = 1")


def _join(rolled: Rolled) -> str:
    text = rolled.item.type.text(rolled.v, rolled.item.options, rolled.parameters)
    return rolled.select(f"string_agg({text}, {quote_text(rolled.separator)} ORDER BY {rolled.values.order})")


def _compact(rolled: Rolled) -> str:
    return f"{rolled.select(f'array_agg({rolled.v} ORDER BY {rolled.values.order})')} WHERE {rolled.v} IS NOT NULL"


def _unique(rolled: Rolled) -> str:
    return rolled.values.set()


def _first(rolled: Rolled) -> str:
    return rolled.values.one()


def _last(rolled: Rolled) -> str:
    return rolled.values.one(last=True)


_ANY: Final = "values of any type"
_MEASURES: Final = "numbers or durations"
_RANGES: Final = "numbers, durations or dates"
_NUMBER: Final = _always("number")
_CHECKBOX: Final = _always("checkbox")

FUNCTIONS: Final[Mapping[RollupFunction, Function]] = {
    RollupFunction.SUM: Function(_MEASURES, _measure, _sum, "The sum; empty where there are no values."),
    RollupFunction.AVG: Function(_MEASURES, _average, _avg, "The average of the values that are there."),
    RollupFunction.MIN: Function(_RANGES, _ordered, _min, "The smallest value."),
    RollupFunction.MAX: Function(_RANGES, _ordered, _max, "The largest value."),
    RollupFunction.COUNT: Function(_ANY, _NUMBER, _count, "How many values there are that are not empty.", "0"),
    RollupFunction.COUNTA: Function(_ANY, _NUMBER, _count, "The same as count.", "0"),
    RollupFunction.COUNTALL: Function(_ANY, _NUMBER, _count_all, "How many values, empty ones included.", "0"),
    RollupFunction.AND: Function(_ANY, _CHECKBOX, _and, "Whether all values are true; not of none.", "false"),
    RollupFunction.OR: Function(_ANY, _CHECKBOX, _or, "Whether any value is true.", "false"),
    RollupFunction.XOR: Function(_ANY, _CHECKBOX, _xor, "Whether an odd number of values is true.", "false"),
    RollupFunction.ARRAY_UNIQUE: Function(_ANY, _list, _unique, "The values that are not empty, each once.", None),
    RollupFunction.ARRAY_COMPACT: Function(_ANY, _list, _compact, "The values that are not empty.", None),
    RollupFunction.ARRAY_JOIN: Function(
        _ANY, _always("long_text"), _join, "The values as one text, with the option `separator` between them."
    ),
    RollupFunction.FIRST: Function("fields of one value each", _one, _first, "Of the first linked record.", None),
    RollupFunction.LAST: Function("fields of one value each", _one, _last, "Of the last linked record.", None),
    RollupFunction.MEDIAN: Function(_MEASURES, _average, _median, "The value in the middle."),
    RollupFunction.EARLIEST: Function("dates", _moment, _min, "The first date."),
    RollupFunction.LATEST: Function("dates", _moment, _max, "The last date."),
}
