"""Dates and moments as people write them; which number is the day is decided for a column as a whole."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Final

from domain.fields.faults import InvalidValue
from domain.imports.kinds.contract import (
    NO_VALUE,
    Circumstances,
    Convert,
    Guess,
    Handlers,
    Hints,
    Verdict,
    not_understood,
)
from domain.imports.options import DateOrder

_MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan january", "feb february", "mar march", "apr april", "may", "jun june", "jul july", "aug august",
            "sep sept september", "oct october", "nov november", "dec december",
        ),
        1,
    )
    for name in names.split()
}  # fmt: skip
_FORMATS: Final[Mapping[DateOrder, str]] = {"dmy": "european", "mdy": "us"}
"""How a field shows its dates in the order that they have in the file."""
ORDERS: Final[Mapping[str, DateOrder]] = {shown: order for order, shown in _FORMATS.items()}
"""The order of the dates in a field with this format."""
_DAY = (
    r"(?:(?P<year>[0-9]{4})(?P<mark>[-/.])(?P<month>[0-9]{1,2})(?P=mark)(?P<day>[0-9]{1,2})"
    r"|(?P<first>[0-9]{1,2})(?P<between>[-/.])(?P<second>[0-9]{1,2})(?P=between)(?P<last_year>[0-9]{4})"
    r"|(?P<name_day>[0-9]{1,2})(?:st|nd|rd|th)?[ .-]+(?P<name>[A-Za-z]{3,9})\.?,?[ -]+(?P<name_year>[0-9]{4})"
    r"|(?P<us_name>[A-Za-z]{3,9})\.?[ -]+(?P<us_day>[0-9]{1,2})(?:st|nd|rd|th)?,?[ -]+(?P<us_year>[0-9]{4}))"
)
_TIME = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second_>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?(?:\s*(?P<zone>Z|z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?"
)
_MOMENT = re.compile(rf"{_DAY}(?:(?:[Tt]|,?\s+){_TIME})?")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ISO_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def _date(found: re.Match[str], order: DateOrder) -> date | None:
    """The day of a match; None where the order would have to tell which number is the day and does not."""
    if found["year"]:
        return date(int(found["year"]), int(found["month"]), int(found["day"]))
    if found["first"]:
        if order == "ymd":
            return None
        first, second = int(found["first"]), int(found["second"])
        day, month = (first, second) if order == "dmy" else (second, first)
        return date(int(found["last_year"]), month, day)
    name = found["name"] or found["us_name"]
    month = _MONTHS[name.lower()]
    return date(int(found["name_year"] or found["us_year"]), month, int(found["name_day"] or found["us_day"]))


def _time(found: re.Match[str]) -> time:
    hour = int(found["hour"])
    if found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("a hour with am or pm is one of 1 to 12")
        hour = hour % 12 + (12 if found["half"] in "Pp" else 0)
    fraction = (found["fraction"] or "")[:6].ljust(6, "0")
    return time(hour, int(found["minute"]), int(found["second_"] or 0), int(fraction), tzinfo=_zone(found["zone"]))


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text[0] not in "+-":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[3:].lstrip(":") or 0))
    return timezone(-offset if text[0] == "-" else offset)


def read_moment(text: str, order: DateOrder) -> date | datetime | None:
    """The date, or the moment if there is a time; None for a text that is neither, or not with this order."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    try:
        day = _date(found, order)
        return day if day is None or found["hour"] is None else datetime.combine(day, _time(found))
    except (ValueError, KeyError, OverflowError):
        return None


# --- converting ---


def date_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a date field; a moment is taken if it is a midnight, or if the field keeps times."""
    if options.get("include_time"):
        return datetime_handlers(options, hints)
    return {str: _date_converter(hints.date_order), date: date.isoformat, datetime: _midnight}


def datetime_handlers(options: Mapping[str, object], hints: Hints) -> Handlers:
    """Cells of a datetime field; a date is its midnight. Moments without an offset stay without."""
    return {str: _moment_converter(hints.date_order), date: _at_midnight, datetime: datetime.isoformat}


def _date_converter(order: DateOrder) -> Convert:
    is_iso = _ISO_DATE.fullmatch

    def convert(text: str) -> object:
        if is_iso(text):
            try:
                date.fromisoformat(text)
            except ValueError:
                raise not_understood("a date") from None
            return text
        moment = _read(text, order, "a date")
        return _midnight(moment) if isinstance(moment, datetime) else moment and moment.isoformat()

    return convert


def _moment_converter(order: DateOrder) -> Convert:
    is_iso = _ISO_MOMENT.fullmatch

    def convert(text: str) -> object:
        if is_iso(text):
            try:
                return datetime.fromisoformat(text).isoformat()
            except ValueError:
                raise not_understood("a date with a time") from None
        moment = _read(text, order, "a date with a time")
        if moment is None:
            return None
        return moment.isoformat() if isinstance(moment, datetime) else _at_midnight(moment)

    return convert


def _read(text: str, order: DateOrder, expected: str) -> date | datetime | None:
    bare = text.strip()
    if bare.lower() in NO_VALUE:
        return None
    moment = read_moment(bare, order)
    if moment is None:
        raise not_understood(expected)
    return moment


def _midnight(moment: datetime) -> object:
    if moment.time() != time():
        raise InvalidValue("This has a time, but the field holds dates only.")
    return moment.date().isoformat()


def _at_midnight(day: date) -> object:
    return f"{day.isoformat()}T00:00:00"


# --- recognising ---


class MomentGuess(Guess):
    """Dates, or moments as soon as one has a time; each text must be a real date in the order of the others."""

    def __init__(self) -> None:
        self.only_with: dict[DateOrder, int] = {"dmy": 0, "mdy": 0}
        """How many texts are dates in this order of day and month only."""
        self.unclear = 0
        """How many are different dates in both orders."""
        self._unclear_without_dots = 0
        self._has_time = False

    def fits(self, text: str) -> bool:
        if read_moment(text, "ymd") is None:
            orders: list[DateOrder] = [order for order in self.only_with if read_moment(text, order) is not None]
            if not orders:
                return False
            self._count(text, orders)
        self._has_time = self._has_time or ":" in text
        return True

    def _count(self, text: str, orders: list[DateOrder]) -> None:
        if len(orders) == 1:
            self.only_with[orders[0]] += 1
        else:
            self.unclear += 1
            self._unclear_without_dots += "." not in text[:6]

    def order(self, otherwise: DateOrder | None) -> DateOrder | None:
        """The order that most telling dates have; None if it matters and nothing tells.

        Dates between dots begin with the day in every locale of the CLDR that writes them.
        """
        days, months = self.only_with["dmy"], self.only_with["mdy"]
        if days != months:
            return "dmy" if days > months else "mdy"
        if days == 0 and not self.unclear:
            return "ymd"
        return otherwise or (None if days or self._unclear_without_dots else "dmy")

    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        order = self.order(circumstances.date_order)
        if order is None or all(self.only_with.values()) or (order == "ymd" and self.unclear):
            return None
        options = {"date_format": _FORMATS[order]} if order in _FORMATS else {}
        return Verdict("datetime" if self._has_time else "date", options, Hints(date_order=order))
