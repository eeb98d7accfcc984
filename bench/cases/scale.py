"""How a page's cost grows with its table, where an index serves it: ours against ours, a large table and a small one.

The index on Price is made by the field's option `isIndexed`; the one on the id, which serves the order of creation,
is the primary key of every table.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.cases.against_bare import answer
from bench.cases.contract import Case, Line
from bench.duel import Pace, Side, fight, middle
from bench.requests import graphql
from bench.world import Filled, World

TIMES_LARGER = 100
PAGE = """
query ($table: ID!, $orderBy: [RecordOrder!], $after: String, $filter: RecordFilter, $first: Int!) {
  records(tableId: $table, first: $first, after: $after, orderBy: $orderBy, filter: $filter) {
    nodes { id fields } pageInfo { hasNextPage endCursor }
  }
}
"""
BY_PRICE = [{"field": "Price"}]
IN_STOCK = {"field": "In stock", "operator": "EQ", "value": True}
DEAR = {"field": "Price", "operator": "GTE", "value": 5_000}


def pages(world: World, pace: Pace) -> Sequence[Line]:
    """Pages of 100 of a filtered list: the first one and one in the middle by price, one in the order of creation."""
    small = world.table("small", world.scale // 10)
    large = world.table("large", world.scale // 10 * TIMES_LARGER)
    kinds: Mapping[str, tuple[Any, bool]] = {
        "beginning, by an indexed number": (BY_PRICE, False),
        "middle, by an indexed number": (BY_PRICE, True),
        "middle, in the order of creation": (None, True),
    }
    return [
        _compare(world, pace, f"100 of {len(large.record_ids):,}: {kind}", small, large, order, is_deep)
        for kind, (order, is_deep) in kinds.items()
    ]


def _compare(world: World, pace: Pace, title: str, small: Filled, large: Filled, order: Any, is_deep: bool) -> Line:
    requests = [_request(world, table, order, is_deep) for table in (small, large)]
    sides = [Side(world.ours, [request]) for request in requests]
    duel = fight(world, sides[0], sides[1], pace)
    one, other = middle(duel.ours), middle(duel.bare)
    return Line(
        title,
        duel.ratio,
        2.0,
        at_most=True,
        unit="req/s",
        ours=other.rate,
        bare=one.rate,
        postgres=(other.postgres_ms, one.postgres_ms),
        note=f"beside {len(small.record_ids):,} records, not beside the bare endpoint",
    )


def _request(world: World, table: Filled, order: Any, is_deep: bool) -> bytes:
    variables = {"table": table.id, "orderBy": order, "filter": IN_STOCK, "first": 100}
    if is_deep:
        variables["after"] = _middle(world, table, order)
    request = graphql(world.api.token, PAGE, variables)
    page: Any = answer(world, world.ours, request)
    assert len(page["data"]["records"]["nodes"]) == 100
    return request


def _middle(world: World, table: Filled, order: Any) -> str:
    """The cursor of a record in the middle of the list: a filter leads there, and a cursor is good for any filter."""
    record = {"field": "$id", "operator": "EQ", "value": str(table.record_ids[len(table.record_ids) // 2])}
    variables = {"table": table.id, "orderBy": order, "filter": DEAR if order else record, "first": 1}
    page: Any = answer(world, world.ours, graphql(world.api.token, PAGE, variables))
    cursor: str = page["data"]["records"]["pageInfo"]["endCursor"]
    return cursor


CASES = (Case("scale", pages),)
