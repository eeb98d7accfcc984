"""The text field's exact rules; what every type does is in the conformance tests."""

import asyncpg
import pytest
from pydantic import ValidationError

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from domain.fields.types.text import MAX_LENGTH
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


def test_text_of_the_largest_length_is_taken() -> None:
    assert parse("text", "x" * MAX_LENGTH) == "x" * 10_000
    assert refusal("text", "x" * (MAX_LENGTH + 1)).message == (
        "The text may have at most 10,000 characters, not 10,001."
    )


def test_max_length_counts_characters_not_bytes() -> None:
    assert parse("text", "😀😀", {"max_length": 2}) == "😀😀"
    assert refusal("text", "😀😀", {"max_length": 1}).type == faults.MAX_LENGTH


def test_blanks_are_a_value() -> None:
    assert parse("text", " ") == " "
    assert parse("text", "") is None


def test_half_of_a_surrogate_pair_is_located() -> None:
    fault = refusal("text", "äb\udc00")

    assert fault.message == "The character at position 2 is half of a surrogate pair, which is not a character."


@pytest.mark.parametrize("max_length", [0, MAX_LENGTH + 1, "7", 1.5, True])
def test_impossible_max_length_is_refused(max_length: object) -> None:
    with pytest.raises(ValidationError):
        field_type("text").parse_options({"max_length": max_length})


def test_unknown_option_is_refused() -> None:
    with pytest.raises(ValidationError):
        field_type("text").parse_options({"length": 7})


async def test_order_has_no_case_and_eq_has(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "text", {}, "b", "A", "a", "B", "Ä", None)

    assert await column.ordered() == [5, 1, 2, 0, 3, 4]
    assert await column.matching(FilterOperator.EQ, "a") == {2}
    assert await column.matching(FilterOperator.GTE, "B") == {0, 3, 4}
    assert await column.matching(FilterOperator.LT, "B") == {1, 2}


async def test_order_looks_at_200_characters(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "text", {}, "x" * 200 + "b", "x" * 200 + "a", "x" * 199 + "a")

    assert await column.ordered() == [2, 0, 1]


async def test_contains_has_case_and_icontains_has_not(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "text", {}, "Größe", "GRÖSSE", None)

    assert await column.matching(FilterOperator.CONTAINS, "rö") == {0}
    assert await column.matching(FilterOperator.ICONTAINS, "RÖ") == {0, 1}
    assert await column.matching(FilterOperator.STARTS_WITH, "G") == {0, 1}
    assert await column.matching(FilterOperator.ENDS_WITH, "e") == {0}
