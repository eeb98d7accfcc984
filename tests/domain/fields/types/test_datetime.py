"""The datetime field's exact rules."""

from datetime import UTC, datetime

import asyncpg
import pytest
from pydantic import ValidationError

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal

BERLIN = {"timezone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-05-31T13:45Z", datetime(2024, 5, 31, 13, 45, tzinfo=UTC)),
        ("2024-05-31 13:45:10.5-0230", datetime(2024, 5, 31, 16, 15, 10, 500_000, tzinfo=UTC)),
        ("2024-05-31T13:45:10+23:59", datetime(2024, 5, 30, 13, 46, 10, tzinfo=UTC)),
    ],
)
def test_offset_is_taken_into_account(text: str, moment: datetime) -> None:
    assert parse("datetime", text) == moment


def test_moment_without_offset_is_local_to_the_zone_of_the_field() -> None:
    assert parse("datetime", "2024-01-31T12:00:00", BERLIN) == datetime(2024, 1, 31, 11, tzinfo=UTC)
    assert parse("datetime", "2024-07-31T12:00:00", BERLIN) == datetime(2024, 7, 31, 10, tzinfo=UTC)
    assert parse("datetime", "2024-07-31", BERLIN, typecast=True) == datetime(2024, 7, 30, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    ["2024-05-31T24:00:00Z", "2024-05-31T13", "20240531T134500Z", "2024-05-31t13:45:00Z", "2024-05-31T13:45:60Z"],
)
def test_text_that_is_no_moment_is_refused(text: str) -> None:
    assert refusal("datetime", text).type == faults.FORMAT


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01"])
def test_moment_outside_the_years_of_utc_is_refused(text: str) -> None:
    assert refusal("datetime", text).message == "The moment must lie in the years 0001 to 9999 of UTC."


@pytest.mark.parametrize("text", ["2024-05-31 10:00 EST", "2024-05-31 10:00 UTC+2", "2024-05-31 10:00 GMT-3"])
def test_zone_that_can_mean_several_is_refused(text: str) -> None:
    assert refusal("datetime", text, typecast=True).type == faults.FORMAT


@pytest.mark.parametrize("timezone", ["Mars/Olympus", "", "../etc/passwd", "europe/berlin ", 7])
def test_unknown_zone_is_refused(timezone: object) -> None:
    with pytest.raises(ValidationError):
        field_type("datetime").parse_options({"timezone": timezone})


async def test_output_is_in_utc_to_the_microsecond(connection: asyncpg.Connection) -> None:
    column = await make_column(
        connection, "datetime", BERLIN, "2024-05-31T12:00:00", "2024-05-31T10:00:00.100Z", "2024-05-31T10:00:00.000001Z"
    )

    assert await column.output() == [
        "2024-05-31T10:00:00Z",
        "2024-05-31T10:00:00.1Z",
        "2024-05-31T10:00:00.000001Z",
    ]


async def test_moments_compare_across_offsets(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "datetime", {}, "2024-05-31T10:00:00Z", "2024-05-31T11:00:00Z")

    assert await column.matching(FilterOperator.EQ, "2024-05-31T12:00:00+02:00") == {0}
    assert await column.matching(FilterOperator.GT, "2024-05-31T12:00:00+02:00") == {1}


async def test_first_and_last_moment_are_moments_like_others(connection: asyncpg.Connection) -> None:
    first, last = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"
    column = await make_column(connection, "datetime", {}, first, last, "2024-05-31T10:00:00Z")

    assert await column.matching(FilterOperator.EQ, first) == {0}
    assert await column.matching(FilterOperator.GTE, last) == {1}
    assert await column.matching(FilterOperator.NOT_IN, [first, last]) == {2}
