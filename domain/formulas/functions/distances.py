"""Functions that say in words how far a moment is from now."""

from typing import Final

from domain.formulas.contract import Environment, Example, Fragment, Function, Parameter, Result
from domain.formulas.types import Kind

TITLE: Final = "Dates as texts"

_DATE: Final = Parameter("date", Kind.DATETIME)
_STEPS: Final = (
    ("round({s})", 45, "", "a few seconds"),
    ("round({s} / 60)", 45, "a minute", "minutes"),
    ("round({s} / 3600)", 22, "an hour", "hours"),
    ("round({s} / 86400)", 26, "a day", "days"),
    ("round({s} / 86400 * 4800 / 146097)", 11, "a month", "months"),
    ("round({s} / 86400 * 400 / 146097)", 0, "a year", "years"),
)
"""A number of units, from where on the next unit is taken, and the words for one and for many.

Facts from https://momentjs.com/docs/#/customization/relative-time-threshold/.
"""


def _words(environment: Environment, date: Fragment) -> Result:
    seconds = f"abs(extract(epoch FROM ({date} - statement_timestamp())))"

    def sql(s: str) -> Result:
        cases = "".join(_case(number.format(s=s), limit, one, many) for number, limit, one, many in _STEPS)
        return Result(f"CASE{cases} END", is_immutable=False, reads_clock=True)

    return environment.bind([Fragment(date.type, seconds)], sql)


def _case(number: str, limit: int, one: str, many: str) -> str:
    if not one:
        return f" WHEN {number} < {limit} THEN '{many}'"
    end = f"{number} < {limit}" if limit else f"{number} IS NOT NULL"
    return f" WHEN {number} <= 1 THEN '{one}' WHEN {end} THEN {number}::text || ' {many}'"


FUNCTIONS: Final = (
    Function(
        "FROMNOW",
        (_DATE,),
        Kind.TEXT,
        "The time between now and the moment in English words, past or future; blank for a blank date. Days from 26 on "
        "are months, months from 11 on are years, of 146,097 days in 400 years.",
        (
            Example('FROMNOW(DATEADD(NOW(), 3, "days"))', "3 days"),
            Example('FROMNOW(DATEADD(NOW(), -50, "minutes"))', "an hour"),
            Example('FROMNOW(DATEADD(NOW(), 400, "days"))', "a year"),
            Example("FROMNOW(NOW())", "a few seconds"),
            Example("FROMNOW(BLANK())", None),
        ),
        _words,
    ),
    Function(
        "TONOW",
        (_DATE,),
        Kind.TEXT,
        "The time between the moment and now, in the words of FROMNOW.",
        (
            Example('TONOW(DATEADD(NOW(), -14, "hours"))', "14 hours"),
            Example('TONOW(DATEADD(NOW(), -100, "days"))', "3 months"),
        ),
        _words,
    ),
)
