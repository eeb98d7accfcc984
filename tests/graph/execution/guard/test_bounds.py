"""Each bound of a document: just under it, at it and over it; and what is said where it is passed."""

import pytest
from graphql import get_introspection_query

from domain.errors import QueryTooComplex
from graph.execution.documents import DocumentCache, Prepared, Refused
from graph.execution.guard.bounds import BOUNDS
from graph.schema import build_schema
from resolvers.services import Limits

SCHEMA = build_schema()._schema
LIMITS = Limits()


def deep(levels: int) -> str:
    rest = "... { " * 5 + "id" + " }" * 5
    for level in range(levels - 2):
        rest = f"{('base', 'tables')[level % 2]} {{ {rest} }}"
    return f"query A {{ table(id: 1) {{ ...F }} }} fragment F on {('Base', 'Table')[levels % 2 == 0]} {{ {rest} }}"


def aliased(count: int) -> str:
    fields = " ".join(f"a{i}: name" for i in range(count - 2))
    return f"{{ me {{ ...F x: id }} }} fragment F on User {{ y: id {fields} }}"


def directed(count: int) -> str:
    fields = "name @skip(if: false) id @include(if: true) " * (count // 2) + "isActive @skip(if: false)" * (count % 2)
    return f"{{ me {{ ... on User {{ {fields} }} }} }}"


def rooted(count: int) -> str:
    fields = " ".join(f"a{i}: me {{ id }}" for i in range(count - 1))
    return f"{{ ...F apiKeys {{ id }} }} fragment F on Query {{ {fields} }}"


def selected(count: int) -> str:
    """`me` and a fragment of ten fields, spread as often as it takes."""
    tens, ones = divmod(count - 1, 10)
    return f"{{ me {{ {'...F ' * tens}{'id ' * ones} }} }} fragment F on User {{ {'id ' * 10} }}"


def recursive(count: int) -> str:
    inner = "id"
    for _ in range(count):
        inner = f"base {{ tables {{ {inner} }} }}"
    return f"{{ table(id: 1) {{ {inner} }} }}"


def nested(levels: int) -> str:
    return f"{{ record(id: 1) {{ fields(only: {'[' * levels}{']' * levels}) }} }}"


def tokens(count: int) -> str:
    return f"{{ record(id: 1) {{ fields(only: [{'A ' * (count - 17)}]) }} }}".replace("A", '"a"')


def characters(count: int) -> str:
    return "{ me { id } }".ljust(count)


CASES = {
    "max_document_characters": characters,
    "max_document_tokens": tokens,
    "max_query_depth": deep,
    "max_query_aliases": aliased,
    "max_query_directives": directed,
    "max_root_fields": rooted,
    "max_selected_fields": selected,
    "max_field_recursion": recursive,
    "max_literal_depth": nested,
}


def limits_named(entry: Prepared | Refused) -> list[str]:
    """The bounds that a document is refused for."""
    if isinstance(entry, Prepared):
        return []
    errors = [error.original_error for error in entry.errors]
    return [str(error.location.get("limit")) for error in errors if isinstance(error, QueryTooComplex)]


@pytest.mark.parametrize("limit", CASES)
@pytest.mark.parametrize("over", [-1, 0, 1])
def test_a_bound_holds_from_the_first_step_over_it(limit: str, over: int) -> None:
    most = getattr(LIMITS, limit)
    others = {each.limit: 10**6 for each in BOUNDS if each.limit != limit}
    entry = DocumentCache(SCHEMA, Limits(**others)).get(CASES[limit](most + over))
    assert limits_named(entry) == ([limit] if over > 0 else [])


@pytest.mark.parametrize("limit", CASES)
@pytest.mark.parametrize("most", [7, 9])
def test_each_bound_is_a_setting(limit: str, most: int) -> None:
    size = 60 if limit in ("max_document_characters", "max_document_tokens") else 7
    documents = DocumentCache(SCHEMA, Limits(**{limit: size + most - 8}))
    assert (limit in limits_named(documents.get(CASES[limit](size)))) == (most == 7)


def test_a_bound_is_named_with_what_was_found_and_by_how_much_it_is_passed() -> None:
    entry = DocumentCache(SCHEMA, LIMITS).get(aliased(33))
    assert isinstance(entry, Refused)
    [error] = entry.errors
    assert error.message == "The operation, with its fragments, has 33 aliases, 3 more than the 30 that are taken."
    assert isinstance(error.original_error, QueryTooComplex)
    assert error.original_error.location == {"limit": "max_query_aliases", "found": 33, "most": 30}


def test_every_bound_that_is_passed_is_told() -> None:
    entry = DocumentCache(SCHEMA, LIMITS).get(rooted(40))
    assert limits_named(entry) == ["max_query_aliases", "max_root_fields"]


def test_each_operation_is_weighed_by_itself() -> None:
    first, second = rooted(20).replace("{ ...F", "query A { ...F", 1), "query B { ...F apiKeys { name } }"
    assert limits_named(DocumentCache(SCHEMA, LIMITS).get(first + second)) == []


@pytest.mark.parametrize("options", [{}, {"descriptions": False}, {"schema_description": True}])
def test_the_introspection_of_the_usual_tools_passes(options: dict[str, bool]) -> None:
    document = get_introspection_query(
        **options, specified_by_url=True, directive_is_repeatable=True, input_value_deprecation=True
    )
    entry = DocumentCache(SCHEMA, LIMITS).get(document)
    assert isinstance(entry, Prepared)
    assert entry.cost(None, {}) == 1_010
