"""The scalars of the contract, as they are written and read."""

from datetime import UTC, datetime

import strawberry
from graphql import GraphQLError
from strawberry.types.scalar import ScalarDefinition


def write_instant(value: datetime) -> str:
    """ISO 8601 in UTC with `Z` and no superfluous zeros, exactly as PostgreSQL renders it for records."""
    text = value.astimezone(UTC).replace(tzinfo=None).isoformat()
    return (text.rstrip("0") if "." in text else text) + "Z"


def read_instant(value: object) -> datetime:
    """A moment in UTC, of ISO 8601 text with an offset; anything else is a fault of the request, a `GraphQLError`."""
    if not isinstance(value, str):
        raise GraphQLError("DateTime must be a string in ISO 8601, such as '2026-01-31T09:30:00Z'.")
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise GraphQLError(f"DateTime must be in ISO 8601, such as '2026-01-31T09:30:00Z': {error}.") from error
    if moment.tzinfo is None:
        raise GraphQLError("DateTime needs an offset from UTC, such as 'Z' or '+01:00'.")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise GraphQLError("DateTime must lie between the years 1 and 9999 in UTC.") from error


SCALARS: dict[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="A moment: ISO 8601 with an offset, written in UTC, up to microseconds.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=write_instant,
        parse_value=read_instant,
    ),
}
