"""What operations cost: by hand for chosen ones."""

from typing import Any

import pytest

from graph.execution.documents import DocumentCache, Prepared
from graph.schema import build_schema
from resolvers.services import Limits

DOCUMENTS = DocumentCache(build_schema()._schema, Limits())
PAGE = "query ($n: Int, $m: Int = 7) { records(tableId: 1, first: $n, last: $m) { totalCount nodes { id fields } } }"
CREATE = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { eventCursor } }"
TABLES = "query ($n: Int) { tables(baseId: 1) { id ...T } } fragment T on Table { records(first: $n) { ...C } } "
CONNECTION = "fragment C on RecordConnection { edges { node { id presence { cursor } } } totalCount }"


def cost(document: str, variables: dict[str, Any] | None = None) -> int:
    """The cost of the one operation of a document."""
    entry = DOCUMENTS.get(document)
    assert isinstance(entry, Prepared)
    return entry.cost(None, variables or {})


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("{ __typename }", 10),
        ("{ me { id } }", 10 + 2),
        ("{ me { id __typename ... on User { name } } }", 10 + 3),
        ("{ workspaces { id } }", 10 + 5 * 2),
        ("{ tables(baseId: 1) { fields { id } } }", 10 + 5 * (1 + 5 * 2)),
        ("{ records(tableId: 1) { totalCount nodes { id } } }", 10 + 2 + 100 * 2),
        ("{ records(tableId: 1, first: null) { nodes { id } } }", 10 + 1 + 100 * 2),
        ("{ records(tableId: 1, first: 3) { nodes { id } edges { node { id } } } }", 10 + 1 + 3 * 2 + 3 * 3),
        ("{ records(tableId: 1, first: 1000000) { nodes { id } } }", 10 + 1 + 1_000 * 2),
        ("{ records(tableId: 1, first: -5) { nodes { id } } }", 10 + 1),
        ("{ a: me { id } b: me { id } }", 2 * (10 + 2)),
        ("{ __schema { types { name } } }", 10 + 1_000),
        ("subscription { recordEvents(tableId: 1) { cursor } }", 50 + 2),
        ('mutation { deleteRecords(input: {tableId: 1, ids: ["a", "b"]}) { deletedIds } }', 20 + 2 + 2 * 5),
    ],
)
def test_what_an_operation_costs(document: str, expected: int) -> None:
    assert cost(document) == expected


def test_a_look_at_all_that_one_has_can_be_paid() -> None:
    tables = "tables { id name fields { id name type } records(first: 5) { nodes { id revision fields } } }"
    assert cost(f"{{ workspaces {{ id name bases {{ id name {tables} }} }} }}") < Limits().max_query_cost / 10


@pytest.mark.parametrize(
    ("variables", "size"),
    [
        ({}, 7),
        ({"n": 5}, 7),
        ({"n": 20}, 20),
        ({"n": 20.0}, 20),
        ({"n": None, "m": None}, 100),
        ({"n": 0, "m": None}, 0),
        ({"n": 10**40}, 1_000),
        ({"n": -(10**40)}, 7),
        ({"n": 1e300}, 1_000),
        ({"n": 2.5, "m": "x"}, 100),
        ({"n": [5], "m": {"a": 1}}, 100),
    ],
)
def test_variables_decide_the_size_of_a_page(variables: dict[str, Any], size: int) -> None:
    assert cost(PAGE, variables) == 10 + 2 + size * 3


@pytest.mark.parametrize("n", [0, 1, 50])
def test_pages_within_lists_multiply_through_fragments(n: int) -> None:
    assert cost(TABLES + CONNECTION, {"n": n}) == 10 + 5 * (2 + 2 + n * (1 + 2 + 5 * 2))


@pytest.mark.parametrize(
    ("value", "items"),
    [({"tableId": "x", "records": [{}] * 40}, 40), ({"tableId": "x", "records": "x"}, 0), (None, 0), ([1, 2], 0)],
)
def test_what_a_mutation_brings_in_counts(value: object, items: int) -> None:
    assert cost(CREATE, {"input": value}) == 20 + 2 + items * 5


def test_a_list_variable_inside_of_an_input_object_counts() -> None:
    document = "mutation ($r: [JSON!]!) { createRecords(input: {tableId: 1, records: $r}) { eventCursor } }"
    assert cost(document, {"r": [{}] * 3}) == 20 + 2 + 3 * 5


TRANSACT = "mutation ($input: TransactInput!) { transact(input: $input) { eventCursor } }"


def test_all_records_of_all_operations_of_a_call_count() -> None:
    record = {"fields": {"Company": ["a", "b", "c"], "Tags": [1, 2]}}
    operations: list[object] = [
        {"create": {"tableId": "x", "records": [record] * 10}},
        {"upsert": {"tableId": "x", "mergeOn": ["Name"], "records": [record] * 4}},
        {"delete": {"tableId": "x", "ids": ["a"] * 20}},
    ]
    assert cost(TRANSACT, {"input": {"operations": operations}}) == 20 + 2 + 5 * (3 + 10 + 1 + 4 + 20)
    listed = "mutation ($all: [TransactOperation!]!) { transact(input: {operations: $all}) { eventCursor } }"
    assert cost(listed, {"all": operations}) == 20 + 2 + 5 * (3 + 10 + 1 + 4 + 20)
    one = (
        "mutation ($r: [TransactRecord!]!, $ids: [ID!]!) { transact(input: {operations: [{create: {tableId: 1, "
        "records: $r}}, {delete: {tableId: 1, ids: $ids}}, {create: {tableId: 1, records: [{fields: {a: [1]}}]}}]}) "
        "{ eventCursor } }"
    )
    assert cost(one, {"r": [record] * 7, "ids": ["a"] * 2}) == 20 + 2 + 5 * (3 + 7 + 2 + 1)


def test_each_operation_has_its_own_defaults() -> None:
    entry = DOCUMENTS.get(
        "query A($n: Int = 3) { ...F } query B($n: Int = 8) { ...F } "
        "fragment F on Query { records(tableId: 1, first: $n) { nodes { id } } }"
    )
    assert isinstance(entry, Prepared)
    assert [entry.cost(name, {}) for name in "AB"] == [10 + 1 + 3 * 2, 10 + 1 + 8 * 2]


def test_page_sizes_are_those_of_the_settings() -> None:
    documents = DocumentCache(build_schema()._schema, Limits(default_page_size=4, max_page_size=6, assumed_list_size=2))
    costs = []
    for document in ("{ records(tableId: 1) { nodes { id } } }", "{ workspaces { id } }"):
        entry = documents.get(document)
        assert isinstance(entry, Prepared)
        costs.append(entry.cost(None, {}))
    assert costs == [10 + 1 + 4 * 2, 10 + 2 * 2]
