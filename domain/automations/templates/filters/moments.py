"""Filters for dates and moments; texts of ISO 8601 are read as such."""

from datetime import UTC, date, datetime, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from domain.automations.templates.faults import Unfit
from domain.automations.templates.filters.contract import Filter, Parameter
from domain.fields.faults import InvalidValue
from domain.fields.moments import moment_parser, parse_date, zone

MOST: Final = 1_000_000
"""Units that can be added, or taken away."""
_CLOCK: Final = ("second", "minute", "hour")
"""Units that pass by the clock; the others are of the calendar, and keep the time of day."""
_CALENDAR: Final = ("day", "week", "month", "year")
_read_moment: Final = moment_parser(UTC)


def day_or_moment(value: object) -> date:
    """A date, or a moment with its zone; raises `Unfit`."""
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        try:
            found = parse_date(value) if len(value) == len("2026-01-31") else _read_moment(value)
        except InvalidValue:
            found = None
        if found is not None:
            return found
    raise Unfit("it takes a date or a moment, also as a text such as 2026-01-31 or 2026-01-31T12:00:00Z")


def _zone(value: object, name: str) -> datetime:
    moment = day_or_moment(value)
    if not isinstance(moment, datetime):
        raise Unfit("it takes a moment, and a date is none")
    try:
        return moment.astimezone(zone(name))
    except ValueError as error:
        raise Unfit(str(error)) from None
    except OverflowError:
        raise Unfit("there is no such year") from None


def _add(value: object, amount: int, unit: str) -> date:
    name = unit.removesuffix("s")
    if name not in _CLOCK + _CALENDAR:
        raise Unfit(f"it takes one of the units {', '.join(_CLOCK + _CALENDAR)}")
    if abs(amount) > MOST:
        raise Unfit(f"it takes at most {MOST:,}")
    try:
        return _moved(day_or_moment(value), amount, name)
    except (OverflowError, ValueError):
        raise Unfit("there is no such year") from None


def _moved(value: date, amount: int, unit: str) -> date:
    if unit in _CALENDAR:
        moved = value + relativedelta(**{f"{unit}s": amount})  # type: ignore[arg-type]  # the units are its names
        # through UTC, for a time that the clock skips
        return moved.astimezone(UTC).astimezone(moved.tzinfo) if isinstance(moved, datetime) else moved
    if not isinstance(value, datetime):
        raise Unfit("a date has no hours; add days")
    return (value.astimezone(UTC) + timedelta(**{f"{unit}s": amount})).astimezone(value.tzinfo)


FILTERS: Final = (
    Filter("zone", "A moment in the local time of a zone.", _zone, (Parameter("name", "text"),)),
    Filter(
        "add",
        "A date or moment so many units later (`second`, `minute`, `hour`, `day`, `week`, `month`, `year`), or earlier "
        "by a number below 0.",
        _add,
        (Parameter("amount", "whole number"), Parameter("unit", "text")),
    ),
)
