"""What a language calls months and days, and how it writes a date; from the CLDR, by Babel."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from babel import Locale, UnknownLocaleError

ENGLISH: Final = "en"
"""The language of formulas that name none."""

_FIRST_DIGITS: Final[Mapping[str, str]] = {
    "arab": "\u0660",
    "arabext": "\u06f0",
    "beng": "\u09e6",
    "deva": "\u0966",
    "mymr": "\u1040",
    "tibt": "\u0f20",
}
"""The digit 0 of the systems that some languages write numbers in."""
_PATTERN = re.compile(r"'(?P<quoted>(?:[^']|'')*)'|(?P<field>([a-zA-Z])\3*)|(?P<other>[^a-zA-Z']+)")
_TOKENS: Final[Mapping[str, str]] = {
    "d": "D",
    "dd": "DD",
    "y": "YYYY",
    "yy": "YY",
    "LLLL": "MMMM",
    "EEE": "ddd",
    "EEEE": "dddd",
    "a": "A",
    "b": "A",
    "B": "A",
    "G": "",
}
"""Of the CLDR's patterns, where the formats of formulas have other letters."""


@dataclass(frozen=True, slots=True)
class Language:
    """A language with its region: names from January and from Sunday on, formats as DATETIME_FORMAT takes them."""

    months: tuple[str, ...]
    short_months: tuple[str, ...]
    days: tuple[str, ...]
    short_days: tuple[str, ...]
    shortest_days: tuple[str, ...]
    morning: str
    afternoon: str
    formats: Mapping[str, str]
    """By their names: L, LL, LLL, LLLL, LT, LTS."""
    digits: str
    """The digits from 0 to 9."""
    is_english: bool


@cache
def language(name: str) -> Language:
    """The language with this name, such as de, en-gb or zh_TW; raises ValueError for an unknown one."""
    try:
        locale = Locale.parse(name.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        raise ValueError(f"there is no language {name!r}; use a name such as 'de' or 'en-gb'.") from None
    months, days = locale.months["format"], locale.days["format"]
    periods = locale.day_periods["format"]
    marks = periods.get("abbreviated") or periods["wide"]
    # The CLDR leaves the digits of Arabic to its regions; Moment.js, which formulas elsewhere go by, does not.
    system = "arab" if str(locale) == "ar" else locale.default_numbering_system
    zero = ord(_FIRST_DIGITS.get(system, "0"))
    return Language(
        months=tuple(months["wide"][number] for number in range(1, 13)),
        short_months=tuple(months["abbreviated"][number] for number in range(1, 13)),
        days=_from_sunday(days["wide"]),
        short_days=_from_sunday(days["abbreviated"]),
        shortest_days=_from_sunday(days.get("short") or days["abbreviated"]),
        morning=marks["am"],
        afternoon=marks["pm"],
        formats=_formats(locale),
        digits="".join(chr(zero + digit) for digit in range(10)),
        is_english=locale.language == "en",
    )


def _from_sunday(days: Mapping[int, str]) -> tuple[str, ...]:
    """The CLDR counts them from Monday on."""
    return tuple(days[(number - 1) % 7] for number in range(7))


def _formats(locale: Locale) -> Mapping[str, str]:
    time = _format(locale.time_formats["short"].pattern)
    day = _format(locale.date_formats["long"].pattern)
    full = _format(locale.date_formats["full"].pattern)
    numbers = _format(locale.datetime_skeletons["yMd"].pattern)
    return {
        "L": re.sub(r"M+", "MM", re.sub(r"D+", "DD", numbers)),
        "LL": day,
        "LLL": f"{day} {time}",
        "LLLL": f"{full} {time}",
        "LT": time,
        "LTS": _format(locale.time_formats["medium"].pattern),
    }


def _format(pattern: str) -> str:
    """A pattern of the CLDR as DATETIME_FORMAT takes it."""
    return "".join(_piece(found) for found in _PATTERN.finditer(pattern)).strip()


def _piece(found: re.Match[str]) -> str:
    if found["field"]:
        return _TOKENS.get(found["field"], found["field"])
    if found["quoted"] is None:
        return re.sub(r"[\u202f\u00a0]", " ", found["other"])
    return f"[{found['quoted']}]" if found["quoted"] else "'"
