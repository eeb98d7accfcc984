"""Choices that values lack: once they are made, the values are taken, and nothing is made that nobody named."""

import pytest

from domain.bases.definitions import options_with_choices
from domain.errors import Problem
from domain.fields import faults
from domain.fields.choices import ChoiceOptions
from domain.fields.faults import InvalidValue
from domain.fields.registry import field_type
from domain.records.choices import new_choices

NAMES = ["new", "old, dusty", 'the "best"', " Spare "]


@pytest.mark.parametrize(
    ("key", "value", "made"),
    [
        ("single_select", " hot ", ["hot"]),
        ("single_select", "a, b", ["a, b"]),
        ("single_select", ["hot"], ["hot"]),
        ("single_select", 7.50, ["7.5"]),
        ("single_select", True, ["true"]),
        ("single_select", {"name": "Oak"}, ["Oak"]),
        ("multi_select", "hot; NEW\ncold", ["hot", "cold"]),
        ("multi_select", "Old, Dusty, hot, Hot", ["hot"]),
        ("multi_select", "old, clean", ["old", "clean"]),
        ("multi_select", '"x, y", new, "z"', ["x, y", "z"]),
        ("multi_select", 'the "best", "x"', ["x"]),
        ("multi_select", ["p, q", "spare", "", None, 3], ["p, q", "3"]),
        ("multi_select", 12, ["12"]),
        ("multi_select", " , hot,, ", ["hot"]),
    ],
)
def test_what_is_made_is_what_the_value_lacks(key: str, value: object, made: list[str]) -> None:
    type, options = field_type(key), ChoiceOptions.model_validate({"choices": NAMES})
    with pytest.raises(InvalidValue) as lacking:
        type.parser(options, typecast=True)(value)
    assert lacking.value.type == faults.CHOICE

    refused: list[Problem] = []
    names = new_choices(type, options, [Problem(("F",), "", faults.CHOICE, 0, value=value)], refused)

    assert (names, refused) == (made, [])
    grown = ChoiceOptions.model_validate(options_with_choices(type, options, names))
    assert [choice.name for choice in grown.choices] == NAMES + made
    assert grown.ids[: len(NAMES)] == options.ids
    assert type.parser(grown, typecast=True)(value) is not None
