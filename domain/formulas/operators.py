"""The operators, as functions; blanks count as 0, '' or false, and texts compare by their code points."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from domain.formulas.contract import Environment, ErrorValue, Example, Fragment, Function, Parameter, Result, when
from domain.formulas.types import CALENDAR, Kind, Type
from domain.sql import concat

_NUMBERS: Final = (Parameter("left", Kind.NUMBER), Parameter("right", Kind.NUMBER, repeats=True))
_TWO: Final = (Parameter("left", Kind.NUMBER), Parameter("right", Kind.NUMBER))
_DURATION: Final = Parameter("duration", Kind.NUMBER)
_FURTHEST: Final = 10**11
"""Seconds of about 3,000 years, which PostgreSQL can add to any moment."""
_SYMBOLS: Final = {"=": "=", "!=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">="}


_MEANINGS: Final = {
    "=": "Whether both values, of one type, are the same; a blank is 0, an empty text, false, or no date.",
    "!=": "Whether the values differ.",
    "<": "Whether the first value is below the second; texts go by their code points, a blank date is not compared.",
    "<=": "Whether the first value is not above the second.",
    ">": "Whether the first value is above the second.",
    ">=": "Whether the first value is not below the second.",
}
_COMPARED: Final = {
    "=": Example("0 = FALSE", True),
    "!=": Example('"a" != "A"', True),
    "<": Example('"B" < "a"', True),
    "<=": Example("2 <= 2", True),
    ">": Example("2 > 2", False),
    ">=": Example('DATEADD(BLANK(), 1, "day") >= "2024-05-31"', False),
}


def total(parts: Sequence[str]) -> str:
    """The sum of numeric expressions; a balanced tree, so that thousands stay shallow."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({total(parts[:middle])} + {total(parts[middle:])})"


def _add(_: Environment, *values: Fragment) -> str:
    return total([value.sql for value in values])


def _divide(_: Environment, left: Fragment, right: Fragment) -> Result:
    return Result(f"({left} / nullif({right}, 0))", when(f"{right} = 0", ErrorValue.DIVISION))


def _later(environment: Environment, date: Fragment, duration: Fragment) -> Result:
    def sql(moment: str, seconds: str) -> Result:
        some = f"make_interval(secs => greatest(-{_FURTHEST}, least({_FURTHEST}, {seconds})))"
        # In UTC, where all days have 24 hours; an interval and a moment of a zone are no immutable sum.
        sum = f"(timezone('UTC', {moment}) + {some})"
        fits = f"abs({seconds}) <= {_FURTHEST} AND {sum} >= '0001-01-02'::timestamp AND {sum} < '9999-12-31'::timestamp"
        return Result(
            f"CASE WHEN {fits} THEN timezone('UTC', {sum}) END",
            when(f"{moment} IS NOT NULL AND NOT ({fits})", ErrorValue.NUMBER),
        )

    return environment.bind([date, duration], sql)


def _join(_: Environment, *values: Fragment) -> str:
    return concat([value.sql for value in values])


ADD: Final = Function(
    "+", _NUMBERS, Kind.NUMBER, "The sum; a blank counts as 0.", (Example("1 + 2 + BLANK()", 3),), _add
)
SUBTRACT: Final = Function(
    "-", _TWO, Kind.NUMBER, "The difference.", (Example("1 - 2 - 3", -4),), lambda _, x, y: f"({x} - {y})"
)
MULTIPLY: Final = Function(
    "*", _TWO, Kind.NUMBER, "The product.", (Example("2 + 3 * 4", 14),), lambda _, x, y: f"({x} * {y})"
)
ADD_DURATIONS: Final = replace(
    ADD,
    parameters=(_DURATION, replace(_DURATION, repeats=True)),
    returns=Kind.DURATION,
    description="The sum of durations; a number counts as seconds.",
    examples=(Example('("2024-05-02" - "5/1/2024") + 60', 86_460),),
)
SUBTRACT_DURATIONS: Final = replace(
    SUBTRACT,
    parameters=(_DURATION, _DURATION),
    returns=Kind.DURATION,
    description="The difference of durations; a number counts as seconds.",
    examples=(Example('60 - ("2024-05-02" - "5/1/2024")', -86_340),),
)
ADD_TO_MOMENT: Final = Function(
    "+",
    (Parameter("date", Kind.DATETIME), Parameter("duration", Kind.NUMBER)),
    Kind.DATETIME,
    "The moment so much time later, in hours as clocks count them, whatever the zone; #NUM! outside the years 0001 to "
    "9999.",
    (
        Example('"2024-05-01" + ("2024-05-03" - "2024-05-02T06:00Z") & ""', "2024-05-01T18:00:00Z"),
        Example('"2024-05-01" - ("2024-05-03" - "0001-05-03") * 5', ErrorValue.NUMBER),
    ),
    _later,
)
SUBTRACT_MOMENTS: Final = Function(
    "-",
    (Parameter("date", Kind.DATETIME), Parameter("from", Kind.DATETIME)),
    Kind.DURATION,
    "The time from the second moment to the first; blank where one of them is.",
    (Example('"2024-05-02" - "2024-05-01T12:00Z"', 43_200), Example('"2024-05-02" - DATEADD(BLANK(), 1, "d")', None)),
    lambda _, date, start: f"extract(epoch FROM ({date} - {start}))",
)
DIVIDE: Final = Function(
    "/",
    _TWO,
    Kind.NUMBER,
    "The quotient; #DIV/0! where the divisor is 0 or blank.",
    (Example("7 / 2", 3.5), Example("1 / 0", ErrorValue.DIVISION), Example("1 / BLANK()", ErrorValue.DIVISION)),
    _divide,
)
MULTIPLY_DURATION: Final = replace(
    MULTIPLY,
    parameters=(_DURATION, Parameter("number", Kind.NUMBER)),
    returns=Kind.DURATION,
    description="The duration so many times.",
    examples=(Example('("2024-05-02" - "5/1/2024") * 2', 172_800),),
)
DIVIDE_DURATION: Final = replace(
    DIVIDE,
    parameters=(_DURATION, Parameter("number", Kind.NUMBER)),
    returns=Kind.DURATION,
    description="The part of a duration; #DIV/0! where the divisor is 0 or blank.",
    examples=(Example('("2024-05-02" - "5/1/2024") / 24', 3_600),),
)
NEGATE: Final = Function(
    "negative",
    (Parameter("value", Kind.NUMBER),),
    Kind.NUMBER,
    "The number below 0.",
    (Example("-3 - -5", 2),),
    lambda _, x: f"(- {x})",
)
NEGATE_DURATION: Final = replace(
    NEGATE,
    parameters=(_DURATION,),
    returns=Kind.DURATION,
    description="The duration the other way.",
    examples=(Example('-("2024-05-02" - "5/1/2024")', -86_400),),
)
CONCATENATE: Final = Function(
    "&",
    (Parameter("left", Kind.TEXT), Parameter("right", Kind.TEXT, repeats=True)),
    Kind.TEXT,
    "The texts, one behind the other; a number is written without zeros at its end, true and false as 1 and 0.",
    (Example('"a" & 1.50 & TRUE & BLANK()', "a1.51"),),
    _join,
)


def _comparison(symbol: str) -> Function:
    def sql(_: Environment, left: Fragment, right: Fragment) -> str:
        if left.type.kind in CALENDAR:
            if symbol in ("=", "!="):
                return f"({left} IS {'NOT ' if symbol == '=' else ''}DISTINCT FROM {right})"
            return f"coalesce({left} {symbol} {right}, false)"
        empty = "''" if left.type.kind is Kind.TEXT else "0"
        collation = ' COLLATE "C"' if left.type.kind is Kind.TEXT else ""
        sides = [side.sql if side.is_filled else f"coalesce({side}, {empty})" for side in (left, right)]
        return f"({sides[0]}{collation} {_SYMBOLS[symbol]} {sides[1]})"

    parameters = (Parameter("left"), Parameter("right"))
    description = _MEANINGS[symbol]
    return Function(symbol, parameters, Type(Kind.BOOLEAN), description, (_COMPARED[symbol],), sql)


COMPARISONS: Final[Mapping[str, Function]] = {symbol: _comparison(symbol) for symbol in _SYMBOLS}
IS_BLANK: Final = Function(
    "= BLANK()",
    (Parameter("value"),),
    Kind.BOOLEAN,
    "Whether there is no value; the number 0 is one.",
    (Example("0 = BLANK()", False), Example('"" = BLANK()', True)),
    lambda _, value: f"(nullif({value}, '') IS NULL)" if value.type == Type(Kind.TEXT) else f"({value} IS NULL)",
)
IS_FILLED: Final = Function(
    "!= BLANK()",
    (Parameter("value"),),
    Kind.BOOLEAN,
    "Whether there is a value.",
    (Example("0 != BLANK()", True), Example('"" != BLANK()', False)),
    lambda _, value: (
        f"(nullif({value}, '') IS NOT NULL)" if value.type == Type(Kind.TEXT) else f"({value} IS NOT NULL)"
    ),
)
OPERATORS: Final = (
    ADD,
    SUBTRACT,
    MULTIPLY,
    DIVIDE,
    NEGATE,
    CONCATENATE,
    *COMPARISONS.values(),
    IS_BLANK,
    IS_FILLED,
    ADD_TO_MOMENT,
    SUBTRACT_MOMENTS,
    ADD_DURATIONS,
    SUBTRACT_DURATIONS,
    MULTIPLY_DURATION,
    DIVIDE_DURATION,
    NEGATE_DURATION,
)
"""Those that the docs describe one by one."""
