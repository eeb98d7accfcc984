"""Columns of texts, choices, words for yes and no, and addresses."""

import pytest

from domain.imports.limits import ImportLimits
from tests.domain.imports.files import import_column, import_file


@pytest.mark.parametrize(
    ("texts", "values"),
    [
        (["true", "False", ""], [True, False]),
        (["yes", "NO", "n/a"], [True, False, None]),
        (["No", "no"], [False, False]),
        (["checked", "", "checked"], [True, True]),
    ],
)
def test_words_for_yes_and_no_become_checkboxes(texts: list[str], values: list[object]) -> None:
    result = import_column(texts)
    assert (result.types, result.values("value")) == ({"value": "checkbox"}, values)


@pytest.mark.parametrize("texts", [["true", "maybe"], ["on", "off"], ["x", "x"], ["t", "f"], ["NO", "DE", "SE"]])
def test_doubtful_words_stay_texts(texts: list[str]) -> None:
    assert import_column(texts).types == {"value": "text"}


def test_few_repeated_texts_become_a_select_in_the_order_of_the_file() -> None:
    result = import_column(["Open", " Done ", "Open", "Blocked", "Done", "Open", "", "Blocked", "Open", "Done"])
    assert result.types == {"value": "single_select"}
    assert result.options("value") == {"choices": [{"name": "Open"}, {"name": "Done"}, {"name": "Blocked"}]}
    assert result.values("value") == ["Open", "Done", "Open", "Blocked", "Done", "Open", "Blocked", "Open", "Done"]


@pytest.mark.parametrize(
    "texts",
    [
        ["a", "b", "c", "a", "b"],  # not often enough
        ["same"] * 10,  # nothing to choose from
        ["Open", "open", "Done"] * 5,  # names that a select takes for one
        ["007", "008"] * 5,  # codes
        ["1-2", "3/4"] * 5,
        ["x" * 61, "y"] * 5,  # too long for a choice
        [str(i) + "x" for i in range(31)] * 4,  # too many
    ],
)
def test_other_repeated_texts_stay_texts(texts: list[str]) -> None:
    assert import_column(texts).types == {"value": "text"}


def test_limit_of_choices_is_30() -> None:
    texts = [f"choice {i}" for i in range(31)] * 3
    assert import_column(texts[:30] * 3).types == {"value": "single_select"}
    assert import_column(texts).types == {"value": "text"}
    assert import_column(texts, limits=ImportLimits(max_choices=31)).types == {"value": "single_select"}


def test_limit_of_characters_of_a_choice_is_60() -> None:
    assert import_column(["x" * 60, "y"] * 3).types == {"value": "single_select"}
    assert import_column(["x" * 61, "y"] * 3, limits=ImportLimits(max_choice_characters=61)).types == {
        "value": "single_select"
    }


def test_select_is_not_suspected_while_new_texts_still_come_up() -> None:
    limits = ImportLimits(sample_rows=12, sample_cells=12)
    early = ["a", "b", "c", "a", "b", "c"] * 2
    late = ["a", "a", "b", "a", "b", "a", "a", "b", "a", "a", "c", "a"]
    assert import_column([*early, "a"], limits=limits).types == {"value": "single_select"}
    assert import_column([*late, "a"], limits=limits).types == {"value": "text"}
    assert import_column(late).types == {"value": "single_select"}


def test_choice_that_comes_too_late_is_a_problem() -> None:
    limits = ImportLimits(sample_rows=12, sample_cells=12)
    result = import_column([*["a", "b"] * 6, "c", " A "], limits=limits)
    assert result.values("value")[-2:] == [None, "a"]
    assert result.complaints == [(14, "value", "This is none of the choices 'a', 'b'.")]


@pytest.mark.parametrize(
    ("text", "expected"), [("x" * 255, "text"), ("x" * 256, "long_text"), ("a\nb", "long_text"), ("a\rb", "long_text")]
)
def test_long_texts_and_line_breaks_make_long_texts(text: str, expected: str) -> None:
    assert import_column([text, "y"]).types == {"value": expected}


def test_texts_keep_blanks_and_empty_ones_are_none() -> None:
    result = import_file("a,b\n x ,1\n,2\n  ,3\n")
    assert result.values("a") == [" x ", None, "  "]


def test_marks_of_missing_values_stay_in_texts() -> None:
    assert import_column(["Ann", "N/A", "-", "null"]).values("value") == ["Ann", "N/A", "-", "null"]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["a@b.example", " jörg@bücher.example ", "n/a"], "email"),
        (["a@b.example", "nobody"], "text"),
        (["https://a.example/x?y=1", "http://b.example"], "url"),
        (["https://a.example", "b.example"], "text"),
        (["+49 30 1234567", "+1 (555) 123-4567"], "phone"),
        (["(555) 123-4567", "(030) 1234567"], "phone"),
        (["555-123-4567", "030 1234567"], "text"),
        (["123-45-6789", "987-65-4321"], "text"),
        (["+1 5", "+2 6"], "text"),
    ],
)
def test_addresses_are_told_from_texts(texts: list[str], expected: str) -> None:
    assert import_column(texts).types == {"value": expected}


def test_addresses_lose_the_blanks_around_them() -> None:
    assert import_column([" a@b.example", "c@d.example ", "-"]).values("value") == ["a@b.example", "c@d.example", None]


def test_columns_called_phone_take_other_numbers_too() -> None:
    assert import_column(["555-123-4567", "5551234567"], "Phone").types == {"Phone": "phone"}
    assert import_column(["5551234567", "5557654321"], "Phone").values("Phone") == ["5551234567", "5557654321"]


def test_empty_column_with_a_name_is_one_of_texts() -> None:
    result = import_file("a,b\n1,\n2,\n")
    assert (result.types, result.rows) == ({"a": "number", "b": "text"}, [[1, None], [2, None]])
