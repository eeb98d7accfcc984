"""The single-select field's exact rules, and those of choices."""

from typing import Any

import asyncpg
import pytest
from pydantic import ValidationError

from domain.fields import faults
from domain.fields.choices import COLORS, MAX_CHOICES
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal

SIZES = {"choices": [{"id": "s", "name": "Small"}, {"id": "m", "name": "medium"}, {"id": "l", "name": "Large"}]}


def options_of(*choices: object) -> Any:
    return field_type("single_select").parse_options({"choices": list(choices)})


def test_new_choices_get_an_id_and_a_color() -> None:
    options = options_of({"name": "a"}, "b", {"name": "c", "id": "mine", "color": "#12aBcd"})

    ids = [choice.id for choice in options.choices]
    assert len(set(ids)) == 3
    assert ids[0].startswith("cho")
    assert len(ids[0]) == 11
    assert ids[2] == "mine"
    assert [choice.color for choice in options.choices] == [COLORS[0], COLORS[1], "#12aBcd"]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ([{"name": ""}], "the name of a choice may not be empty"),
        ([{"name": "  "}], "the name of a choice may not be empty"),
        ([{"name": "x" * 256}], "at most 255 characters"),
        ([{"name": "a\x00"}], "NUL"),
        ([{"name": "a"}, {"name": "A"}], "two choices have the name 'a'"),
        ([{"name": "a", "id": "1"}, {"name": "b", "id": "1"}], "two choices have the id '1'"),
        ([{"name": "a", "id": "no blanks"}], "letters, digits"),
        ([{"name": "a", "color": "blurple"}], "'blurple' is neither a color"),
        ([{"name": "a", "size": 1}], "Extra inputs are not permitted"),
        ([{"id": "1"}], "Field required"),
        ([7], "valid dictionary"),
        ("a, b", "valid tuple"),
    ],
)
def test_impossible_choices_are_refused(choices: object, message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        field_type("single_select").parse_options({"choices": choices})


def test_number_of_choices_has_a_limit() -> None:
    assert len(options_of(*map(str, range(MAX_CHOICES))).choices) == 1_000
    with pytest.raises(ValidationError, match="at most 1000 items"):
        options_of(*map(str, range(MAX_CHOICES + 1)))


def test_unknown_choice_names_the_first_ten() -> None:
    choices = {"choices": [{"name": f"n{number}"} for number in range(12)]}

    assert refusal("single_select", "x", choices).message == (
        "'x' is not a choice. The choices are 'n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7', 'n8', 'n9' and 2 more."
    )
    assert refusal("single_select", "x").message == "'x' is not a choice: the field has no choices."


def test_name_counts_before_id() -> None:
    choices = {"choices": [{"id": "a", "name": "b"}, {"id": "b", "name": "c"}]}

    assert parse("single_select", "b", choices) == "a"
    assert parse("single_select", "a", choices) == "a"


async def test_renamed_choice_shows_without_a_rewrite(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "single_select", SIZES, "Small", "medium")

    column.options = options_of({"id": "s", "name": "Tiny"}, {"id": "m", "name": "medium"})

    assert await column.output() == ["Tiny", "medium"]
    assert await column.matching(FilterOperator.EQ, "Tiny") == {0}


async def test_order_is_that_of_the_choices(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "single_select", SIZES, "Large", None, "Small", "medium")

    assert await column.ordered() == [1, 2, 3, 0]
    assert await column.matching(FilterOperator.GT, "Small") == {0, 3}
    assert await column.matching(FilterOperator.LTE, "m") == {2, 3}


async def test_filters_take_names_and_ids_and_look_into_names(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "single_select", SIZES, "Large", None, "Small", "medium")

    assert await column.matching(FilterOperator.IN, ["Large", "s"]) == {0, 2}
    assert await column.matching(FilterOperator.HAS_ANY, ["Large", "s"]) == {0, 2}
    assert await column.matching(FilterOperator.HAS_NONE, ["Large"]) == {1, 2, 3}
    assert await column.matching(FilterOperator.ICONTAINS, "M") == {2, 3}
    with pytest.raises(ValueError, match="'Huge' is not a choice"):
        await column.matching(FilterOperator.EQ, "Huge")


async def test_removed_choices_are_emptied_and_others_kept_by_name(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "single_select", SIZES, "Small", "medium", "Large", None)

    await column.refit(options_of({"name": "LARGE"}, {"id": "s", "name": "Small one"}, {"name": "new"}))

    assert [choice.id for choice in column.options.choices][:2] == ["l", "s"]
    assert await column.output() == ["Small one", None, "LARGE", None]


def test_renamed_and_new_choice_of_the_old_name_are_two() -> None:
    type = field_type("single_select")

    merged = type.merge_options(type.parse_options(SIZES), options_of({"id": "s", "name": "Tiny"}, {"name": "Small"}))

    assert merged.choices[0].id == "s"
    assert merged.choices[1].id not in {"s", "m", "l"}


def test_adapting_stops_at_the_limits() -> None:
    type = field_type("single_select")

    options = type.adapt_options(options_of(), [*map(str, range(MAX_CHOICES + 5)), "x" * 256])

    assert len(options.choices) == MAX_CHOICES
    assert refusal("single_select", ["a", "b"], SIZES, typecast=True).type == faults.TYPE
