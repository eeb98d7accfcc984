"""The date field."""

from datetime import date
from typing import Annotated, Final, Literal

from pydantic import Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, Parser
from domain.fields.faults import wrong_type
from domain.fields.moments import parse_date, read_moment
from domain.fields.operators import ORDERED

_EPOCH: Final = date(1970, 1, 1).toordinal()


class DateOptions(Options):
    """Options of a date field; `date_format` says how clients show it and which of 5/6/2024 is the day."""

    date_format: Annotated[
        Literal["iso", "us", "european", "friendly"],
        Field(description="How clients show it: 2024-05-31, 5/31/2024, 31/5/2024 or May 31, 2024."),
    ] = "iso"


class DateType(FieldType[DateOptions]):
    """A day of the calendar, without a time."""

    key = "date"
    title = "Date"
    position = 70
    description = "A day of the years 0001 to 9999; a JSON string of the form YYYY-MM-DD."
    options_model = DateOptions
    column_type = "date"
    conditions = ORDERED
    examples = (
        Example("2024-02-29", "2024-02-29"),
        Example("0001-01-01", "0001-01-01"),
        Example("9999-12-31", "9999-12-31"),
        Example("", None),
        Example("2024-05-31T23:30:00Z", "2024-05-31", typecast=True),
        Example("May 31, 2024", "2024-05-31", typecast=True),
        Example("5/6/2024", "2024-05-06", typecast=True),
        Example("5/6/2024", "2024-06-05", {"date_format": "european"}, typecast=True),
    )
    bad_examples = (
        BadExample("2023-02-29", faults.FORMAT),
        BadExample("20240229", faults.FORMAT),
        BadExample("2024-W01-1", faults.FORMAT),
        BadExample("2024-05-31T00:00:00Z", faults.FORMAT),
        BadExample(20240229, faults.TYPE),
    )

    def parser(self, options: DateOptions, *, typecast: bool = False) -> Parser:
        return _loose_parser(options.date_format == "european") if typecast else parse_date

    def operand_parser(self, options: DateOptions) -> Parser:
        return _operand

    def operand_type_for(self, options: DateOptions) -> str:
        return "integer"

    def from_operand(self, operand: str) -> str:
        """Days, because asyncpg takes the first and the last date of Python for -infinity and infinity."""
        return f"(date '1970-01-01' + {operand})"


def _operand(value: object) -> int | None:
    day = parse_date(value)
    return None if day is None else day.toordinal() - _EPOCH


def _loose_parser(day_first: bool) -> Parser:
    def parse(value: object) -> date | None:
        if not isinstance(value, str):
            if value is None:
                return None
            raise wrong_type(value, "a date as a text")
        text = value.strip()
        if (len(text) == 10 and text[4] == "-") or not text:
            return parse_date(text)
        return read_moment(text, day_first=day_first).date()

    return parse
