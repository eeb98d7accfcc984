"""The duration field."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Annotated, Final, Literal

from pydantic import Field

from domain.fields import faults
from domain.fields.aggregates import NUMERIC
from domain.fields.contract import BadExample, Example, FieldType, Options, Parser
from domain.fields.faults import InvalidValue, shown
from domain.fields.numbers import NumberRules, number_parser, read_number
from domain.fields.operators import ORDERED, Conditions
from domain.fields.texts import SUBSTRING
from domain.fields.widening import SHOWN
from domain.sql import Parameters

MAX_DAYS: Final = 100_000
MAX_SECONDS: Final = MAX_DAYS * 86_400
"""So long, and doubles still hold every microsecond."""
MAX_TEXT: Final = 100
_MICROSECOND_DECIMALS: Final = 6

_CLOCK = re.compile(r"(?P<sign>[+-]?)(?P<parts>\d{1,10}(:\d{1,2}){1,3})(?P<fraction>\.\d{1,9})?", re.ASCII)
_NAMED = re.compile(
    r"(?P<sign>[+-]?) ?(?:(?P<w>\d{1,6}(?:\.\d+)?) ?w(?:eeks?)?)? ?(?:(?P<d>\d{1,6}(?:\.\d+)?) ?d(?:ays?)?)? ?"
    r"(?:(?P<h>\d{1,8}(?:\.\d+)?) ?h(?:(?:ou)?rs?)?)? ?(?:(?P<m>\d{1,9}(?:\.\d+)?) ?m(?:in(?:ute)?s?)?)? ?"
    r"(?:(?P<s>\d{1,10}(?:\.\d+)?) ?s(?:ec(?:ond)?s?)?)?",
    re.ASCII | re.IGNORECASE,
)
_ISO = re.compile(
    r"(?P<sign>-?)P(?:(?P<w>\d{1,6})W)?(?:(?P<d>\d{1,6})D)?"
    r"(?:T(?:(?P<h>\d{1,8})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,10}(?:\.\d+)?)S)?)?",
    re.ASCII,
)
_SECONDS: Final = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_CONDITIONS: Final[Conditions] = {**ORDERED, **SUBSTRING}


class DurationOptions(Options):
    """Options of a duration field."""

    duration_format: Annotated[
        Literal["h:mm", "h:mm:ss", "h:mm:ss.s", "h:mm:ss.ss", "h:mm:ss.sss"],
        Field(description="How clients show it; with h:mm, the text 1:30 is read as hours and minutes, else m:ss."),
        SHOWN,
    ] = "h:mm"


class DurationType(FieldType[DurationOptions]):
    """A length of time."""

    key = "duration"
    title = "Duration"
    position = 90
    description = "A length of time of up to 100,000 days, kept to the microsecond; a JSON number of seconds."
    options_model = DurationOptions
    column_type = "interval"
    conditions = _CONDITIONS
    aggregates = NUMERIC
    examples = (
        Example(5400, 5400),
        Example(0, 0),
        Example(0.000001, 0.000001),
        Example(-3599.25, -3599.25),
        Example(8_639_999_999.999999, 8_639_999_999.999999),
        Example("1:30", 5400, typecast=True),
        Example("1:30", 90, {"duration_format": "h:mm:ss"}, typecast=True),
        Example("-26:00:01.5", -93601.5, typecast=True),
        Example("1h 30m", 5400, typecast=True),
        Example("90 minutes", 5400, typecast=True),
        Example("P1DT2H", 93600, typecast=True),
        Example("90", 90, typecast=True),
        Example("", None, typecast=True),
    )
    bad_examples = (
        BadExample("1:30", faults.TYPE),
        BadExample(True, faults.TYPE),
        BadExample(0.0000001, faults.PRECISION),
        BadExample(MAX_SECONDS + 1, faults.RANGE),
        BadExample(float("nan"), faults.RANGE),
    )

    def parser(self, options: DurationOptions, *, typecast: bool = False) -> Parser:
        read = partial(_read_duration, short=options.duration_format == "h:mm")
        return _seconds_parser(read if typecast else None)

    def operand_parser(self, options: DurationOptions) -> Parser:
        return _operand

    def json(self, column: str, options: DurationOptions, parameters: Parameters) -> str:
        return f"trim_scale(extract(epoch FROM {column}))::text"

    def text(self, column: str, options: DurationOptions, parameters: Parameters) -> str:
        """Hours, minutes and seconds, `26:00:01`."""
        clock = f"to_char(greatest({column}, -{column}), 'FMHH24:MI:SS')"
        return f"(CASE WHEN {column} < interval '0' THEN '-'||{clock} ELSE {clock} END)"

    def quantity(self, column: str, options: DurationOptions) -> str:
        """Seconds."""
        return f"extract(epoch FROM {column})"


def _seconds_parser(read: Callable[[str], Decimal | None] | None) -> Parser:
    rules = NumberRules(_MICROSECOND_DECIMALS, -MAX_SECONDS, MAX_SECONDS)
    parse = number_parser(rules, typecast=read is not None, read=read)

    def parse_seconds(value: object) -> object:
        seconds = parse(value)
        if type(seconds) is float and -0.001 < seconds < 0.001:
            return Decimal(repr(seconds))  # PostgreSQL reads no exponent in an interval, and JSON would write one
        return seconds

    return parse_seconds


_parse_strictly = _seconds_parser(None)


def _operand(value: object) -> timedelta | None:
    seconds = _parse_strictly(value)
    if seconds is None:
        return None
    return timedelta(microseconds=int(Decimal(str(seconds)).scaleb(_MICROSECOND_DECIMALS)))


def _read_duration(text: str, *, short: bool) -> Decimal | None:
    """Seconds from `1:30`, `1:30:05.5`, `1h 30m`, `PT1H30M` or a number of seconds; None for the empty text."""
    if len(text) > MAX_TEXT:
        raise _not_a_duration(text)
    bare = " ".join(text.replace(",", " ").split())
    if clock := _CLOCK.fullmatch(bare):
        return _clock_seconds(clock, short)
    named = _ISO.fullmatch(bare) or _NAMED.fullmatch(bare)
    if named is not None and any(named[unit] for unit in _SECONDS):
        seconds = sum((Decimal(named[unit] or 0) * each for unit, each in _SECONDS.items()), Decimal(0))
        return -seconds if named["sign"] == "-" else seconds
    try:
        return read_number(text)
    except InvalidValue:
        raise _not_a_duration(text) from None


def _not_a_duration(text: str) -> InvalidValue:
    return InvalidValue(f"{shown(text)} is not a duration such as 1:30, 1:30:00 or 1h 30m.", faults.FORMAT)


def _clock_seconds(clock: re.Match[str], short: bool) -> Decimal:
    """The units from the right are seconds, minutes, hours and days, but `1:30` is h:mm in a field without seconds."""
    parts = [int(part) for part in clock["parts"].split(":")]
    units = [60, 3_600] if len(parts) == 2 and short and not clock["fraction"] else [1, 60, 3_600, 86_400]
    seconds = Decimal(sum(part * unit for part, unit in zip(reversed(parts), units, strict=False)))
    seconds += Decimal(clock["fraction"] or 0)
    return -seconds if clock["sign"] == "-" else seconds
