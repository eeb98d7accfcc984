"""The datetime field."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from domain.fields import faults
from domain.fields.calendars import CalendarType, DateFormat, Moments
from domain.fields.contract import BadExample, Example, Options
from domain.fields.moments import zone
from domain.fields.widening import SHOWN

_TIME_PATTERNS: Final[Mapping[str, str]] = {
    "24": "24h",
    "24hour": "24h",
    "hh:mm": "24h",
    "hh:mm:ss": "24h",
    "12": "12h",
    "12hour": "12h",
    "h:mma": "12h",
    "h:mm a": "12h",
    "hh:mm a": "12h",
}
"""Patterns by which other products name the same formats."""


def _format_name(value: object) -> object:
    return _TIME_PATTERNS.get(value.lower(), value) if isinstance(value, str) else value


def _check_zone(name: str) -> str:
    zone(name)
    return name


class DatetimeOptions(Options):
    """Options of a datetime field."""

    date_format: DateFormat = "iso"
    time_format: Annotated[
        Literal["24h", "12h"], BeforeValidator(_format_name), Field(description="How clients show the time."), SHOWN
    ] = "24h"
    timezone: Annotated[
        str,
        AfterValidator(_check_zone),
        Field(description="IANA name of the zone in which a moment without an offset is read, e.g. Europe/Berlin."),
        SHOWN,
    ] = "UTC"


class DatetimeType(CalendarType[DatetimeOptions]):
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

    def calendar(self, options: DatetimeOptions) -> Moments:
        return Moments(zone(options.timezone), options.date_format == "european")
