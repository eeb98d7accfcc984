"""Functions of days and moments; a moment is looked at in the formula's time zone."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from domain.formulas.contract import Environment, ErrorValue, Example, Fragment, Function, Parameter, Result, Sql, when
from domain.formulas.types import Kind

TITLE: Final = "Dates"

_DATE: Final = Parameter("date", Kind.DATETIME)
_FROM: Final = Parameter("from", Kind.DATETIME)
_UNIT: Final = Parameter("unit", Kind.TEXT, is_literal=True)
_WEEK_START: Final = Parameter("start", Kind.TEXT, is_optional=True, is_literal=True)
_UNITS: Final[Mapping[str, tuple[str, ...]]] = {
    "milliseconds": ("millisecond", "ms"),
    "seconds": ("second", "s"),
    "minutes": ("minute", "m"),
    "hours": ("hour", "h"),
    "days": ("day", "d"),
    "weeks": ("week", "w"),
    "months": ("month", "M"),
    "quarters": ("quarter", "Q"),
    "years": ("year", "y"),
}
_BY_NAME: Final = {name: unit for unit, names in _UNITS.items() for name in (unit, *names)}
_INTERVALS: Final[Mapping[str, tuple[str, int]]] = {
    "milliseconds": ("secs => {0} / 1000.0", 10**14),
    "seconds": ("secs => {0}", 10**11),
    "minutes": ("mins => {0}::int", 2 * 10**9),
    "hours": ("hours => {0}::int", 35 * 10**6),
    "days": ("days => {0}::int", 1_460_000),
    "weeks": ("weeks => {0}::int", 208_000),
    "months": ("months => {0}::int", 48_000),
    "quarters": ("months => 3 * {0}::int", 16_000),
    "years": ("years => {0}::int", 4_000),
}
"""Arguments of make_interval, and how many units are the 4,000 years that PostgreSQL knows before 0001."""
_SECONDS: Final = {"milliseconds": "0.001", "seconds": "1", "minutes": "60", "hours": "3600"}
_LOCAL_SECONDS: Final = {"days": 86_400, "weeks": 604_800}
_MONTHS: Final = {"months": 1, "quarters": 3, "years": 12}


def _unit(fragment: Fragment | None, default: str) -> str:
    return _BY_NAME[fragment.literal] if fragment is not None and fragment.literal else default


def _check_unit(texts: Sequence[str | None]) -> str | None:
    unit = texts[2] if len(texts) > 2 else "days"
    return None if unit in _BY_NAME else f"there is no unit {unit!r}; use one of {', '.join(_UNITS)}."


def _check_start(texts: Sequence[str | None]) -> str | None:
    start = texts[1] if len(texts) > 1 else "Sunday"
    return None if start in ("Sunday", "Monday") else f"a week starts on 'Sunday' or 'Monday', not on {start!r}."


def _part(part: str) -> Sql:
    return lambda environment, date: f"trunc(extract({part} FROM {environment.local(date.sql, date.zone)}))"


def _weekday(environment: Environment, date: Fragment, start: Fragment | None = None) -> str:
    local = environment.local(date.sql, date.zone)
    is_monday = start is not None and start.literal == "Monday"
    return f"(extract(isodow FROM {local}) - 1)" if is_monday else f"extract(dow FROM {local})"


def _week(environment: Environment, date: Fragment, start: Fragment | None = None) -> Result:
    def sql(name: str) -> str:
        bound = Fragment(date.type, name, zone=date.zone)
        day = f"extract(doy FROM {environment.local(name, date.zone)})"
        return f"ceil(({day} - {_weekday(environment, bound, start)} + 6) / 7)"

    return environment.bind([date], sql)


def _add(environment: Environment, date: Fragment, count: Fragment, unit: Fragment) -> Result:
    interval, most = _INTERVALS[_unit(unit, "days")]

    def sql(moment: str, n: str) -> Result:
        some = f"make_interval({interval.format(f'greatest(-{most}, least({most}, trunc({n})))')})"
        sum = f"({environment.local(moment)} + {some})"
        fits = f"abs({n}) <= {most} AND {sum} >= '0001-01-02'::timestamp AND {sum} < '9999-12-31'::timestamp"
        return Result(
            f"CASE WHEN {fits} THEN {environment.local(sum)} END",
            when(f"{moment} IS NOT NULL AND NOT ({fits})", ErrorValue.NUMBER),
        )

    return environment.bind([date, count], sql)


def _difference(environment: Environment, date: Fragment, start: Fragment, unit: Fragment | None = None) -> Result:
    chosen = _unit(unit, "seconds")
    if chosen in _SECONDS:
        return Result(f"trunc(extract(epoch FROM ({date} - {start})) / {_SECONDS[chosen]})")
    locals = (environment.local(date.sql), environment.local(start.sql))
    if chosen in _LOCAL_SECONDS:
        return Result(f"trunc(extract(epoch FROM ({locals[0]} - {locals[1]})) / {_LOCAL_SECONDS[chosen]})")

    def months(a: str, b: str) -> str:
        age = f"age({environment.local(a)}, {environment.local(b)})"
        return f"trunc((extract(year FROM {age}) * 12 + extract(month FROM {age})) / {_MONTHS[chosen]})"

    return environment.bind([date, start], months)


def _compared(symbol: str) -> Callable[[Environment, Fragment, Fragment], str]:
    return lambda _, date, other: f"coalesce({date} {symbol} {other}, false)"


def _is_same(environment: Environment, date: Fragment, other: Fragment, unit: Fragment | None = None) -> str:
    if unit is None:
        return f"coalesce({date} = {other}, false)"
    name = _unit(unit, "days").removesuffix("s")  # PostgreSQL knows no "quarters" here
    sides = [f"date_trunc('{name}', {environment.local(each.sql)})" for each in (date, other)]
    return f"coalesce({sides[0]} = {sides[1]}, false)"


def _today(environment: Environment) -> Result:
    return Result(f"{environment.local('statement_timestamp()')}::date", is_immutable=False, reads_clock=True)


_OPTIONAL_UNIT: Final = Parameter("unit", Kind.TEXT, is_optional=True, is_literal=True)
_MOMENT: Final = '"2024-05-31T13:45:06Z"'


def _function_of_part(name: str, part: str, description: str, result: int) -> Function:
    return Function(
        name,
        (_DATE,),
        Kind.NUMBER,
        f"{description}; blank for a blank date.",
        (Example(f"{name}({_MOMENT})", result), Example(f"{name}(BLANK())", None)),
        _part(part),
    )


FUNCTIONS: Final = (
    _function_of_part("YEAR", "year", "The year", 2024),
    _function_of_part("MONTH", "month", "The month, 1 to 12", 5),
    _function_of_part("DAY", "day", "The day of the month, 1 to 31", 31),
    _function_of_part("HOUR", "hour", "The hour, 0 to 23", 13),
    _function_of_part("MINUTE", "minute", "The minute, 0 to 59", 45),
    _function_of_part("SECOND", "second", "The second, 0 to 59", 6),
    Function(
        "WEEKDAY",
        (_DATE, _WEEK_START),
        Kind.NUMBER,
        "The day of the week, 0 to 6, where 0 is the start: 'Sunday' if none is given, or 'Monday'.",
        (Example('WEEKDAY("2024-06-02")', 0), Example('WEEKDAY("2024-06-02", "Monday")', 6)),
        _weekday,
        check=_check_start,
    ),
    Function(
        "WEEKNUM",
        (_DATE, _WEEK_START),
        Kind.NUMBER,
        "The week of the year, where the first of January is in week 1 and weeks start on 'Sunday', or on 'Monday'.",
        (
            Example('WEEKNUM("2022-01-01")', 1),
            Example('WEEKNUM("2022-01-02")', 2),
            Example('WEEKNUM("2022-01-02", "Monday")', 1),
        ),
        _week,
        check=_check_start,
    ),
    Function(
        "DATEADD",
        (_DATE, Parameter("count", Kind.NUMBER), _UNIT),
        Kind.DATETIME,
        "The moment so many whole units later, or earlier for a negative count; a shorter month's end stands for "
        "its missing days; #NUM! outside the years 0001 to 9999 and for more than about 4,000 years.",
        (
            Example('DATESTR(DATEADD("2024-01-31", 1, "month"))', "2024-02-29"),
            Example('DATESTR(DATEADD("2024-01-31", -1.9, "days"))', "2024-01-30"),
            Example('DATEADD("2024-01-31", 8000, "years")', ErrorValue.NUMBER),
        ),
        _add,
        check=_check_unit,
    ),
    Function(
        "DATETIME_DIFF",
        (_DATE, _FROM, _OPTIONAL_UNIT),
        Kind.NUMBER,
        "The time from the second moment to the first, in whole units; in seconds if no unit is given.",
        (
            Example('DATETIME_DIFF("2024-03-01", "2024-02-01", "days")', 29),
            Example('DATETIME_DIFF("2024-02-01", "2024-03-01", "d")', -29),
            Example('DATETIME_DIFF("2024-03-30", "2024-01-31", "months")', 1),
            Example('DATETIME_DIFF("2024-01-01T00:01:00Z", "2024-01-01")', 60),
        ),
        _difference,
        check=_check_unit,
    ),
    Function(
        "IS_BEFORE",
        (_DATE, _FROM),
        Kind.BOOLEAN,
        "Whether the first moment is before the second.",
        (Example('IS_BEFORE("2024-01-01", "2024-01-02")', True), Example('IS_BEFORE(BLANK(), "2024-01-02")', False)),
        _compared("<"),
    ),
    Function(
        "IS_AFTER",
        (_DATE, _FROM),
        Kind.BOOLEAN,
        "Whether the first moment is behind the second.",
        (Example('IS_AFTER("2024-01-01", "2024-01-02")', False),),
        _compared(">"),
    ),
    Function(
        "IS_SAME",
        (_DATE, _FROM, _OPTIONAL_UNIT),
        Kind.BOOLEAN,
        "Whether both moments are in the same unit, such as the same month of the same year, or the same moment if no "
        "unit is given; false for a blank.",
        (
            Example('IS_SAME("2024-01-01", "2024-01-31", "month")', True),
            Example('IS_SAME("2024-01-01", "2023-01-01", "month")', False),
            Example('IS_SAME("2024-01-01", "2024-01-01")', True),
        ),
        _is_same,
        check=_check_unit,
    ),
    Function(
        "NOW",
        (),
        Kind.DATETIME,
        "The moment at which the statement began.",
        (Example("NOW() = NOW()", True),),
        lambda _: Result("statement_timestamp()", is_immutable=False, reads_clock=True),
    ),
    Function(
        "TODAY",
        (),
        Kind.DATE,
        "The day at which the statement began, in the formula's time zone.",
        (Example('IS_SAME(TODAY(), NOW(), "day")', True),),
        _today,
    ),
)
