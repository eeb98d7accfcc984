"""The date field."""

from datetime import UTC
from typing import Annotated

from pydantic import Field

from domain.fields import faults
from domain.fields.calendars import CalendarType, DateFormat, Days, Moments
from domain.fields.contract import BadExample, Example, Options


class DateOptions(Options):
    """Options of a date field."""

    date_format: DateFormat = "iso"
    include_time: Annotated[
        bool, Field(description="Keep a time too: values are then those of a datetime field in UTC.")
    ] = False


class DateType(CalendarType[DateOptions]):
    """A day of the calendar."""

    key = "date"
    title = "Date"
    position = 70
    description = (
        "A day of the years 0001 to 9999; a JSON string of the form YYYY-MM-DD. With include_time it is a moment, "
        "as in a datetime field."
    )
    options_model = DateOptions
    column_type = "date"
    examples = (
        Example("2024-02-29", "2024-02-29"),
        Example("0001-01-01", "0001-01-01"),
        Example("9999-12-31", "9999-12-31"),
        Example("", None),
        Example("2024-05-31T13:45:00Z", "2024-05-31T13:45:00Z", {"include_time": True}),
        Example("2024-05-31T23:30:00Z", "2024-05-31", typecast=True),
        Example("May 31, 2024", "2024-05-31", typecast=True),
        Example("5/6/2024", "2024-05-06", {"date_format": "us"}, typecast=True),
        Example("5/6/2024", "2024-06-05", {"date_format": "european"}, typecast=True),
    )
    bad_examples = (
        BadExample("2023-02-29", faults.FORMAT),
        BadExample("20240229", faults.FORMAT),
        BadExample("2024-W01-1", faults.FORMAT),
        BadExample("2024-05-31T00:00:00Z", faults.FORMAT),
        BadExample("2024-05-31", faults.FORMAT, {"include_time": True}),
        BadExample(20240229, faults.TYPE),
    )

    def calendar(self, options: DateOptions) -> Days | Moments:
        day_first = options.date_format == "european"
        return Moments(UTC, day_first) if options.include_time else Days(day_first)
