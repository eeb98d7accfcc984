"""What is kept of documents is bounded by the memory that it takes."""

import gc
import tracemalloc
from collections.abc import Callable

import pytest
from graphql import get_introspection_query

from graph.execution.documents import BYTES_PER_CHARACTER, BYTES_PER_ENTRY, BYTES_PER_TOKEN, DocumentCache, Prepared
from graph.execution.engine import Engine
from graph.execution.planned import plan_operation
from graph.schema import build_schema
from resolvers.services import Limits

ENGINE = Engine(build_schema())
WIDE = Limits(max_selected_fields=10**6, max_query_aliases=10**6, max_root_fields=10**6)
PAGE = "records(tableId: 1, first: $n) { totalCount nodes { id } }"
DOCUMENTS: dict[str, Callable[[int], str]] = {
    "introspection": lambda i: f"{get_introspection_query()} #{i}",
    "small": lambda i: f"{{ me {{ a{i}: id }} }}",
    "fields": lambda i: f"{{ me {{ a{i}: id {'name ' * 90} }} }}",
    "values": lambda i: f"{{ records(tableId: {i}, filter: {{or: [{'{field: 1} ' * 200}]}}) {{ totalCount }} }}",
    "pages": lambda i: f"query ($n: Int) {{ {' '.join(f'a{k}: {PAGE}' for k in range(20))} me {{ a{i}: id }} }}",
    "spreads": lambda i: f"{{ me {{ a{i}: id {'...F ' * 50} }} }} fragment F on User {{ id }}",
    "syntax error": lambda i: f"{{ me {{ a{i}: id {'name ' * 400}",
    "validation errors": lambda i: f"{{ a{i}: me {{ {' '.join(f'x{k}' for k in range(200))} }} }}",
}


def fill(cache: DocumentCache, make: Callable[[int], str], count: int) -> None:
    """Prepare documents as the engine does that runs them."""
    for i in range(count):
        entry = cache.get(make(i))
        if isinstance(entry, Prepared):
            for name, operation in entry.operations.items():
                entry.cost(name, {})
                entry.plans[name] = plan_operation(ENGINE.schema, operation, entry.fragments, ENGINE._deferred)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_documents_take_no_more_than_is_reckoned(kind: str) -> None:
    fill(DocumentCache(ENGINE.schema, WIDE), DOCUMENTS[kind], 2)
    cache = DocumentCache(ENGINE.schema, WIDE)
    gc.collect()
    tracemalloc.start()
    fill(cache, DOCUMENTS[kind], 20)
    gc.collect()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert cache.bytes / 8 < taken < cache.bytes


def test_the_oldest_documents_make_room() -> None:
    first, second, third = "{ me { a: id } }", "{ me { b: id } }", "{ me { c: id } }"
    tokens = 10  # with those at the start and the end
    room = 2 * (BYTES_PER_ENTRY + BYTES_PER_CHARACTER * len(first) + BYTES_PER_TOKEN * tokens)
    cache = DocumentCache(ENGINE.schema, Limits(document_cache_bytes=room))
    kept = {source: cache.get(source) for source in (first, second)}
    assert cache.bytes == room
    assert cache.get(first) is kept[first]
    cache.get(third)
    assert cache.bytes == room
    assert cache.get(first) is kept[first]
    assert cache.get(second) is not kept[second]


def test_a_document_larger_than_the_cache_is_answered_and_not_kept() -> None:
    cache = DocumentCache(ENGINE.schema, Limits(document_cache_bytes=BYTES_PER_ENTRY))
    assert isinstance(cache.get("{ me { id } }"), Prepared)
    assert cache.bytes == 0
