"""The days of a calendar, as clients ask for them."""

import strawberry

from domain.errors import BadRequest
from domain.fields.contract import InvalidValue
from domain.fields.moments import parse_date, zone
from domain.views.days import Days


@strawberry.input(
    description="A range of days. Values of date fields lie on their day in every time zone; moments lie on a day from "
    "its midnight in `timeZone` to the next one's, so a day may have 23 or 25 hours."
)
class ViewDays:
    """The argument `days`."""

    from_: str = strawberry.field(name="from", description="The first day, YYYY-MM-DD.")
    to: str = strawberry.field(description="The day behind the last one, YYYY-MM-DD.")
    time_zone: str | None = strawberry.field(
        default=None, description="IANA name of the time zone, such as Europe/Berlin; by default that of the server."
    )


def read_days(given: ViewDays | None, default_zone: str) -> Days | None:
    """The days of an argument, in the default zone where it names none.

    Raises `BadRequest` for what is no day, no time zone, or no range.
    """
    if given is None:
        return None
    try:
        first, until, zone_ = parse_date(given.from_), parse_date(given.to), zone(given.time_zone or default_zone)
        if first is None or until is None:
            raise ValueError("a day is empty")
        if first >= until:
            raise ValueError(f"'to' must lie behind 'from', {first}")
        days = Days(first, until, zone_)
        days.moments()
    except InvalidValue as invalid:
        raise BadRequest(f"'days': {invalid.message}", argument="days") from None
    except ValueError as error:
        raise BadRequest(f"'days': {error}.", argument="days") from None
    return days
