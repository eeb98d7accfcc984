"""What the format of a workbook's cell says about its number: whether it is a day, a moment or a length of time."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from enum import Enum
from typing import Final


class NumberKind(Enum):
    """What a number is shown as."""

    NUMBER = "number"
    DATE = "date"
    MOMENT = "moment"
    CLOCK = "clock"
    ELAPSED = "elapsed"


_BUILT_IN: Final = {
    **dict.fromkeys([*range(14, 18), *range(27, 32), 36, *range(50, 55), 57, 58], NumberKind.DATE),
    **dict.fromkeys([*range(18, 22), *range(32, 36), 45, 47, 55, 56], NumberKind.CLOCK),
    22: NumberKind.MOMENT,
    46: NumberKind.ELAPSED,
}
"""Formats that a workbook names by their number only (ECMA-376, part 1, 18.8.30)."""
_LITERALS = re.compile(r'"[^"]*"?|[\\_*].|\[(?!h+\]|m+\]|s+\])[^\]]*\]?')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]")

_FIRST_DAY: Final = datetime(1899, 12, 30)
_BEFORE_LEAP_DAY: Final = timedelta(days=1)
_LEAP_DAY: Final = 60
"""Serial number of the 29th of February 1900, which there was not, but Excel has it."""
_FROM_1904: Final = 1462
_DAYS: Final = 2_958_466
"""The serial number of the first day of the year 10000."""
_DAY_MILLISECONDS: Final = 86_400_000


def kind_of_format(code: str) -> NumberKind:
    """The kind of numbers that a format code such as `yyyy-mm-dd hh:mm` or `0.00%` shows."""
    first = _LITERALS.sub("", code.lower()).partition(";")[0]
    if first == "general":
        return NumberKind.NUMBER
    if _ELAPSED.search(first):
        return NumberKind.ELAPSED
    has_time = any(letter in first for letter in "hs") or "am/pm" in first or "a/p" in first
    if "y" in first or "d" in first:
        return NumberKind.MOMENT if has_time else NumberKind.DATE
    if has_time:
        return NumberKind.CLOCK
    return NumberKind.DATE if "m" in first else NumberKind.NUMBER


def kind_of_format_id(number: int) -> NumberKind:
    """The kind of numbers that a built-in format shows."""
    return _BUILT_IN.get(number, NumberKind.NUMBER)


Reading = Callable[[float], object]


def reading(kind: NumberKind, *, is_from_1904: bool) -> Reading | None:
    """From a serial number of days to what it means, rounded to milliseconds; None for plain numbers."""
    offset = _FROM_1904 if is_from_1904 else 0
    read = _READINGS.get(kind)
    if read is None:
        return None

    def from_serial(serial: float) -> object:
        if not 0 <= serial + offset < _DAYS:
            return serial
        return read(serial, offset)

    return from_serial


def _moment(serial: float, offset: int) -> datetime:
    milliseconds = round((serial + offset) * _DAY_MILLISECONDS)
    moment = _FIRST_DAY + timedelta(milliseconds=milliseconds)
    return moment if serial + offset >= _LEAP_DAY else moment + _BEFORE_LEAP_DAY


def _date(serial: float, offset: int) -> date | datetime:
    """The day; a moment where there is a time that the format does not show."""
    moment = _moment(serial, offset)
    return moment.date() if moment.time() == time() else moment


def _clock(serial: float, offset: int) -> time | datetime:
    return _moment(serial, 0).time() if serial < 1 else _moment(serial, offset)


def _elapsed(serial: float, offset: int) -> timedelta:
    return timedelta(milliseconds=round(serial * _DAY_MILLISECONDS))


_READINGS: Final[dict[NumberKind, Callable[[float, int], object]]] = {
    NumberKind.DATE: _date,
    NumberKind.MOMENT: _moment,
    NumberKind.CLOCK: _clock,
    NumberKind.ELAPSED: _elapsed,
}
