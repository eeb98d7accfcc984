"""What dates and moments share: reading ISO 8601, reading what people write, and time zones."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from dateutil.parser import ParserError, parserinfo
from dateutil.parser import parse as parse_anything

from domain.fields import faults
from domain.fields.faults import InvalidValue, shown, wrong_type

MAX_TEXT: Final = 100
"""Longer texts are not looked at: no date is written with so many characters."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_AMBIGUOUS_OFFSET = re.compile(r"(UTC|GMT)\s*[+-]", re.IGNORECASE)
"""East of Greenwich for people, west of it for POSIX and for dateutil."""
_ANY_DAY = datetime(2000, 1, 1)
_OTHER_DAY = datetime(2003, 3, 3)


@cache
def zone_names() -> frozenset[str]:
    """The names of the time zones of the IANA database, without the name that a machine may have for its own."""
    return frozenset(available_timezones() - {"localtime"})


def zone(name: str) -> tzinfo:
    """The time zone with this IANA name; raises ValueError for an unknown one."""
    if name == "UTC":
        return UTC
    if name not in zone_names():
        raise ValueError(f"{shown(name)} is not a time zone of the IANA database, such as Europe/Berlin or UTC")
    return ZoneInfo(name)


def parse_date(value: object) -> date | None:
    """A date from `YYYY-MM-DD`; None for null and the empty text."""
    if type(value) is str:
        if len(value) == 10 and value[4] == "-" and value[7] == "-":
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise InvalidValue(f"{shown(value)} is not a date: {error}.", faults.FORMAT) from None
        if not value:
            return None
        raise InvalidValue(f"{shown(value)} is not a date of the form YYYY-MM-DD.", faults.FORMAT)
    if value is None:
        return None
    raise wrong_type(value, "a date as a text of the form YYYY-MM-DD")


def moment_parser(local: tzinfo) -> Callable[[object], datetime | None]:
    """A parser of ISO 8601 moments; one without an offset is read as a local time of the zone `local`."""

    def parse(value: object) -> datetime | None:
        if type(value) is not str:
            if value is None:
                return None
            raise wrong_type(value, "a moment as an ISO 8601 text, such as 2024-05-31T13:45:00Z")
        if not value:
            return None
        if _MOMENT.fullmatch(value) is None:
            raise InvalidValue(
                f"{shown(value)} is not a moment of the form YYYY-MM-DDThh:mm[:ss[.ffffff]][Z|±hh:mm].", faults.FORMAT
            )
        try:
            moment = datetime.fromisoformat(value)
        except ValueError as error:
            raise InvalidValue(f"{shown(value)} is not a moment: {error}.", faults.FORMAT) from None
        return settled(moment, local)

    return parse


def settled(moment: datetime, local: tzinfo) -> datetime:
    """The moment in UTC; one without an offset is local to `local`. Raises `InvalidValue` outside the years 1-9999."""
    if moment.tzinfo is UTC:
        return moment
    try:
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=local)).astimezone(UTC)
    except OverflowError:
        raise InvalidValue("The moment must lie in the years 0001 to 9999 of UTC.", faults.RANGE) from None


def read_moment(text: str, *, day_first: bool = False) -> datetime:
    """A moment or a day (its midnight) in any usual form, `3 May 2024 5pm`, as written; raises `InvalidValue`."""
    first, second = (_read(text, default, day_first) for default in (_ANY_DAY, _OTHER_DAY))
    if first.date() != second.date():
        raise InvalidValue(f"{shown(text)} does not name a whole date: year, month and day.", faults.FORMAT)
    return first


def _read(text: str, default: datetime, day_first: bool) -> datetime:
    """What dateutil reads; parts that the text does not name come from `default`."""
    if len(text) > MAX_TEXT or _AMBIGUOUS_OFFSET.search(text):
        raise InvalidValue(f"{shown(text)} is not a date that can be understood.", faults.FORMAT)
    try:
        return parse_anything(text, parserinfo(dayfirst=day_first), default=default, tzinfos=_offset)
    except (ParserError, OverflowError, ValueError):
        raise InvalidValue(f"{shown(text)} is not a date that can be understood.", faults.FORMAT) from None


def _offset(name: str | None, seconds: int | None) -> tzinfo | None:
    """The zone of a text; names other than UTC are refused, since EST or IST mean several."""
    if seconds is None and name is None:
        return None
    if seconds is None:
        raise ValueError(f"unknown time zone {name}")
    return timezone(timedelta(seconds=seconds))
