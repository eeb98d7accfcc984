"""The rating field's exact rules."""

import asyncpg
import pytest
from pydantic import ValidationError

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


def test_rating_goes_from_one_to_max() -> None:
    assert parse("rating", 1) == 1
    assert refusal("rating", 0).message == "The number must be at least 1."
    assert refusal("rating", 6).message == "The number must be at most 5."


def test_typecast_rounds_and_reads_stars() -> None:
    assert parse("rating", "⭐⭐⭐", typecast=True) == 3
    assert parse("rating", "4.4", typecast=True) == 4
    assert refusal("rating", "9/10", typecast=True).type == faults.RANGE


@pytest.mark.parametrize("options", [{"max": 0}, {"max": 11}, {"max": "5"}, {"icon": "skull"}], ids=str)
def test_impossible_options_are_refused(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        field_type("rating").parse_options(options)


async def test_operand_may_lie_outside_the_limits(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "rating", {}, 1, 5, None)

    assert await column.matching(FilterOperator.GT, 0) == {0, 1}
    assert await column.matching(FilterOperator.LT, 100) == {0, 1}
    assert await column.matching(FilterOperator.EQ, 5.0) == {1}
    with pytest.raises(ValueError, match="Expected a whole number"):
        await column.matching(FilterOperator.GT, 2**31)
