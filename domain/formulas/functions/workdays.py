"""Functions of working days: Monday to Friday but for holidays, in the formula's time zone."""

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final

from domain.formulas.contract import Environment, ErrorValue, Example, Fragment, Function, Parameter, Result, when
from domain.formulas.literals import read_moment
from domain.formulas.types import CALENDAR, Kind, Type

TITLE: Final = "Dates"

_START: Final = Parameter("start", Kind.DATETIME)
_HOLIDAYS: Final = Parameter("holidays", is_optional=True, is_list=True)
_MONDAY: Final = "'2000-01-03'::date"
_FURTHEST: Final = 3_000_000
"""Working days between the years 1 and 9999 are fewer."""


def _returning(kind: Kind) -> Callable[[Sequence[Type]], Type]:
    def type(types: Sequence[Type]) -> Type:
        if len(types) > 2 and types[2].kind not in (*CALENDAR, Kind.TEXT, Kind.BLANK):
            raise ValueError(f"expects the holidays as dates or as a text, not as {types[2]}.")
        return Type(kind)

    return type


def _check(texts: Sequence[str | None]) -> str | None:
    wrong = [day for day in _split(texts[2] if len(texts) > 2 else None) if read_moment(day) is None]
    return f"{wrong[0]!r} is not a day; write holidays like '2024-12-25, 2024-12-26'." if wrong else None


def _split(text: str | None) -> list[str]:
    return [day for day in re.split(r"\s*,\s*", (text or "").strip()) if day]


def _day(environment: Environment, moment: Fragment) -> Fragment:
    return Fragment(Type(Kind.DATE), f"{environment.local(moment.sql)}::date")


def _holidays(environment: Environment, given: Fragment | None) -> str:
    """The SQL of an array of days; what is no day in a text that is not a literal is no holiday."""
    if given is None or given.type.kind is Kind.BLANK:
        return "NULL::date[]"
    if given.literal is not None:
        return f"ARRAY[{', '.join(_literals(given.literal))}]::date[]"
    if given.type.kind is Kind.TEXT:
        item = "CASE WHEN item ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' AND pg_input_is_valid(item, 'date') THEN item::date END"
        text = f"array_to_string({given}, ',')" if given.type.is_array else f"{given}"
        return rf"ARRAY(SELECT {item} FROM regexp_split_to_table({text}, '[[:space:]]*,[[:space:]]*') AS item)"
    item = f"{environment.local('item')}::date" if given.type.kind is Kind.DATETIME else "item"
    return f"ARRAY(SELECT {item} FROM unnest({given if given.type.is_array else f'ARRAY[{given}]'}) AS item)"


def _literals(text: str) -> list[str]:
    days: list[date] = [moment.date() for day in _split(text) if (moment := read_moment(day))]
    return [f"'{day.isoformat()}'" for day in days]


def _ordinal(day: str) -> str:
    """How many days from Monday to Friday there are from a Monday of old up to this day, it included."""
    days = f"({day} - {_MONDAY})"
    return f"(5 * floor({days} / 7.0) + least(mod(mod({days}, 7) + 7, 7) + 1, 5))"


def _of_ordinal(number: str) -> str:
    weeks = f"floor(({number} - 1) / 5)"
    return f"({_MONDAY} + (7 * {weeks} + ({number} - 1 - 5 * {weeks}))::int)"


def _workday(environment: Environment, start: Fragment, count: Fragment, holidays: Fragment | None = None) -> Result:
    def sql(day: str, n: str, free: str) -> Result:
        back = f"{n} < 0"
        before = _ordinal(f"({day} - 1)")
        # The holidays' own numbers, counted away from the start; each that is passed moves the end by one.
        away = f"CASE WHEN {back} THEN {before} - {_ordinal('h')} + 1 ELSE {_ordinal('h')} - {_ordinal(day)} END"
        numbers = f"SELECT DISTINCT {away} AS k FROM unnest({free}) AS h WHERE extract(isodow FROM h) < 6"
        ranked = f"SELECT k, row_number() OVER (ORDER BY k) AS rank FROM ({numbers}) AS n WHERE k > 0"
        passed = f"(SELECT count(*) FROM ({ranked}) AS r WHERE k - rank < abs({n}))"
        end = f"CASE WHEN {back} THEN {before} + 1 + {n} - {passed} ELSE {_ordinal(day)} + {n} + {passed} END"
        return environment.bind([Fragment(Type(Kind.NUMBER), end)], lambda number: _end(number, day, n))

    whole = f"greatest(-{_FURTHEST}, least({_FURTHEST}, trunc({count})))"
    free = Fragment(Type(Kind.DATE, is_array=True), _holidays(environment, holidays))
    return environment.bind([_day(environment, start), Fragment(count.type, whole), free], sql)


def _end(number: str, day: str, n: str) -> Result:
    found = _of_ordinal(number)
    fits = f"{found} BETWEEN '0001-01-01' AND '9999-12-31'"
    return Result(
        f"CASE WHEN {n} = 0 THEN {day} WHEN {fits} THEN {found} END",
        when(f"{n} <> 0 AND NOT ({fits})", ErrorValue.NUMBER),
    )


def _difference(environment: Environment, start: Fragment, end: Fragment, holidays: Fragment | None = None) -> Result:
    def sql(a: str, b: str, free: str) -> Result:
        first, last = f"least({a}, {b})", f"greatest({a}, {b})"
        passed = (
            f"(SELECT count(DISTINCT h) FROM unnest({free}) AS h"
            f" WHERE extract(isodow FROM h) < 6 AND h BETWEEN {first} AND {last})"
        )
        days = f"({_ordinal(last)} - {_ordinal(f'({first} - 1)')} - {passed})"
        return Result(f"CASE WHEN {a} <= {b} THEN {days} WHEN {a} > {b} THEN - {days} END")

    free = Fragment(Type(Kind.DATE, is_array=True), _holidays(environment, holidays))
    return environment.bind([_day(environment, start), _day(environment, end), free], sql)


_OF_HOLIDAYS: Final = (
    "The holidays are dates, or a text of dates with commas between them; in a text that is computed, only those of "
    "the form 2024-12-25 count."
)

FUNCTIONS: Final = (
    Function(
        "WORKDAY",
        (_START, Parameter("count", Kind.NUMBER), _HOLIDAYS),
        _returning(Kind.DATE),
        f"The day so many whole working days, Monday to Friday but for holidays, behind the start, or before it for a "
        f"negative count; 0 is the start itself, whatever day it is; #NUM! outside the years 0001 to 9999. "
        f"{_OF_HOLIDAYS}",
        (
            Example('WORKDAY("10/16/2020", 10, "10/16/2020, 10/31/2020") & ""', "2020-10-30"),
            Example('WORKDAY("2024-12-20", 3, "2024-12-25, 2024-12-26") & ""', "2024-12-27"),
            Example('WORKDAY("2024-12-28", -3, "2024-12-25, 2024-12-26") & ""', "2024-12-23"),
            Example('WORKDAY("2024-06-01", 0) & ""', "2024-06-01"),
            Example('WORKDAY("2024-06-01", 3000000)', ErrorValue.NUMBER),
            Example("WORKDAY(BLANK(), 1)", None),
        ),
        _workday,
        check=_check,
    ),
    Function(
        "WORKDAY_DIFF",
        (_START, Parameter("end", Kind.DATETIME), _HOLIDAYS),
        _returning(Kind.NUMBER),
        f"How many working days there are from the start to the end, both included; below 0 where the end is before "
        f"the start. {_OF_HOLIDAYS}",
        (
            Example('WORKDAY_DIFF("10/16/2020", "11/02/2020", "2020-10-16, 2020-10-31")', 11),
            Example('WORKDAY_DIFF("2024-06-07", "2024-06-03")', -5),
            Example('WORKDAY_DIFF("2024-06-01", "2024-06-02")', 0),
            Example("WORKDAY_DIFF(BLANK(), NOW())", None),
        ),
        _difference,
        check=_check,
    ),
)
