"""The percent field's exact rules."""

import asyncpg

from domain.fields.operators import FilterOperator
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


def test_value_is_the_fraction_and_has_no_limit() -> None:
    assert parse("percent", 50) == 50
    assert parse("percent", -0.5) == -0.5


def test_precision_counts_decimals_of_the_percentage() -> None:
    assert parse("percent", 0.12, {"precision": 0}) == 0.12
    assert refusal("percent", 0.125, {"precision": 0}).message == "The number may have at most 2 decimals."


async def test_text_is_the_percentage(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "percent", {}, 0.125, 1)

    assert await column.texts() == ["12.5%", "100%"]
    assert await column.matching(FilterOperator.CONTAINS, "2.5%") == {0}
