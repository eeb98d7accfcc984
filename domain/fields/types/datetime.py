"""The datetime field."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, Options, Parser
from domain.fields.faults import InvalidValue, wrong_type
from domain.fields.moments import moment_parser, read_moment, settled, zone
from domain.fields.operators import ORDERED
from domain.sql import Parameters

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def _check_zone(name: str) -> str:
    zone(name)
    return name


class DatetimeOptions(Options):
    """Options of a datetime field; they say how clients show it, and where a moment without offset is read."""

    date_format: Annotated[
        Literal["iso", "us", "european", "friendly"],
        Field(description="How clients show the day: 2024-05-31, 5/31/2024, 31/5/2024 or May 31, 2024."),
    ] = "iso"
    time_format: Annotated[Literal["24h", "12h"], Field(description="How clients show the time.")] = "24h"
    timezone: Annotated[
        str,
        AfterValidator(_check_zone),
        Field(description="IANA name of the zone in which a moment without an offset is read, e.g. Europe/Berlin."),
    ] = "UTC"


class DatetimeType(FieldType[DatetimeOptions]):
    """A moment, kept to the microsecond."""

    key = "datetime"
    title = "Date and time"
    position = 80
    description = (
        "A moment of the years 0001 to 9999; a JSON string in ISO 8601. It is read with any offset, or in the zone "
        "of the field without one, and always comes out in UTC, as in 2024-05-31T13:45:00Z."
    )
    options_model = DatetimeOptions
    column_type = "timestamptz"
    conditions = ORDERED
    examples = (
        Example("2024-05-31T13:45:00Z", "2024-05-31T13:45:00Z"),
        Example("2024-05-31T13:45:00.123456+02:00", "2024-05-31T11:45:00.123456Z"),
        Example("2024-05-31 13:45", "2024-05-31T11:45:00Z", {"timezone": "Europe/Berlin"}),
        Example("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        Example("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        Example("", None),
        Example("2024-05-31", "2024-05-31T00:00:00Z", typecast=True),
        Example("May 31, 2024 1:45 PM", "2024-05-31T13:45:00Z", typecast=True),
    )
    bad_examples = (
        BadExample("2024-05-31", faults.FORMAT),
        BadExample("2024-02-30T00:00:00Z", faults.FORMAT),
        BadExample("2024-05-31T25:00:00Z", faults.FORMAT),
        BadExample("2024-05-31T10:00:00.1234567Z", faults.FORMAT),
        BadExample("0001-01-01T00:00:00+01:00", faults.RANGE),
        BadExample(1717163100, faults.TYPE),
    )

    def parser(self, options: DatetimeOptions, *, typecast: bool = False) -> Parser:
        return _loose_parser(options) if typecast else moment_parser(zone(options.timezone))

    def operand_parser(self, options: DatetimeOptions) -> Parser:
        parse = moment_parser(zone(options.timezone))

        def since_epoch(value: object) -> timedelta | None:
            moment = parse(value)
            return None if moment is None else moment - _EPOCH

        return since_epoch

    def operand_type_for(self, options: DatetimeOptions) -> str:
        return "interval"

    def from_operand(self, operand: str) -> str:
        """The time since 1970, because asyncpg takes Python's first and last moments for -infinity and infinity."""
        return f"((timestamp '1970-01-01' + {operand}) AT TIME ZONE 'UTC')"

    def json(self, column: str, options: DatetimeOptions, parameters: Parameters) -> str:
        """Microseconds as they are and a Z; the connection's DateStyle is ISO."""
        return f"""'"'||replace(({column} AT TIME ZONE 'UTC')::text,' ','T')||'Z"'"""

    def text(self, column: str, options: DatetimeOptions, parameters: Parameters) -> str:
        return f"({column} AT TIME ZONE 'UTC')::text"


def _loose_parser(options: DatetimeOptions) -> Parser:
    local = zone(options.timezone)
    strict = moment_parser(local)
    day_first = options.date_format == "european"

    def parse(value: object) -> datetime | None:
        if not isinstance(value, str):
            if value is None:
                return None
            raise wrong_type(value, "a moment as a text")
        text = value.strip()
        try:
            return strict(text)
        except InvalidValue as fault:
            if fault.type != faults.FORMAT:
                raise
        return settled(read_moment(text, day_first=day_first), local)

    return parse
