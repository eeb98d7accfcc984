"""The date field's exact rules."""

from datetime import date

import asyncpg
import pytest
from pydantic import ValidationError

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


@pytest.mark.parametrize(
    "text", ["2024-13-01", "2024-00-10", "0000-01-01", "2024-1-1", "24-01-01", "２０24-01-01", " "]
)
def test_text_that_is_no_date_is_refused(text: str) -> None:
    assert refusal("date", text).type == faults.FORMAT


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2024-05-31", date(2024, 5, 31)),
        ("31 May 2024", date(2024, 5, 31)),
        ("5/31/24", date(2024, 5, 31)),
        ("20240531", date(2024, 5, 31)),
        ("Fri, 31 May 2024 23:00:00 GMT", date(2024, 5, 31)),
        ("2024-05-31T23:00:00-05:00", date(2024, 5, 31)),
    ],
)
def test_text_is_read_as_people_write_dates(text: str, day: date) -> None:
    assert parse("date", text, typecast=True) == day


@pytest.mark.parametrize("text", ["May 2024", "2024", "10:30", "tomorrow", "12", "May 31", "x" * 101, "31.31.2024"])
def test_text_without_a_whole_date_is_refused(text: str) -> None:
    assert refusal("date", text, typecast=True).type == faults.FORMAT


@pytest.mark.parametrize(
    ("given", "kept"), [("YYYY-MM-DD", "iso"), ("M/D/YYYY", "us"), ("DD/MM/YYYY", "european"), ("friendly", "friendly")]
)
def test_format_may_be_a_pattern(given: str, kept: str) -> None:
    assert field_type("date").parse_options({"date_format": given}).date_format == kept


def test_unknown_format_is_refused() -> None:
    with pytest.raises(ValidationError):
        field_type("date").parse_options({"date_format": "stardate"})


def test_included_time_changes_the_column() -> None:
    type = field_type("date")

    assert type.column_ddl(type.parse_options({})) == "date"
    assert type.column_ddl(type.parse_options({"include_time": True})) == "timestamptz"


async def test_first_and_last_day_are_days_like_others(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "date", {}, "0001-01-01", "9999-12-31", "2024-05-31", None)

    assert await column.matching(FilterOperator.EQ, "9999-12-31") == {1}
    assert await column.matching(FilterOperator.LTE, "0001-01-01") == {0}
    assert await column.matching(FilterOperator.IN, ["0001-01-01", "2024-05-31"]) == {0, 2}
    assert await column.matching(FilterOperator.STARTS_WITH, "2024-05") == {2}


async def test_operand_is_strict(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "date")

    with pytest.raises(ValueError, match="is not a date of the form YYYY-MM-DD"):
        await column.matching(FilterOperator.GT, "yesterday")
