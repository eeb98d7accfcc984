"""What all operators share: null operands, limits of lists, complements."""

import asyncpg
import pytest

from domain.fields import faults
from domain.fields.contract import InvalidValue
from domain.fields.operators import MAX_OPERAND_VALUES, FilterOperator, list_of
from domain.fields.texts import MAX_OPERAND_LENGTH
from tests.domain.fields.column import make_column


async def test_eq_null_is_empty_and_neq_null_is_not(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "text", {}, "a", None, "")

    assert await column.matching(FilterOperator.EQ, None) == {1, 2}
    assert await column.matching(FilterOperator.EQ, "") == {1, 2}
    assert await column.matching(FilterOperator.NEQ, None) == {0}


async def test_negatives_are_the_complements_of_their_positives(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "text", {}, "abc", "b", None)

    assert await column.matching(FilterOperator.NEQ, "b") == {0, 2}
    assert await column.matching(FilterOperator.NOT_IN, ["b", "x"]) == {0, 2}
    assert await column.matching(FilterOperator.NOT_CONTAINS, "c") == {1, 2}


async def test_in_nothing_matches_nothing(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "number", {}, 1, None)

    assert await column.matching(FilterOperator.IN, []) == set()
    assert await column.matching(FilterOperator.NOT_IN, []) == {0, 1}


async def test_like_patterns_stand_for_themselves(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "text", {}, "100%", "1000", "a_b", "axb", "a\\b")

    assert await column.matching(FilterOperator.CONTAINS, "0%") == {0}
    assert await column.matching(FilterOperator.CONTAINS, "a_b") == {2}
    assert await column.matching(FilterOperator.STARTS_WITH, "a\\") == {4}
    assert await column.matching(FilterOperator.ENDS_WITH, "\\b") == {4}
    assert await column.matching(FilterOperator.ICONTAINS, "A_B") == {2}


def test_list_takes_as_many_values_as_its_limit() -> None:
    parse = list_of(lambda value: value)

    assert len(parse([1] * MAX_OPERAND_VALUES)) == MAX_OPERAND_VALUES
    with pytest.raises(InvalidValue, match=r"at most 10,000 values, not 10,001\.") as caught:
        parse([1] * (MAX_OPERAND_VALUES + 1))
    assert caught.value.type == faults.MAX_LENGTH


def test_list_names_the_place_of_a_bad_value() -> None:
    def refuse_two(value: object) -> object:
        if value == 2:
            raise InvalidValue("No.", faults.RANGE)
        return value

    with pytest.raises(InvalidValue) as caught:
        list_of(refuse_two)([1, 2])
    assert caught.value.loc == (1,)
    with pytest.raises(InvalidValue) as caught:
        list_of(refuse_two)([None])
    assert (caught.value.type, caught.value.loc) == (faults.NULL, (0,))


async def test_text_operand_has_a_limit(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "text", {}, "x")

    assert await column.matching(FilterOperator.CONTAINS, "x" * MAX_OPERAND_LENGTH) == set()
    with pytest.raises(InvalidValue, match=r"at most 10,000 characters"):
        await column.matching(FilterOperator.CONTAINS, "x" * (MAX_OPERAND_LENGTH + 1))


@pytest.mark.parametrize(
    ("key", "value", "operator", "operand"),
    [
        ("text", "a", FilterOperator.EQ, "a"),
        ("text", "a", FilterOperator.IN, ["a", "b"]),
        ("number", 7, FilterOperator.EQ, 7),
        ("number", 7, FilterOperator.GTE, 7.5),
        ("date", "2024-05-31", FilterOperator.LT, "2024-05-31"),
        ("date", "2024-05-31", FilterOperator.IN, ["2024-05-31"]),
        ("datetime", "2024-05-31T00:00:00Z", FilterOperator.EQ, "2024-05-31T00:00:00Z"),
        ("duration", 60, FilterOperator.GT, 59),
        ("rating", 3, FilterOperator.EQ, 3),
    ],
)
async def test_plain_comparison_is_served_by_an_index(
    connection: asyncpg.Connection, key: str, value: object, operator: FilterOperator, operand: object
) -> None:
    column = await make_column(connection, key, {}, value)

    assert "Index Cond" in await column.plan(operator, operand)
