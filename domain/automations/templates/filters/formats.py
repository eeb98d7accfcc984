"""The filter that writes dates, moments and numbers as they are told to."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Final

from babel.numbers import NumberFormatError, format_decimal

from domain.automations.templates.faults import Unfit
from domain.automations.templates.filters.contract import Filter, Parameter
from domain.automations.templates.filters.moments import day_or_moment
from domain.automations.templates.filters.numbers import number_of
from domain.formulas.locales import ENGLISH, Language, language
from domain.formulas.moment_formats import MAX_FORMAT, pieces

MAX_PATTERN: Final = 50
"""Characters of the pattern of a number."""


def _format(value: object, pattern: str, name: str) -> str:
    try:
        known = language(name)
    except ValueError as error:
        raise Unfit(str(error)) from None
    if isinstance(value, (int, float, Decimal)):
        return _number(value, pattern, name)
    if len(pattern) > MAX_FORMAT:
        raise Unfit(f"a format has at most {MAX_FORMAT} characters")
    day = day_or_moment(value)
    moment = day if isinstance(day, datetime) else datetime.combine(day, time(), UTC)
    return "".join(
        _written(piece.text, moment, known) if piece.is_token else piece.text for piece in pieces(pattern, known)
    )


def _number(value: object, pattern: str, name: str) -> str:
    number = number_of(value)
    if len(pattern) > MAX_PATTERN:
        raise Unfit(f"the pattern of a number has at most {MAX_PATTERN} characters")
    if not set(pattern) & set("#0@"):
        raise Unfit("the pattern has no place for digits, such as # or 0")
    try:
        return format_decimal(number, pattern, locale=name.replace("-", "_"))
    except (NumberFormatError, ValueError, ArithmeticError) as error:
        raise Unfit(f"the pattern is not valid: {error}") from None


def _written(token: str, moment: datetime, known: Language) -> str:
    if token in _BY_LANGUAGE:
        return _BY_LANGUAGE[token](moment, known)
    if token in _PLAIN:
        return str(_PLAIN[token](moment))
    if token.startswith("S"):
        return f"{moment.microsecond:06d}"[: len(token)].ljust(len(token), "0")
    if token.endswith("o"):
        return _ordinal(int(str(_PLAIN[token[:-1]](moment))))
    raise Unfit(f"{token} is no part of a format")


def _ordinal(number: int) -> str:
    teen = 10 < number % 100 < 20
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _weekday(moment: datetime) -> int:
    """From Sunday, which is 0."""
    return moment.isoweekday() % 7


def _offset(moment: datetime, between: str) -> str:
    text = moment.strftime("%z")[:5]
    return f"{text[:3]}{between}{text[3:]}"


def _week(moment: datetime) -> int:
    """Weeks from Sunday on; the first is the one with January 1."""
    if _week_year(moment) > moment.year:
        return 1
    start = _weekday(moment.replace(month=1, day=1))
    return (moment.timetuple().tm_yday - 1 + start) // 7 + 1


def _week_year(moment: datetime) -> int:
    """The year that the week's Saturday lies in."""
    is_next = moment.month == 12 and moment.day + 6 - _weekday(moment) > 31
    return moment.year + is_next


_PLAIN: Final[Mapping[str, Callable[[datetime], object]]] = {
    "YYYY": lambda at: f"{at.year:04d}",
    "YY": lambda at: f"{at.year % 100:02d}",
    "Q": lambda at: (at.month + 2) // 3,
    "M": lambda at: at.month,
    "MM": lambda at: f"{at.month:02d}",
    "D": lambda at: at.day,
    "DD": lambda at: f"{at.day:02d}",
    "DDD": lambda at: at.timetuple().tm_yday,
    "DDDD": lambda at: f"{at.timetuple().tm_yday:03d}",
    "d": _weekday,
    "e": _weekday,
    "E": lambda at: at.isoweekday(),
    "w": _week,
    "ww": lambda at: f"{_week(at):02d}",
    "W": lambda at: at.isocalendar().week,
    "WW": lambda at: f"{at.isocalendar().week:02d}",
    "gggg": lambda at: f"{_week_year(at):04d}",
    "gg": lambda at: f"{_week_year(at) % 100:02d}",
    "GGGG": lambda at: f"{at.isocalendar().year:04d}",
    "GG": lambda at: f"{at.isocalendar().year % 100:02d}",
    "H": lambda at: at.hour,
    "HH": lambda at: f"{at.hour:02d}",
    "h": lambda at: (at.hour + 11) % 12 + 1,
    "hh": lambda at: f"{(at.hour + 11) % 12 + 1:02d}",
    "k": lambda at: at.hour or 24,
    "kk": lambda at: f"{at.hour or 24:02d}",
    "m": lambda at: at.minute,
    "mm": lambda at: f"{at.minute:02d}",
    "s": lambda at: at.second,
    "ss": lambda at: f"{at.second:02d}",
    "X": lambda at: int(at.timestamp()),
    "x": lambda at: int(at.timestamp() * 1_000),
    "Z": lambda at: _offset(at, ":"),
    "ZZ": lambda at: _offset(at, ""),
    "z": lambda at: at.tzname() or "",
    "zz": lambda at: at.tzname() or "",
}
_BY_LANGUAGE: Final[Mapping[str, Callable[[datetime, Language], str]]] = {
    "MMMM": lambda at, known: known.months[at.month - 1],
    "MMM": lambda at, known: known.short_months[at.month - 1],
    "dddd": lambda at, known: known.days[_weekday(at)],
    "ddd": lambda at, known: known.short_days[_weekday(at)],
    "dd": lambda at, known: known.shortest_days[_weekday(at)],
    "A": lambda at, known: known.morning if at.hour < 12 else known.afternoon,
    "a": lambda at, known: (known.morning if at.hour < 12 else known.afternoon).lower(),
}
FILTERS: Final = (
    Filter(
        "format",
        "A date or moment by the letters of DATETIME_FORMAT (`YYYY-MM-DD HH:mm`), a number by a pattern of the CLDR "
        "(`#,##0.00`); in English, unless another language is named.",
        _format,
        (Parameter("pattern", "text"), Parameter("language", "text", ENGLISH)),
    ),
)
