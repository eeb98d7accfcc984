"""The grammar: precedence, escapes, limits, and the places of errors."""

import pytest
from hypothesis import given

from domain.formulas.faults import InvalidFormula, Place
from domain.formulas.grammar import parse
from domain.formulas.tree import Node, references
from tests.domain.formulas.writing import trees, written


@given(trees)
def test_a_tree_is_what_its_text_is_parsed_to(tree: Node) -> None:
    assert parse(written(tree)) == tree


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("1 + 2 * 3", "1 + (2 * 3)"),
        ("1 - 2 - 3 * -4", "1 - 2 - (3 * (-4))"),
        ('"a" & 1 + 2', '"a" & (1 + 2)'),
        ('"a" & 1 = "a1"', '("a" & 1) = "a1"'),
        ("if(true, Price, {Price})", "IF(TRUE, {Price}, Price)"),
        ("+1", "1"),
        (".5", "0.5"),
        (r"'it\'s' & 'a\nb'", '"it\'s" & "a\nb"'),
    ],
)
def test_precedence_and_spelling(text: str, same: str) -> None:
    assert parse(text) == parse(same)


def test_references_are_read_with_their_escapes() -> None:
    tree = parse(r"{a \} b} & Größe & {c\\}")

    assert [reference.key for reference in references(tree)] == ["a } b", "Größe", "c\\"]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("", "The formula ends where '(' or a value or an operator was expected.", Place(1, 1)),
        ("1 +\n  ", "The formula ends where '(' or a value or an operator was expected.", Place(2, 3)),
        ("(1", "The formula ends where ')' was expected.", Place(1, 3)),
        ("1\n 2", "'2' stands where an operator or the end of the formula was expected.", Place(2, 2)),
        ('"a', "The text that begins here is empty or has no end.", Place(1, 1)),
        ("{}", "The reference to a field that begins here is empty or has no end.", Place(1, 1)),
        ("1 # 2", "'#' has no meaning where ')' or ',' or an operator was expected.", Place(1, 3)),
        ("1e5", "'e5' stands where an operator or the end of the formula was expected.", Place(1, 2)),
        ("9" * 22, "A number must be below 1e21 and have at most 30 decimals.", Place(1, 1)),
    ],
)
def test_a_syntax_error_says_what_was_expected_and_where(text: str, message: str, place: Place) -> None:
    with pytest.raises(InvalidFormula) as caught:
        parse(text)

    assert caught.value.message == f"{message} ({place})"
    assert caught.value.place == place
    assert caught.value.code == "VALIDATION_ERROR"


def test_a_formula_has_at_most_10_000_characters() -> None:
    parse("1" + "+1" * 4_999 + " ")

    with pytest.raises(InvalidFormula, match=r"The formula has 10,001 characters; at most 10,000 are allowed\."):
        parse("1" + "+1" * 5_000)


@pytest.mark.parametrize("level", ["-", "ABS(", "1=("])
def test_a_formula_has_at_most_64_levels(level: str) -> None:
    close = ")" if level[-1] == "(" else ""
    parse(level * 63 + "1" + close * 63)

    with pytest.raises(InvalidFormula, match="The formula is nested deeper than 64 levels"):
        parse(level * 64 + "1" + close * 64)


def test_parentheses_alone_are_no_levels() -> None:
    assert parse("(" * 4_000 + "1" + ")" * 4_000) == parse("1")
