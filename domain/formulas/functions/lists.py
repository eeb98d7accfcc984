"""Functions that make one number of many values, single ones and arrays."""

from collections.abc import Callable
from typing import Final

from domain.formulas.contract import Environment, ErrorValue, Example, Fragment, Function, Parameter, Result
from domain.formulas.operators import total
from domain.formulas.types import Kind, Type
from domain.sql import quote_text

TITLE: Final = "Numbers"

_NUMBERS: Final = (Parameter("number", Kind.NUMBER, repeats=True, is_list=True),)
_ANYTHING: Final = (Parameter("value", repeats=True, is_list=True),)


def _each(
    values: tuple[Fragment, ...], single: Callable[[Fragment], str], array: Callable[[Fragment], str]
) -> list[str]:
    return [array(value) if value.type.is_array else single(value) for value in values]


def _result(sql: str, values: tuple[Fragment, ...]) -> Result:
    return Result(sql, has_subquery=any(value.type.is_array for value in values))


def _inside(value: Fragment, aggregate: str) -> str:
    return f"(SELECT {aggregate} FROM unnest({value}) AS item)"


def _sums(values: tuple[Fragment, ...]) -> str:
    return total(_each(values, lambda v: f"coalesce({v}, 0)", lambda v: f"coalesce({_inside(v, 'sum(item)')}, 0)"))


def _counts(values: tuple[Fragment, ...]) -> str:
    return total(_each(values, lambda v: f"num_nonnulls({v})", lambda v: _inside(v, "count(item)")))


def _sum(_: Environment, *values: Fragment) -> Result:
    return _result(_sums(values), values)


def _average(environment: Environment, *values: Fragment) -> Result:
    # Each sum holds a value once and each count once more, so the values are bound.
    def sql(*names: str) -> Result:
        bound = tuple(Fragment(v.type, name) for v, name in zip(values, names, strict=True))
        count = _counts(bound)
        return Result(
            f"({_sums(bound)} / nullif({count}, 0))",
            f"CASE WHEN {count} = 0 THEN {quote_text(ErrorValue.DIVISION)} END",
        )

    made = environment.bind(values, sql)
    return Result(made.sql, made.error, has_subquery=made.has_subquery or any(v.type.is_array for v in values))


def _extreme(function: str, aggregate: str) -> Callable[..., Result]:
    def sql(_: Environment, *values: Fragment) -> Result:
        parts = _each(values, lambda v: v.sql, lambda v: _inside(v, f"{aggregate}(item)"))
        return _result(f"{function}({', '.join(parts)})", values)

    return sql


def _count(_: Environment, *values: Fragment) -> Result:
    numbers = tuple(value for value in values if value.type.kind in (Kind.NUMBER, Kind.DURATION))
    return _result(f"({_counts(numbers) if numbers else '0'})::numeric", values)


def _count_filled(_: Environment, *values: Fragment) -> Result:
    def single(value: Fragment) -> str:
        is_text = value.type == Type(Kind.TEXT)
        return f"num_nonnulls(nullif({value}, ''))" if is_text else f"num_nonnulls({value})"

    return _result(f"({total(_each(values, single, lambda v: _inside(v, 'count(item)')))})::numeric", values)


def _count_all(_: Environment, *values: Fragment) -> Result:
    parts = _each(values, lambda _: "1", lambda v: f"coalesce(cardinality({v}), 0)")
    return Result(f"({total(parts)})::numeric")


FUNCTIONS: Final = (
    Function(
        "SUM",
        _NUMBERS,
        Kind.NUMBER,
        "The sum of the numbers; blanks do not count.",
        (Example("SUM(1, 2.5, BLANK())", 3.5),),
        _sum,
    ),
    Function(
        "AVERAGE",
        _NUMBERS,
        Kind.NUMBER,
        "The mean of the numbers that are not blank; #DIV/0! if there is none.",
        (Example("AVERAGE(1, 2, BLANK())", 1.5), Example("AVERAGE(BLANK())", ErrorValue.DIVISION)),
        _average,
    ),
    Function(
        "MAX",
        _NUMBERS,
        Kind.NUMBER,
        "The largest of the numbers; blank if there is none.",
        (Example("MAX(1, 3, BLANK())", 3), Example("MAX(BLANK())", None)),
        _extreme("greatest", "max"),
    ),
    Function(
        "MIN",
        _NUMBERS,
        Kind.NUMBER,
        "The smallest of the numbers; blank if there is none.",
        (Example("MIN(1, 3, BLANK())", 1), Example("MIN(BLANK())", None)),
        _extreme("least", "min"),
    ),
    Function(
        "COUNT",
        _ANYTHING,
        Kind.NUMBER,
        "How many of the values are numbers or durations.",
        (Example('COUNT(1, "2", TRUE, BLANK())', 1),),
        _count,
    ),
    Function(
        "COUNTA",
        _ANYTHING,
        Kind.NUMBER,
        "How many of the values are not blank; an empty text is blank.",
        (Example('COUNTA(1, "", "a", FALSE, BLANK())', 3),),
        _count_filled,
    ),
    Function(
        "COUNTALL",
        _ANYTHING,
        Kind.NUMBER,
        "How many values there are, blank ones too.",
        (Example('COUNTALL(1, "", BLANK())', 3),),
        _count_all,
    ),
)
