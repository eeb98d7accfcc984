"""Patterns are checked when a formula is saved: what passes, PostgreSQL can read."""

import asyncpg
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from domain.formulas.checking import check
from domain.formulas.faults import InvalidFormula
from domain.formulas.grammar import parse
from tests.domain.formulas.running import evaluate

_pieces = [
    "a",
    "b",
    "-",
    "]",
    "[",
    "[^",
    "(",
    ")",
    "(?:",
    "|",
    "*",
    "+?",
    "{2}",
    "{1,3}",
    "{300}",
    "^",
    "$",
    ".",
    "\\d",
]
_more = [
    "\\W",
    "\\.",
    "\\1",
    "\\b",
    "[a-z]",
    "[[:alpha:]-z]",
    "[\\w-a]",
    "[[:digit:]]",
    "(?=",
    "(?i)",
    "{",
    "}",
    ":",
    "\\",
]


def _formula(pattern: str) -> str:
    quoted = pattern.replace("\\", "\\\\").replace('"', '\\"')
    return f'REGEX_REPLACE("aab-1", "{quoted}", "<$1\\\\>")'


@given(st.lists(st.sampled_from([*_pieces, *_more]), max_size=8).map("".join))
@settings(deadline=None, max_examples=400, suppress_health_check=list(HealthCheck))
async def test_a_pattern_that_is_saved_can_be_run(pg: asyncpg.Connection, pattern: str) -> None:
    try:
        check(parse(_formula(pattern)), {}.get)
    except InvalidFormula:
        assume(False)

    assert isinstance(await evaluate(pg, _formula(pattern)), str | None)


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("(a", "a group has no end in the pattern."),
        ("a)", "a ')' without a '(' stands at character 2 of the pattern."),
        ("*", "a repetition of nothing stands at character 1 of the pattern."),
        ("a{256}", "a count that is not in order or above 255 stands at character 2 of the pattern."),
        ("[z-a]", "a set that is not in order stands at character 1 of the pattern."),
        ("[[:word:]]", "a set with a class that is not known stands at character 1 of the pattern."),
        ("a" * 1_001, "the pattern has 1,001 characters; at most 1,000 are allowed."),
        (
            "a(?=b)",
            "what is not supported (such as look-around, references back, or \\b) or has no end stands at character 2"
            " of the pattern.",
        ),
    ],
)
def test_a_pattern_that_cannot_be_run_is_refused(pattern: str, fault: str) -> None:
    with pytest.raises(InvalidFormula) as caught:
        check(parse(_formula(pattern)), {}.get)

    assert caught.value.message == f"REGEX_REPLACE: {fault} (line 1, column 1)"


def test_a_pattern_is_a_text_in_quotes() -> None:
    with pytest.raises(
        InvalidFormula, match=r"REGEX_MATCH expects pattern as a text in quotes\. \(line 1, column 22\)"
    ):
        check(parse('REGEX_MATCH("a", "b" & "c")'), {}.get)
