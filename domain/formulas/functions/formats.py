"""Functions that write moments as texts, in a language and a time zone."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

from domain.fields.moments import zone_names
from domain.formulas.contract import Environment, Example, Fragment, Function, Parameter, Result
from domain.formulas.locales import ENGLISH, Language, language
from domain.formulas.moment_formats import MAX_FORMAT, Piece, pieces
from domain.formulas.types import Kind
from domain.sql import concat, quote_text

TITLE: Final = "Dates as texts"
ISO_FORMAT: Final = "YYYY-MM-DD[T]HH:mm:ssZ"

_DATE: Final = Parameter("date", Kind.DATETIME)
_MOMENT: Final = '"2024-05-31T13:45:06Z"'
_SUNDAY: Final = "extract(dow FROM {l})"
_SATURDAY: Final = "({l} + make_interval(days => 6 - extract(dow FROM {l})::int))"
"""The week of the first of January is week 1, and belongs to the year that its Saturday is in."""
_HOUR: Final = "extract(hour FROM {l})"
_NUMBERS: Final[Mapping[str, tuple[str, int]]] = {
    "M": ("extract(month FROM {l})", 1),
    "MM": ("extract(month FROM {l})", 2),
    "Q": ("extract(quarter FROM {l})", 1),
    "D": ("extract(day FROM {l})", 1),
    "DD": ("extract(day FROM {l})", 2),
    "DDD": ("extract(doy FROM {l})", 1),
    "DDDD": ("extract(doy FROM {l})", 3),
    "d": (_SUNDAY, 1),
    "e": (_SUNDAY, 1),
    "E": ("extract(isodow FROM {l})", 1),
    "w": (f"trunc((extract(doy FROM {_SATURDAY}) + 6) / 7)", 1),
    "ww": (f"trunc((extract(doy FROM {_SATURDAY}) + 6) / 7)", 2),
    "W": ("extract(week FROM {l})", 1),
    "WW": ("extract(week FROM {l})", 2),
    "YY": ("mod(extract(year FROM {l}), 100)", 2),
    "YYYY": ("extract(year FROM {l})", 4),
    "gg": (f"mod(extract(year FROM {_SATURDAY}), 100)", 2),
    "gggg": (f"extract(year FROM {_SATURDAY})", 4),
    "GG": ("mod(extract(isoyear FROM {l}), 100)", 2),
    "GGGG": ("extract(isoyear FROM {l})", 4),
    "H": (_HOUR, 1),
    "HH": (_HOUR, 2),
    "h": (f"(mod({_HOUR} + 11, 12) + 1)", 1),
    "hh": (f"(mod({_HOUR} + 11, 12) + 1)", 2),
    "k": (f"(mod({_HOUR} + 23, 24) + 1)", 1),
    "kk": (f"(mod({_HOUR} + 23, 24) + 1)", 2),
    "m": ("extract(minute FROM {l})", 1),
    "mm": ("extract(minute FROM {l})", 2),
    "s": ("trunc(extract(second FROM {l}))", 1),
    "ss": ("trunc(extract(second FROM {l}))", 2),
    "X": ("floor(extract(epoch FROM {m}))", 1),
    "x": ("floor(extract(epoch FROM {m}) * 1000)", 1),
}
"""By their letters: the number, over a local time `l` and a moment `m`, and its least count of digits."""


def _text(environment: Environment, date: Fragment, format: str) -> Result:
    """The moment in its own language and zone; immutable, unlike PostgreSQL's to_char."""
    words = language(date.locale or ENGLISH)
    zone = date.zone or environment.zone

    def sql(moment: str) -> Result:
        local = environment.local(moment, zone)
        return Result(concat([_piece(piece, words, moment, local, zone) for piece in pieces(format, words)]))

    return environment.bind([date], sql)


def _piece(piece: Piece, words: Language, moment: str, local: str, zone: str) -> str:
    text = piece.text
    if not piece.is_token:
        # A format without letters is blank for a blank date too.
        return f"CASE WHEN {moment} IS NOT NULL THEN {quote_text(text)} END"
    if text in ("z", "zz", "Z", "ZZ"):
        offset = f"extract(epoch FROM ({local} - timezone('UTC', {moment})))::int"
        return _abbreviation(offset, zone) if text[0] == "z" else _offset(offset, ":" if text == "Z" else "")
    if text in _NUMBERS or text[-1] == "o":
        number, digits = _NUMBERS[text.removesuffix("o")]
        return _number(number.format(l=local, m=moment), digits, words, is_ordinal=text[-1] == "o")
    if text[0] == "S":
        micros = f"lpad(mod(extract(microseconds FROM {local})::bigint, 1000000)::text, 6, '0')"
        return _digits(f"rpad(left({micros}, {len(text)}), {len(text)}, '0')", words)
    return _name(text, words, local)


def _number(number: str, digits: int, words: Language, *, is_ordinal: bool) -> str:
    text = f"({number})::bigint::text"
    if digits > 1:
        text = f"lpad({text}, greatest({digits}, length({text})), '0')"
    text = _digits(text, words)
    if not is_ordinal:
        return text
    return f"({text} || {_english_ending(number) if words.is_english else quote_text('.')})"


def _english_ending(number: str) -> str:
    endings = "ARRAY['th','st','nd','rd','th','th','th','th','th','th']"
    return f"CASE WHEN mod({number}, 100) IN (11, 12, 13) THEN 'th' ELSE ({endings})[1 + mod({number}, 10)::int] END"


def _digits(text: str, words: Language) -> str:
    return text if words.digits == "0123456789" else f"translate({text}, '0123456789', {quote_text(words.digits)})"


def _name(text: str, words: Language, local: str) -> str:
    if text in "aA":
        small = text == "a"
        marks = [quote_text(mark.lower() if small else mark) for mark in (words.morning, words.afternoon)]
        return f"CASE WHEN extract(hour FROM {local}) < 12 THEN {marks[0]} ELSE {marks[1]} END"
    if text[0] == "M":
        names, number = words.months if text == "MMMM" else words.short_months, f"extract(month FROM {local})::int"
    else:
        names = {"dd": words.shortest_days, "ddd": words.short_days, "dddd": words.days}[text]
        number = f"1 + extract(dow FROM {local})::int"
    return f"(ARRAY[{', '.join(quote_text(name) for name in names)}])[{number}]"


def _offset(seconds: str, colon: str) -> str:
    hours = f"lpad((abs({seconds}) / 3600)::text, 2, '0')"
    minutes = f"lpad((abs({seconds}) / 60 % 60)::text, 2, '0')"
    return f"(CASE WHEN {seconds} < 0 THEN '-' ELSE '+' END || {hours} || '{colon}' || {minutes})"


def _abbreviation(seconds: str, zone: str) -> str:
    cases = "".join(f" WHEN {offset} THEN {quote_text(name)}" for offset, name in _abbreviations(zone).items())
    return f"CASE {seconds}{cases} ELSE {_offset(seconds, ':')} END"


@cache
def _abbreviations(zone: str) -> Mapping[int, str]:
    """What a zone's times are called, by the seconds that they are ahead of UTC: those of our days."""
    found: dict[int, str] = {}
    for year in range(2000, 2038):
        for month in range(1, 13):
            there = datetime(year, month, 1, tzinfo=UTC).astimezone(ZoneInfo(zone))
            offset, name = there.utcoffset(), there.tzname()
            if offset is not None and name:
                found[math.floor(offset.total_seconds())] = name
    return found


def _format(environment: Environment, date: Fragment, format: Fragment | None = None) -> Result:
    return _text(environment, date, ISO_FORMAT if format is None else format.literal or "")


def _fixed(format: str) -> Callable[[Environment, Fragment], Result]:
    return lambda environment, date: _text(environment, date, format)


def _check_format(texts: Sequence[str | None]) -> str | None:
    format = texts[1] if len(texts) > 1 else None
    if format is not None and not 0 < len(format) <= MAX_FORMAT:
        return f"a format has 1 to {MAX_FORMAT} characters."
    return None


def _check_zone(texts: Sequence[str | None]) -> str | None:
    zone = texts[1] or ""
    return None if zone in zone_names() else f"there is no time zone {zone!r}; use a name such as 'Europe/Berlin'."


def _check_language(texts: Sequence[str | None]) -> str | None:
    try:
        language(texts[1] or "")
    except ValueError as fault:
        return str(fault)
    return None


def _set_zone(_: Environment, date: Fragment, zone: Fragment) -> Result:
    return Result(date.sql, zone=zone.literal, locale=date.locale)


def _set_language(_: Environment, date: Fragment, name: Fragment) -> Result:
    return Result(date.sql, zone=date.zone, locale=name.literal)


FUNCTIONS: Final = (
    Function(
        "DATETIME_FORMAT",
        (_DATE, Parameter("format", Kind.TEXT, is_optional=True, is_literal=True)),
        Kind.TEXT,
        f"The moment as a text; the letters of the format are those of Moment.js, what stands in [brackets] is taken "
        f"as it is, and without a format it is {ISO_FORMAT}. Weeks (w) start on Sunday, the first of January is in "
        f"week 1; names of zones (z) are those of our days; ordinals (Do) have English endings in English and a full "
        f"stop elsewhere. A format has at most {MAX_FORMAT} characters.",
        (
            Example(f'DATETIME_FORMAT({_MOMENT}, "DD.MM.YYYY")', "31.05.2024"),
            Example(f'DATETIME_FORMAT({_MOMENT}, "dddd, MMMM Do, h:mm A")', "Friday, May 31st, 1:45 PM"),
            Example(f'DATETIME_FORMAT({_MOMENT}, "[Week] w, \\\\QQ")', "Week 22, Q2"),
            Example(f'DATETIME_FORMAT({_MOMENT}, "LLLL")', "Friday, May 31, 2024 1:45 PM"),
            Example('DATETIME_FORMAT("10/22/2003", "M")', "10"),
            Example('DATETIME_FORMAT("2021-02-11", "w W")', "7 6"),
            Example('DATETIME_FORMAT("2021-12-31", "gggg w GGGG W DDDD E e")', "2022 1 2021 52 365 5 5"),
            Example(
                'DATETIME_FORMAT("2024-01-11T00:05:09.1234Z", "Do dd HH h kk k S SSS")', "11th Th 00 12 24 24 1 123"
            ),
            Example(
                'DATETIME_FORMAT("2024-01-22T00:00Z", "Do [of] MMM YY X x")', "22nd of Jan 24 1705881600 1705881600000"
            ),
            Example(f"DATETIME_FORMAT({_MOMENT})", "2024-05-31T13:45:06+00:00"),
            Example('DATETIME_FORMAT(BLANK(), "[on] D")', None),
        ),
        _format,
        check=_check_format,
    ),
    Function(
        "DATESTR",
        (_DATE,),
        Kind.TEXT,
        "The day as a text of the form YYYY-MM-DD.",
        (Example(f"DATESTR({_MOMENT})", "2024-05-31"),),
        _fixed("YYYY-MM-DD"),
    ),
    Function(
        "TIMESTR",
        (_DATE,),
        Kind.TEXT,
        "The time of the day as a text of the form hh:mm:ss.",
        (Example(f"TIMESTR({_MOMENT})", "13:45:06"),),
        _fixed("HH:mm:ss"),
    ),
    Function(
        "SET_TIMEZONE",
        (_DATE, Parameter("zone", Kind.TEXT, is_literal=True)),
        Kind.DATETIME,
        "The same moment, which the function around it looks at in another time zone, by its IANA name: "
        "DATETIME_FORMAT, DATESTR, TIMESTR, WEEKDAY, WEEKNUM and the parts from YEAR to SECOND.",
        (
            Example(
                f'DATETIME_FORMAT(SET_TIMEZONE({_MOMENT}, "America/New_York"), "D MMM H:mm z Z")',
                "31 May 9:45 EDT -04:00",
            ),
            Example('DATESTR(SET_TIMEZONE("2024-05-31T23:00:00Z", "Asia/Tokyo"))', "2024-06-01"),
            Example(f'HOUR(SET_TIMEZONE({_MOMENT}, "Asia/Kolkata"))', 19),
        ),
        _set_zone,
        check=_check_zone,
    ),
    Function(
        "SET_LOCALE",
        (_DATE, Parameter("language", Kind.TEXT, is_literal=True)),
        Kind.DATETIME,
        "The same moment, which DATETIME_FORMAT around it writes in another language: names, digits and the formats L "
        "to LLLL, LT and LTS are those of the Unicode CLDR.",
        (
            Example(f'DATETIME_FORMAT(SET_LOCALE({_MOMENT}, "de"), "dddd, Do MMMM")', "Freitag, 31. Mai"),
            Example(f'DATETIME_FORMAT(SET_LOCALE({_MOMENT}, "es"), "LLL")', "31 de mayo de 2024 13:45"),
            Example(f'DATETIME_FORMAT(SET_LOCALE({_MOMENT}, "en-gb"), "L LT")', "31/05/2024 13:45"),
            Example(f'DATETIME_FORMAT(SET_LOCALE({_MOMENT}, "ar"), "D")', "٣١"),
        ),
        _set_language,
        check=_check_language,
    ),
)
