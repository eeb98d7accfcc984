"""The conditions of a conditional."""

from typing import Any

import pytest

from domain.automations.comparisons import CONDITION, is_true
from domain.automations.conditions import FilterLimits
from domain.automations.contract import Reading
from domain.automations.faults import StepFailed


@pytest.mark.parametrize(
    ("left", "operator", "right", "holds"),
    [
        ("Done", "EQ", "done", True),
        ("Done", "NEQ", "done", False),
        (3, "EQ", "3.0", True),
        ("10", "GT", 9, True),
        ("b", "GT", "A", True),
        (None, "EQ", "", True),
        (None, "EQ", "x", False),
        (None, "NEQ", "x", True),
        (None, "LT", 5, False),
        (None, "GTE", 5, False),
        (2, "LTE", 2, True),
        ("2027-01-31", "LT", "2027-02-01", True),
        ("Ordered", "IN", ["ordered", "sent"], True),
        ("Done", "NOT_IN", ["ordered"], True),
        (["a", "b"], "CONTAINS", "B", True),
        ("abc", "CONTAINS", "BC", True),
        ("abc", "NOT_CONTAINS", "x", True),
        ("", "CONTAINS", "x", False),
        ("abc", "STARTS_WITH", "AB", True),
        ("abc", "ENDS_WITH", "bc", True),
        ([], "IS_EMPTY", None, True),
        (0, "IS_EMPTY", None, False),
        (False, "IS_NOT_EMPTY", None, True),
        (True, "EQ", "true", True),
        (["a"], "EQ", ["A"], True),
        (["a"], "EQ", ["a", "b"], False),
    ],
)
def test_values_are_compared(left: Any, operator: str, right: Any, holds: bool) -> None:
    assert is_true({"left": left, "operator": operator, "right": right}) is holds


YES: Any = {"left": 1, "operator": "EQ", "right": 1}
NO: Any = {"left": 1, "operator": "EQ", "right": 2}


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ({"and": [YES, YES]}, True),
        ({"and": [YES, NO]}, False),
        ({"or": [NO, YES]}, True),
        ({"or": []}, False),
        ({"and": []}, True),
        ({"not": NO}, True),
        ({"not": {"or": [NO, {"and": [YES]}]}}, False),
        (True, True),
        (None, False),
        ("TRUE", True),
        ("false", False),
        ("", False),
    ],
)
def test_conditions_go_together(condition: Any, holds: bool) -> None:
    assert is_true(condition) is holds


def test_what_is_neither_true_nor_false_fails() -> None:
    with pytest.raises(StepFailed, match="'maybe' is neither true nor false"):
        is_true("maybe")


def _nested(levels: int) -> Any:
    condition: Any = YES
    for _ in range(levels - 1):
        condition = {"not": condition}
    return condition


@pytest.mark.parametrize(
    ("condition", "place"),
    [
        ({"left": 1}, ("condition",)),
        ({"left": 1, "operator": "LIKE"}, ("condition", "operator")),
        ({"and": [YES, 5]}, ("condition", "and", 1)),
        ({"or": YES}, ("condition", "or")),
        ({"or": [YES] * 101}, ("condition", "or")),
        ({"and": [YES], "or": [YES]}, ("condition",)),
        ("{{oops", ("condition",)),
        ({"left": "{{nobody.knows}}", "operator": "EQ"}, ("condition",)),
        (_nested(11), ("condition", *["not"] * 10)),
    ],
)
def test_what_is_no_condition_is_told_with_its_place(condition: Any, place: tuple[Any, ...]) -> None:
    reading = Reading(None, FilterLimits(20, 500))  # type: ignore[arg-type]  # conditions name no fields
    CONDITION.read(condition, ("condition",), reading)
    assert [problem.loc for problem in reading.problems] == [place]


def test_ten_levels_are_taken() -> None:
    reading = Reading(None, FilterLimits(20, 500))  # type: ignore[arg-type]  # likewise
    CONDITION.read(_nested(10), ("condition",), reading)
    assert reading.problems == []
