"""The function that reads moments from texts: a format becomes a regular expression, its groups become numbers."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from domain.formulas.contract import Environment, ErrorValue, Example, Fragment, Function, Parameter, Result, when
from domain.formulas.literals import LAST_OF_2000S
from domain.formulas.locales import ENGLISH, Language, language
from domain.formulas.moment_formats import MAX_FORMAT, Piece, pieces
from domain.formulas.types import Kind, Type
from domain.sql import quote_text

TITLE: Final = "Dates as texts"

_SPACE: Final = "[[:space:]]*"
_SIGNS: Final = "[^[:alnum:]]*"
"""What stands for spaces and signs of a format: any of them, or none."""
_ONE_OR_TWO: Final = "([0-9]{1,2})"
_ORDINAL: Final = "([0-9]{1,2})(?:st|nd|rd|th|[.])?"
_OFFSET: Final = "(Z|[+-][0-9]{2}:?[0-9]{2})"
_PATTERNS: Final[Mapping[str, tuple[str, str]]] = {
    "YYYY": ("year", "([0-9]{4})"),
    "YY": ("short year", "([0-9]{2})"),
    "M": ("month", _ONE_OR_TWO),
    "Mo": ("month", _ORDINAL),
    "D": ("day", _ONE_OR_TWO),
    "Do": ("day", _ORDINAL),
    "H": ("hour", _ONE_OR_TWO),
    "h": ("half hour", _ONE_OR_TWO),
    "m": ("minute", _ONE_OR_TWO),
    "s": ("second", _ONE_OR_TWO),
    "S": ("fraction", "([0-9]{1,9})"),
    "X": ("epoch", "(-?[0-9]{1,11}(?:[.][0-9]{1,6})?)"),
    "x": ("milliseconds", "(-?[0-9]{1,14})"),
    "Z": ("offset", _OFFSET),
}
"""By their letters: the part that a group of the pattern gives."""
_SAME: Final = {"MM": "M", "DD": "D", "HH": "H", "hh": "h", "mm": "m", "ss": "s", "ZZ": "Z"} | {
    "S" * count: "S" for count in range(2, 10)
}
_ISO: Final = (
    "([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})"
    f"(?:[T ]([0-9]{{1,2}}):([0-9]{{2}})(?::([0-9]{{2}})(?:[.]([0-9]{{1,9}}))?)? ?{_OFFSET}?)?"
)
_ISO_PARTS: Final = ("year", "month", "day", "hour", "minute", "second", "fraction", "offset")


@dataclass(frozen=True, slots=True)
class _Reader:
    """A regular expression, the parts that its groups give, in their order, and the language of its names."""

    pattern: str
    parts: Sequence[str]
    words: Language

    def find(self, part: str, match: str) -> str | None:
        """The SQL of a part's text in what the pattern found; the last one, where there are several."""
        if part not in self.parts:
            return None
        return f"({match})[{len(self.parts) - list(reversed(self.parts)).index(part)}]"


def _reader(format: str | None, words: Language) -> _Reader:
    """Raises ValueError that says by which letters no moment can be read."""
    if format is None:
        return _Reader(_ISO, _ISO_PARTS, words)
    patterns = [_pattern(piece, words) for piece in pieces(format, words)]
    return _Reader("".join(text for _, text in patterns), [part for part, _ in patterns if part], words)


def _pattern(piece: Piece, words: Language) -> tuple[str, str]:
    text = _SAME.get(piece.text, piece.text)
    if not piece.is_token:
        split = re.split(r"([\W_]+)", text)
        return "", "".join(_SIGNS if i % 2 else part for i, part in enumerate(split))
    if text in _PATTERNS:
        return _PATTERNS[text]
    if text in ("MMM", "MMMM"):
        return "month name", f"({_choice((*words.months, *words.short_months))})"
    if text in ("dd", "ddd", "dddd"):
        return "", f"(?:{_choice((*words.days, *words.short_days, *words.shortest_days))})"
    if text in ("a", "A"):
        return "half", f"({_choice((words.morning, words.afternoon, 'am', 'pm'))})"
    raise ValueError(f"no date can be read by {text!r}.")


def _choice(names: Sequence[str]) -> str:
    longest_first = sorted(set(names), key=lambda name: (-len(name), name))
    return "|".join(re.escape(name) for name in longest_first)


def _parse(
    environment: Environment, text: Fragment, format: Fragment | None = None, locale: Fragment | None = None
) -> Result:
    words = language(locale.literal if locale and locale.literal else ENGLISH)
    reader = _reader(format.literal if format else None, words)
    pattern = quote_text(f"***:(?i)^{_SPACE}{reader.pattern}{_SPACE}$")

    def of_match(given: str, match: str) -> Result:
        parts = [Fragment(Type(Kind.NUMBER), part) for part in _parts(environment, reader, match)]
        return environment.bind(parts, lambda *names: _moment(environment, reader, given, *names))

    def of_text(given: str) -> Result:
        found = Fragment(Type(Kind.TEXT, is_array=True), f"regexp_match({given}, {pattern})")
        return environment.bind([found], lambda match: of_match(given, match))

    return environment.bind([text], of_text)


def _moment(
    environment: Environment, reader: _Reader, given: str, year: str, month: str, day: str, *time: str
) -> Result:
    hour, minute, second, offset = time
    first = f"make_date(greatest(1, least(9999, {year})), greatest(1, least(12, {month})), 1)"
    date = f"({first} + (greatest(1, least(31, {day})) - 1))"
    local = f"({date} + make_interval(hours => {hour}, mins => {minute}, secs => {second} - coalesce({offset}, 0)))"
    fits = (
        f"{year} BETWEEN 1 AND 9999 AND {month} BETWEEN 1 AND 12 AND {day} BETWEEN 1 AND 31"
        f" AND extract(month FROM {date}) = {month} AND {hour} BETWEEN 0 AND 23 AND {minute} BETWEEN 0 AND 59"
        f" AND {local} >= '0001-01-02'::timestamp AND {local} < '9999-12-31'::timestamp"
    )
    if not _is_epoch(reader):
        fits += f" AND {second} < 60"
    zone = f"CASE WHEN {offset} IS NULL THEN {environment.zone_sql} ELSE 'UTC' END"
    return Result(
        f"CASE WHEN {fits} THEN timezone({zone}, {local}) END",
        when(f"btrim({given}) <> '' AND ({fits}) IS NOT TRUE", ErrorValue.VALUE),
        is_immutable=not _reads_clock(reader),
        reads_clock=_reads_clock(reader),
    )


def _is_epoch(reader: _Reader) -> bool:
    return "epoch" in reader.parts or "milliseconds" in reader.parts


def _reads_clock(reader: _Reader) -> bool:
    return not _is_epoch(reader) and "year" not in reader.parts and "short year" not in reader.parts


def _parts(environment: Environment, reader: _Reader, match: str) -> list[str]:
    """Year, month, day, hour, minute, seconds with their fraction, and the offset in seconds, NULL if none is given."""
    if _is_epoch(reader):
        seconds, thousands = reader.find("epoch", match), reader.find("milliseconds", match)
        second = f"{seconds}::numeric" if seconds else f"{thousands}::numeric / 1000"
        return ["1970", "1", "1", "0", "0", second, f"CASE WHEN {match} IS NOT NULL THEN 0 END"]
    fraction = reader.find("fraction", match)
    second = _number(reader.find("second", match), "0")
    if fraction:
        second = f"({second} + coalesce(('0.' || left({fraction}, 6))::numeric, 0))"
    minute = _number(reader.find("minute", match), "0")
    return [*_day(environment, reader, match), _hour(reader, match), minute, second, _offset(reader, match)]


def _number(text: str | None, otherwise: str) -> str:
    return f"coalesce({text}::int, {otherwise})" if text else otherwise


def _day(environment: Environment, reader: _Reader, match: str) -> list[str]:
    """What stands for parts that are missing: those of today before the first that is given, 1 behind it."""
    now = environment.local("statement_timestamp()")
    year, short, month = (reader.find(part, match) for part in ("year", "short year", "month"))
    name, day = reader.find("month name", match), reader.find("day", match)
    if short:
        year = year or f"({short}::int + CASE WHEN {short}::int <= {LAST_OF_2000S} THEN 2000 ELSE 1900 END)"
    if name:
        months = (*reader.words.months, *reader.words.short_months)
        names = ", ".join(quote_text(each.lower()) for each in months)
        month = month or f"(mod(array_position(ARRAY[{names}], lower({name})) - 1, 12) + 1)"
    given = [f"{part}::int" if part else None for part in (year, month, day)]
    first = next((i for i, part in enumerate(given) if part), 3)
    today = [f"extract({part} FROM {now})::int" for part in ("year", "month", "day")]
    return [part or (today[i] if i < first else "1") for i, part in enumerate(given)]


def _hour(reader: _Reader, match: str) -> str:
    hour, half_hour, half = (reader.find(part, match) for part in ("hour", "half hour", "half"))
    text = hour or half_hour
    if text is None:
        return "0"
    number = _number(text, "0")
    if half:
        afternoon = f"lower({half}) IN ('pm', {quote_text(reader.words.afternoon.lower())})"
        number = f"CASE WHEN {afternoon} AND {number} < 12 THEN {number} + 12"
        number += f" WHEN NOT {afternoon} AND {_number(text, '0')} = 12 THEN 0 ELSE {_number(text, '0')} END"
    return number if hour else f"CASE WHEN {text}::int BETWEEN 1 AND 12 THEN {number} ELSE -1 END"


def _offset(reader: _Reader, match: str) -> str:
    text = reader.find("offset", match)
    if text is None:
        return "NULL::int"
    seconds = f"(substr({text}, 2, 2)::int * 3600 + right({text}, 2)::int * 60)"
    sign = f"CASE left({text}, 1) WHEN '-' THEN -1 ELSE 1 END"
    return f"CASE WHEN lower({text}) = 'z' THEN 0 ELSE {sign} * {seconds} END"


def _check(texts: Sequence[str | None]) -> str | None:
    format, name = (*texts[1:3], None, None)[:2]
    if format is not None and not 0 < len(format) <= MAX_FORMAT:
        return f"a format has 1 to {MAX_FORMAT} characters."
    try:
        _reader(format, language(name or ENGLISH))
    except ValueError as fault:
        return str(fault)
    return None


FUNCTIONS: Final = (
    Function(
        "DATETIME_PARSE",
        (
            Parameter("text", Kind.TEXT),
            Parameter("format", Kind.TEXT, is_optional=True, is_literal=True),
            Parameter("language", Kind.TEXT, is_optional=True, is_literal=True),
        ),
        Kind.DATETIME,
        "The moment that a text of this format says, or one of ISO 8601 if no format is given; the letters are those "
        "of DATETIME_FORMAT, but for weeks, quarters, days of the year and names of zones. Case does not count, spaces "
        "and signs may differ, and the whole text must fit: #VALUE! where it does not, blank for a blank one. A time "
        "without an offset (Z) is local to the formula's time zone; a year of two digits is in 1969 to 2068; without "
        "a year it is this one, without a month as well it is today's.",
        (
            Example('DATETIME_PARSE("4 Mar 2017 23:00", "D MMM YYYY HH:mm") = "2017-03-04T23:00:00Z"', True),
            Example('DATETIME_PARSE("03/04/17 12:30 am", "DD/MM/YY h:mm a") & ""', "2017-04-03T00:30:00Z"),
            Example('DATETIME_PARSE("20240531T134506.5+0200", "YYYYMMDD[T]HHmmss.SZZ") & ""', "2024-05-31T11:45:06Z"),
            Example('DATETIME_PARSE("Freitag, 31. mai 2024", "dddd, Do MMMM YYYY", "de") & ""', "2024-05-31T00:00:00Z"),
            Example('DATETIME_PARSE("2024-05-31 13:45") & ""', "2024-05-31T13:45:00Z"),
            Example('DATETIME_PARSE("1705881600", "X") & ""', "2024-01-22T00:00:00Z"),
            Example('DATETIME_PARSE("June 2024", "MMM YYYY") & ""', "2024-06-01T00:00:00Z"),
            Example('YEAR(DATETIME_PARSE("1 May", "D MMM")) = YEAR(TODAY())', True),
            Example('DATETIME_PARSE("2023-02-29")', ErrorValue.VALUE),
            Example('DATETIME_PARSE("13:00 pm", "h:mm a")', ErrorValue.VALUE),
            Example('DATETIME_PARSE("soon")', ErrorValue.VALUE),
            Example('DATETIME_PARSE("")', None),
        ),
        _parse,
        check=_check,
    ),
)
