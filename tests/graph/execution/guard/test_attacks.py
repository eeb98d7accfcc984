"""Documents that were made to cost: each is refused, or known, after work that its length bounds."""

import gc
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from graphql import FieldNode, SourceLocation, Token, parse
from graphql.validation.rules import overlapping_fields_can_be_merged as overlapping

from domain.errors import QueryTooComplex
from graph.execution.documents import DocumentCache, Prepared, Refused
from graph.execution.guard.overlaps import MAX_OVERLAP_STEPS, least_steps
from graph.execution.guard.weight import _Scales
from graph.schema import build_schema
from resolvers.services import Limits

SCHEMA = build_schema()._schema


def doubling(count: int) -> str:
    fragments = "".join(f" fragment F{i} on User {{ ...F{i + 1} ...F{i + 1} }}" for i in range(count))
    return f"{{ me {{ ...F0 }} }}{fragments} fragment F{count} on User {{ id }}"


def same_field(count: int) -> str:
    return "{ record(id: 1) {" + ' value(field: "a")' * count + "} }"


def spreads(count: int, fields: str) -> str:
    names = [f"F{i}" for i in range(count)]
    beside = " ".join(f"...{name}" for name in names)
    return f"{{ me {{ {beside} }} }}" + "".join(f" fragment {name} on User {{ {fields} }}" for name in names)


FEW_SPREADS = spreads(60, "id name email")
MANY_OPERATIONS = (
    "".join(f"query A{i} {{ ...F0 }} " for i in range(140))
    + "".join(f"fragment F{i} on Query {{ ...F{i + 1} }} " for i in range(120))
    + "fragment F120 on Query { me { id } }"
)


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each step of the search for fields that overlap has spent."""
    spent: list[int] = []
    spend = overlapping.spend_complexity_budget

    def counted(context: overlapping.RuleContext, cost: int) -> None:
        spent.append(cost)
        spend(context, cost)

    monkeypatch.setattr(overlapping, "spend_complexity_budget", counted)
    return spent


@pytest.mark.parametrize("document", [FEW_SPREADS, same_field(95)])
def test_comparing_fields_in_pairs_is_given_up(document: str, steps: list[int]) -> None:
    entry = DocumentCache(SCHEMA, Limits()).get(document)
    assert isinstance(entry, Refused)
    assert isinstance(entry.errors[-1].original_error, QueryTooComplex)
    assert MAX_OVERLAP_STEPS < sum(steps) < 1.2 * MAX_OVERLAP_STEPS


@pytest.mark.parametrize("document", [same_field(280), spreads(150, "id"), f"{{ me {{ {'... { id } ' * 120} }} }}"])
def test_it_is_not_begun_where_one_look_tells_that_it_would_be_given_up(document: str, steps: list[int]) -> None:
    entry = DocumentCache(SCHEMA, Limits()).get(document)
    assert isinstance(entry, Refused)
    assert [type(error.original_error) for error in entry.errors] == [QueryTooComplex]
    assert steps == []


@pytest.mark.parametrize(
    "document",
    [
        same_field(80),
        spreads(40, "id name"),
        spreads(40, "id") + " fragment Unused on User { id id id ...Unknown ...Unknown2 }",
        "{ me { id ... { id name ... on User { id name } } ...F ...F ...G } } fragment F on User { id id } "
        "fragment G on User { ...F id }",
        f"{{ me {{ {'... on User { id } id ' * 20} }} me {{ id }} }}",
    ],
)
def test_what_that_look_tells_is_never_more_than_the_search_takes(document: str, steps: list[int]) -> None:
    DocumentCache(SCHEMA, Limits()).get(document)
    assert 0 < least_steps(parse(document)) <= sum(steps) <= MAX_OVERLAP_STEPS


def test_forty_fragments_beside_each_other_are_no_attack() -> None:
    assert isinstance(DocumentCache(SCHEMA, Limits()).get(spreads(40, "id name")), Prepared)


@contextmanager
def without_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def alive(kind: type) -> int:
    return sum(type(each) is kind for each in gc.get_objects())


def test_of_a_document_that_is_refused_nothing_waits_for_the_collector() -> None:
    cache = DocumentCache(SCHEMA, Limits())
    with without_collector():
        before = alive(Token), alive(FieldNode)
        for number in range(5):
            assert isinstance(cache.get(f"{{ me {{ x{number} {'id name email ' * 57} }} }}"), Refused)
            assert isinstance(cache.get(same_field(280 + number)), Refused)
        assert (alive(Token), alive(FieldNode)) == before


def test_a_document_that_is_kept_has_let_go_of_its_tokens() -> None:
    cache = DocumentCache(SCHEMA, Limits())
    with without_collector():
        before = alive(Token)
        for number in range(5):
            assert isinstance(cache.get(f"{{ me {{ x{number}: id {'name ' * 40} }} }}"), Prepared)
        assert alive(Token) - before == 5  # the first of each, to which all places lead
    refused = cache.get("{ me {\n  nme } }")
    assert isinstance(refused, Refused)
    assert [error.locations for error in refused.errors] == [[SourceLocation(2, 3)]]


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
