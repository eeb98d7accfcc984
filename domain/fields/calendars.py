"""The two ways in which a date or datetime field keeps time: as days, or as moments.

Operands travel as the time since 1970, because asyncpg takes the first and the last date of Python for -infinity and
infinity, and people use both as marks for "always" and "never".
"""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Annotated, Final, Generic, Literal

from pydantic import BeforeValidator, Field

from domain.fields import faults
from domain.fields.aggregates import EXTREMES, Bucket
from domain.fields.contract import FieldType, OptionsT, Parser
from domain.fields.faults import InvalidValue, wrong_type
from domain.fields.moments import moment_parser, parse_date, read_moment, settled
from domain.fields.operators import ORDERED, Conditions
from domain.fields.readable import only_item
from domain.fields.texts import SUBSTRING
from domain.fields.widening import SHOWN
from domain.sql import Parameters

_EPOCH_DAY: Final = date(1970, 1, 1).toordinal()
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PATTERNS: Final[Mapping[str, str]] = {
    "yyyy-mm-dd": "iso",
    "mm/dd/yyyy": "us",
    "m/d/yyyy": "us",
    "dd/mm/yyyy": "european",
    "d/m/yyyy": "european",
    "mmmm d, yyyy": "friendly",
}
"""Patterns by which other products name the same formats."""
CALENDAR_CONDITIONS: Final[Conditions] = {**ORDERED, **SUBSTRING}
"""What fits days and moments; CONTAINS and its kin look at the text of the JSON value, so "2024-05" finds a month."""


def _format_name(value: object) -> object:
    return _PATTERNS.get(value.lower(), value) if isinstance(value, str) else value


DateFormat = Annotated[
    Literal["iso", "us", "european", "friendly"],
    BeforeValidator(_format_name),
    Field(description="How clients show a day: 2024-05-31, 5/31/2024, 31/5/2024 or May 31, 2024."),
    SHOWN,
]


@dataclass(frozen=True, slots=True)
class Days:
    """Days without a time; `day_first` says how 5/6/2024 is read."""

    day_first: bool
    column_type: str = "date"
    operand_type: str = "integer"

    def strict_parser(self) -> Parser:
        """From `YYYY-MM-DD` to a date."""
        return parse_date

    def loose_parser(self) -> Parser:
        """From any usual form to the day that is written, whatever time and offset stand behind it."""

        def parse(value: object) -> date | None:
            text = _text_of(value, "a date as a text")
            if text is None or not text or (len(text) == 10 and text[4] == "-"):
                return parse_date(text)
            return read_moment(text, day_first=self.day_first).date()

        return parse

    def operand(self, stored: object) -> int:
        """Days since 1970."""
        assert isinstance(stored, date)
        return stored.toordinal() - _EPOCH_DAY

    def from_operand(self, operand: str) -> str:
        """From days since 1970 to a date, in SQL."""
        return f"(date '1970-01-01' + {operand})"

    def text(self, column: str) -> str:
        """`YYYY-MM-DD`; the connection's DateStyle is ISO."""
        return f"{column}::text"

    def buckets(self) -> Sequence[Bucket]:
        """A day has no hours."""
        return [bucket for bucket in Bucket if bucket is not Bucket.HOUR]

    def bucket(self, bucket: Bucket, zone: str, column: str, parameters: Parameters) -> tuple[str, str]:
        """The first day of the span; a day is the same one in every zone."""
        del zone, parameters
        return "date", f"date_trunc('{bucket.value}', {column}::timestamp)::date"


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments; one without an offset is local to the zone `local`. `day_first` says how 5/6/2024 is read."""

    local: tzinfo
    day_first: bool
    column_type: str = "timestamptz"
    operand_type: str = "interval"

    def strict_parser(self) -> Parser:
        """From ISO 8601 to a datetime in UTC."""
        return moment_parser(self.local)

    def loose_parser(self) -> Parser:
        """From any usual form to a datetime in UTC; a day alone is its midnight."""
        strict = self.strict_parser()

        def parse(value: object) -> object:
            text = _text_of(value, "a moment as a text")
            try:
                return strict(text)
            except InvalidValue as fault:
                if fault.type != faults.FORMAT or text is None:
                    raise
            return settled(read_moment(text, day_first=self.day_first), self.local)

        return parse

    def operand(self, stored: object) -> timedelta:
        """The time since 1970."""
        assert isinstance(stored, datetime)
        return stored - _EPOCH

    def from_operand(self, operand: str) -> str:
        """From the time since 1970 to a moment, in SQL."""
        return f"((timestamp '1970-01-01' + {operand}) AT TIME ZONE 'UTC')"

    def text(self, column: str) -> str:
        """ISO 8601 in UTC, to the microsecond; the connection's DateStyle is ISO."""
        return f"(replace(({column} AT TIME ZONE 'UTC')::text,' ','T')||'Z')"

    def buckets(self) -> Sequence[Bucket]:
        """All."""
        return list(Bucket)

    def bucket(self, bucket: Bucket, zone: str, column: str, parameters: Parameters) -> tuple[str, str]:
        """The first day of the span, or the moment at which the hour begins.

        What the clocks of the zone show as a day outside the years 1 to 9999 counts with the first or last of them.
        """
        place = parameters.constant(zone, "text")
        if bucket is Bucket.HOUR:
            first, hour = "timestamptz '0001-01-01 00:00Z'", f"date_trunc('hour', {column}, {place})"
            return "datetime", f"CASE WHEN {column} IS NOT NULL THEN greatest({hour}, {first}) END"
        first, last = "timestamp '0001-01-01'", "timestamp '9999-12-31'"
        local = f"greatest({first}, least({last}, {column} AT TIME ZONE {place}))"
        return "date", f"CASE WHEN {column} IS NOT NULL THEN date_trunc('{bucket.value}', {local})::date END"


def _text_of(value: object, expected: str) -> str | None:
    value = only_item(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise wrong_type(value, expected)
    return value.strip()


class CalendarType(FieldType[OptionsT], Generic[OptionsT]):
    """A type whose options choose how it keeps time."""

    conditions = CALENDAR_CONDITIONS
    aggregates = EXTREMES

    @abstractmethod
    def calendar(self, options: OptionsT) -> Days | Moments:
        """How a field with these options keeps time."""

    def column_type_for(self, options: OptionsT) -> str:
        return self.calendar(options).column_type

    def parser(self, options: OptionsT, *, typecast: bool = False) -> Parser:
        calendar = self.calendar(options)
        return calendar.loose_parser() if typecast else calendar.strict_parser()

    def operand_parser(self, options: OptionsT) -> Parser:
        calendar = self.calendar(options)
        parse = calendar.strict_parser()

        def parse_operand(value: object) -> object:
            stored = parse(value)
            return None if stored is None else calendar.operand(stored)

        return parse_operand

    def operand_type_for(self, options: OptionsT) -> str:
        return self.calendar(options).operand_type

    def from_operand(self, operand: str, options: OptionsT) -> str:
        return self.calendar(options).from_operand(operand)

    def json(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        return f"""'"'||{self.text(column, options, parameters)}||'"'"""

    def text(self, column: str, options: OptionsT, parameters: Parameters) -> str:
        return self.calendar(options).text(column)

    def buckets(self, options: OptionsT) -> Sequence[Bucket]:
        return self.calendar(options).buckets()

    def bucket(
        self, bucket: Bucket, zone: str, column: str, options: OptionsT, parameters: Parameters
    ) -> tuple[str, str]:
        return self.calendar(options).bucket(bucket, zone, column, parameters)
