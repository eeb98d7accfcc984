"""The multi-select field's exact rules."""

from typing import Any

import asyncpg

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal

TAGS: dict[str, Any] = {
    "choices": [{"id": id, "name": name} for id, name in zip("abcd", ("new", "hot", "x, y", "old"), strict=True)]
}


def test_place_of_a_bad_choice_is_named() -> None:
    assert refusal("multi_select", ["new", "cold"], TAGS).loc == (1,)
    assert refusal("multi_select", ["new", "hot", "a"], TAGS).loc == (2,)
    assert refusal("multi_select", ["new", None], TAGS).loc == (1,)
    assert refusal("multi_select", [["new"]], TAGS).type == faults.TYPE


def test_text_is_split_at_commas_that_are_not_in_a_name() -> None:
    assert parse("multi_select", "hot,x, y,new", TAGS, typecast=True) == ["b", "c", "a"]
    assert parse("multi_select", "old; NEW\nhot", TAGS, typecast=True) == ["d", "a", "b"]
    assert refusal("multi_select", "x", TAGS, typecast=True).type == faults.CHOICE


def test_of_names_with_commas_the_longest_counts() -> None:
    options = {"choices": [{"id": id, "name": name} for id, name in zip("abc", ("x", "x, Y", "x, y; z"), strict=True)]}
    assert parse("multi_select", "x, y; z, x", options, typecast=True) == ["c", "a"]
    assert parse("multi_select", "X, y;x ; x, Y", options, typecast=True) == ["b", "a"]
    assert refusal("multi_select", "x, y ; z", options, typecast=True).type == faults.CHOICE


def test_texts_and_names_of_commas_alone_are_read_part_by_part() -> None:
    """Looking each run of parts up as a whole took a minute a text like this."""
    names = ["a", *(f"{'x,' * 120}{i}" for i in range(900))]
    options = {"choices": [{"id": f"c{i}", "name": name} for i, name in enumerate(names)]}
    assert parse("multi_select", "a," * 200_000, options, typecast=True) == ["c0"]
    assert parse("multi_select", f"{'x,' * 120}7,a", options, typecast=True) == ["c8", "c0"]


async def test_eq_ignores_the_order_and_the_empty_list_is_empty(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "multi_select", TAGS, ["new", "hot"], ["hot"], [], None, ["hot", "new"])

    assert await column.matching(FilterOperator.EQ, ["new", "hot"]) == {0, 4}
    assert await column.matching(FilterOperator.NEQ, ["hot", "new"]) == {1, 2, 3}
    assert await column.matching(FilterOperator.EQ, []) == {2, 3}
    assert await column.matching(FilterOperator.NEQ, []) == {0, 1, 4}


async def test_has_any_all_none(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "multi_select", TAGS, ["new", "hot"], ["hot"], ["old"], None)

    assert await column.matching(FilterOperator.HAS_ANY, ["new", "d"]) == {0, 2}
    assert await column.matching(FilterOperator.HAS_ALL, ["hot", "new"]) == {0}
    assert await column.matching(FilterOperator.HAS_NONE, ["hot"]) == {2, 3}
    assert await column.matching(FilterOperator.HAS_ANY, []) == set()
    assert await column.matching(FilterOperator.HAS_ALL, []) == {0, 1, 2, 3}
    assert await column.matching(FilterOperator.HAS_NONE, []) == {0, 1, 2, 3}
    assert await column.matching(FilterOperator.CONTAINS, "new, h") == {0}


async def test_order_is_that_of_the_positions(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "multi_select", TAGS, ["old"], ["new", "hot"], ["new"], None, ["hot", "new"])

    assert await column.ordered() == [3, 2, 1, 4, 0]


async def test_removed_choices_leave_the_lists(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "multi_select", TAGS, ["new", "hot", "old"], ["hot"], None)
    type = field_type("multi_select")

    await column.refit(type.parse_options({"choices": [{"id": "d", "name": "ancient"}, {"name": "NEW"}]}))

    assert await column.output() == [["NEW", "ancient"], [], []]
    assert await column.matching(FilterOperator.IS_EMPTY, None) == {1, 2}
