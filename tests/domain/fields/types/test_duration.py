"""The duration field's exact rules."""

import asyncpg
import pytest

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.types.duration import MAX_SECONDS
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


def test_longest_duration_is_taken() -> None:
    assert parse("duration", MAX_SECONDS) == 8_640_000_000
    assert refusal("duration", MAX_SECONDS + 1).message == "The number must be at most 8640000000."


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0:45", 2700),
        ("100:00", 360_000),
        ("1:02:03", 3723),
        ("1:02:03:04", 93_784),
        ("2:03.5", 123.5),
        ("-0:30", -1800),
        ("2 days", 172_800),
        ("1w 2d 3h 4m 5.5s", 788_645.5),
        ("1 hour, 30 minutes", 5400),
        ("PT1H30M", 5400),
        ("-P1D", -86_400),
        ("1,234.5", 1234.5),
    ],
)
def test_text_is_read_as_people_write_durations(text: str, seconds: float) -> None:
    assert parse("duration", text, typecast=True) == seconds


def test_two_parts_are_minutes_and_seconds_in_a_field_with_seconds() -> None:
    assert parse("duration", "2:03", {"duration_format": "h:mm:ss"}, typecast=True) == 123


@pytest.mark.parametrize("text", ["1:2:3:4:5", "P", "soon", "1h2x", ":30", "1:", "x" * 200])
def test_text_that_is_no_duration_is_refused(text: str) -> None:
    assert refusal("duration", text, typecast=True).type == faults.FORMAT


async def test_durations_compare_by_length(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "duration", {}, 86_400 * 40, 3600, -1, 0.000001, None)

    assert await column.ordered() == [4, 2, 3, 1, 0]
    assert await column.matching(FilterOperator.GT, 86_400 * 31) == {0}
    assert await column.matching(FilterOperator.EQ, 0.000001) == {3}
    assert await column.texts() == ["960:00:00", "1:00:00", "-0:00:01", "0:00:00", None]
