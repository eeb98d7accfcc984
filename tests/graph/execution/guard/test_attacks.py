"""Documents that were made to cost: each is refused, or known, after work that its length bounds."""

import sys
from collections.abc import Callable

import pytest
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping

from domain.errors import QueryTooComplex
from graph.execution.documents import DocumentCache, Prepared, Refused
from graph.execution.guard.validation import MAX_OVERLAP_STEPS
from graph.execution.guard.weight import _Scales
from graph.schema import build_schema
from resolvers.services import Limits

SCHEMA = build_schema()._schema


def doubling(count: int) -> str:
    fragments = "".join(f" fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(count))
    return f"{{ me {{ ...F0 }} }}{fragments} fragment F{count} on User {{ id }}"


SAME_FIELD = "{ record(id: 1) {" + ' value(field: "a")' * 280 + "} }"
MANY_SPREADS = ("{ me {" + "".join(f" ...F{i}" for i in range(150)) + "} }") + "".join(
    f" fragment F{i} on User {{ id }}" for i in range(150)
)
MANY_OPERATIONS = (
    "".join(f"query A{i} {{ ...F0 }} " for i in range(140))
    + "".join(f"fragment F{i} on Query {{ ...F{i + 1} }} " for i in range(120))
    + "fragment F120 on Query { me { id } }"
)


@pytest.mark.parametrize("document", [SAME_FIELD, MANY_SPREADS])
def test_comparing_fields_in_pairs_is_given_up(document: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spent = 0
    spend = overlapping.spend_complexity_budget

    def counted(context: overlapping.RuleContext, cost: int) -> None:
        nonlocal spent
        spent += cost
        spend(context, cost)

    monkeypatch.setattr(overlapping, "spend_complexity_budget", counted)
    entry = DocumentCache(SCHEMA, Limits()).get(document)
    assert isinstance(entry, Refused)
    assert isinstance(entry.errors[-1].original_error, QueryTooComplex)
    assert MAX_OVERLAP_STEPS < spent < 1.2 * MAX_OVERLAP_STEPS


def test_forty_fragments_beside_each_other_are_no_attack() -> None:
    spreads = " ".join(f"...F{i}" for i in range(40))
    fragments = " ".join(f"fragment F{i} on User {{ id name }}" for i in range(40))
    assert isinstance(DocumentCache(SCHEMA, Limits()).get(f"{{ me {{ {spreads} }} }} {fragments}"), Prepared)


@pytest.mark.parametrize("count", [10, 170])
def test_fragments_that_double_are_refused_after_one_pass(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = 0
    weigh: Callable[..., object] = _Scales.selection

    def counted(scales: _Scales, node: object) -> object:
        nonlocal seen
        seen += 1
        return weigh(scales, node)

    monkeypatch.setattr(_Scales, "selection", counted)
    entry = DocumentCache(SCHEMA, Limits()).get(doubling(count))
    assert isinstance(entry, Refused)
    assert [str(error) for error in entry.errors if "selected fields" not in str(error)] == []
    assert seen == count + 3  # each selection set of the text once


def test_many_operations_share_what_their_fragments_cost() -> None:
    entry = DocumentCache(SCHEMA, Limits()).get(MANY_OPERATIONS)
    assert isinstance(entry, Prepared)
    assert {entry.cost(f"A{i}", {}) for i in range(140)} == {12}


@pytest.mark.parametrize(
    "document",
    [
        "{" * 90_000,
        "{ a " * 900,
        "{ record(id: " + "[" * 1_900,
        "{ record(id: " + "[" * 900 + "]" * 900 + ") { id } }",
        "{ record(id: " + "{ a: " * 600,
        "query ($a: " + "[" * 900 + "ID" + "]" * 900 + ") { me { id } }",
        "{ ... " * 900,
        "#\n" * 40_000 + "{ me { id } }",
    ],
)
def test_nesting_without_end_is_refused_and_leaves_the_stack_alone(document: str) -> None:
    limit = sys.getrecursionlimit()
    entry = DocumentCache(SCHEMA, Limits()).get(document)
    assert isinstance(entry, Refused)
    assert len(entry.errors) == 1
    assert sys.getrecursionlimit() == limit


@pytest.mark.parametrize("name", ["x" * 90_000, "record" * 15_000])
def test_names_of_any_length_get_no_suggestions(name: str) -> None:
    entry = DocumentCache(SCHEMA, Limits()).get(f"{{ {name} }}")
    assert isinstance(entry, Refused)
    assert [error.message for error in entry.errors] == [f"Cannot query field '{name}' on type 'Query'."]


def test_validation_stops_at_twenty_errors() -> None:
    entry = DocumentCache(SCHEMA, Limits()).get("{" + "".join(f" workspac{i}" for i in range(20)) + "}")
    assert isinstance(entry, Refused)
    assert len(entry.errors) == 20
    more = DocumentCache(SCHEMA, Limits(max_root_fields=99)).get("{" + "".join(f" w{i}" for i in range(60)) + "}")
    assert isinstance(more, Refused)
    assert (len(more.errors), more.errors[-1].original_error) == (21, None)
