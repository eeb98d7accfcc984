"""The material field's exact rules."""

import asyncpg

from domain.fields.operators import FilterOperator
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal

STEEL = {"name": "Steel", "grade": "316L", "condition": "annealed"}


def test_empty_properties_are_left_out() -> None:
    assert parse("material", {"name": "Oak", "grade": "", "finish": None}) == {"name": "Oak"}


def test_faults_are_located() -> None:
    assert refusal("material", {"name": "Oak", "grade": 7}).loc == ("grade",)
    assert refusal("material", {"name": "Oak", "grade": "x" * 101}).message == (
        "The text may have at most 100 characters, not 101."
    )


async def test_eq_takes_a_name_or_properties(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "material", {}, STEEL, {"name": "Steel"}, {"name": "Oak"}, None)

    assert await column.matching(FilterOperator.EQ, "Steel") == {0, 1}
    assert await column.matching(FilterOperator.EQ, {"name": "Steel", "grade": "316L"}) == {0}
    assert await column.matching(FilterOperator.NEQ, {"grade": "316L"}) == {1, 2, 3}
    assert await column.matching(FilterOperator.IN, ["Oak", {"grade": "316L"}]) == {0, 2}


async def test_text_lists_the_properties(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "material", {}, STEEL, {"name": "Oak"}, None)

    assert await column.texts() == ["Steel, 316L, annealed", "Oak", None]
    assert await column.ordered() == [2, 1, 0]
    assert await column.matching(FilterOperator.ICONTAINS, "316l") == {0}
