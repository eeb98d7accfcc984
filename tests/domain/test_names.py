"""Names and descriptions: what is taken, what is refused, and how it is said."""

import pytest

from domain.errors import ValidationFailed
from domain.names import clean_description, clean_field_name, clean_name


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Parts", "Parts"),
        ("  Parts\t\n", "Parts"),
        ("👨‍👩‍👧 family", "👨‍👩‍👧 family"),
        ("שלום", "שלום"),
        ('"; DROP TABLE x; --', '"; DROP TABLE x; --'),
        ("x" * 255, "x" * 255),
        ("\ue000", "\ue000"),
    ],
)
def test_a_visible_name_is_taken_without_white_space_around_it(given: str, name: str) -> None:
    assert clean_name(given, "table") == name


@pytest.mark.parametrize(
    ("given", "kind", "message"),
    [
        ("", "value_error.required", "A table needs a name: 1 to 255 visible characters."),
        ("\u200b\u00a0\u2060", "value_error.required", "A table needs a name: 1 to 255 visible characters."),
        ("x" * 256, "value_error.max_length", "The name of a table may have at most 255 characters, not 256."),
        ("a\x00", "value_error.control_character", None),
        ("a\u2028b", "value_error.control_character", None),
        ("a\x7fb", "value_error.control_character", None),
        ("a\ud800", "value_error.encoding", "The name of this table is not valid Unicode."),
    ],
)
def test_any_other_name_is_refused(given: str, kind: str, message: str | None) -> None:
    with pytest.raises(ValidationFailed) as refused:
        clean_name(given, "table")

    [problem] = refused.value.problems
    assert (problem.loc, problem.type) == (("name",), kind)
    if message is not None:
        assert refused.value.message == message


@pytest.mark.parametrize(
    "name", ["$id", "$anything", " $x", "01a2025c-256f-8000-8000-04de2ba1a8a3", "0" * 8 + "-0000" * 3 + "-" + "0" * 12]
)
def test_a_field_name_that_means_something_else_is_reserved(name: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        clean_field_name(name, loc=("fields", 2, "name"))

    [problem] = refused.value.problems
    assert (problem.loc, problem.type) == (("fields", 2, "name"), "value_error.reserved")


@pytest.mark.parametrize("name", ["Company.City", "id", "a$", "00000000"])
def test_a_dot_or_a_dollar_inside_a_field_name_is_taken(name: str) -> None:
    assert clean_field_name(name) == name


def test_an_empty_description_is_none() -> None:
    assert [clean_description(text) for text in (None, "", " \n ")] == [None, None, None]


def test_a_description_keeps_its_lines() -> None:
    assert clean_description("one\n two ") == "one\n two "


@pytest.mark.parametrize("text", ["x" * 10_001, "a\x00b", "a\udfff"])
def test_a_bad_description_is_refused(text: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        clean_description(text)

    assert refused.value.problems[0].loc == ("description",)
