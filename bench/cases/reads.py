"""Reads of records: a long page, a page of what a filter finds, one record, and all of them in groups."""

import random
from collections.abc import Sequence

from bench.cases.against_bare import against_bare, same_answer
from bench.cases.contract import Case, Line
from bench.dataset import CHOICES
from bench.duel import Pace
from bench.requests import get, graphql
from bench.world import World

SORTED = """
query ($table: ID!, $first: Int!) {
  records(tableId: $table, first: $first, orderBy: [{field: "Price"}]) { nodes { id fields } }
}
"""
FILTERED = """
query ($table: ID!, $first: Int!, $above: JSON!, $status: JSON!) {
  records(tableId: $table, first: $first, orderBy: [{field: "Price"}], filter: {and: [
    {field: "In stock", operator: EQ, value: true}
    {field: "Price", operator: GT, value: $above}
    {field: "Status", operator: EQ, value: $status}
  ]}) { nodes { id fields } }
}
"""
GROUPED = """
query ($table: ID!) {
  aggregate(
    tableId: $table
    groupBy: [{field: "Status"}, {field: "Introduced", bucket: YEAR, as: "year"}]
    metrics: [{function: SUM, field: "Price", as: "total"}, {function: AVG, field: "Quantity", as: "mean"}]
    orderBy: [{by: "total", direction: DESC}]
  ) { nodes { key count metrics } }
}
"""
ONE = "query ($id: ID!) { record(id: $id) { id fields } }"


def sorted_page(world: World, pace: Pace) -> Sequence[Line]:
    """1,000 records in the order of an indexed number."""
    ours = graphql(world.api.token, SORTED, {"table": world.parts.id, "first": 1000})
    bare = get("/sorted")
    same_answer(world, ours, bare)
    return [against_bare(world, pace, "1,000 records, sorted", [ours], [bare], target=0.85)]


def filtered_page(world: World, pace: Pace) -> Sequence[Line]:
    """100 records that pass three conditions, in the order of an indexed number; where they begin differs."""
    ours, bare = [], []
    for above in range(0, 8_000, 97):
        status = CHOICES[above % len(CHOICES)]
        variables = {"table": world.parts.id, "first": 100, "above": above, "status": status}
        ours.append(graphql(world.api.token, FILTERED, variables))
        bare.append(get(f"/filtered?above={above}&status={status.replace(' ', '+')}"))
    same_answer(world, ours[-1], bare[-1])
    return [against_bare(world, pace, "100 records, filtered and sorted", ours, bare, target=0.65)]


def one_record(world: World, pace: Pace) -> Sequence[Line]:
    """A record by its id."""
    ids = random.Random(1).sample(world.parts.record_ids, 2_000)
    ours = [graphql(world.api.token, ONE, {"id": str(id)}) for id in ids]
    bare = [get(f"/parts/{id}") for id in ids]
    same_answer(world, ours[-1], bare[-1])
    return [against_bare(world, pace, "one record by id", ours, bare, target=0.5, cpu_target=2.0)]


def grouped(world: World, pace: Pace) -> Sequence[Line]:
    """All records in some 70 groups, each with its sum and its average, the largest first."""
    ours = graphql(world.api.token, GROUPED, {"table": world.parts.id})
    bare = get("/grouped")
    same_answer(world, ours, bare)
    return [against_bare(world, pace, "all records in groups", [ours], [bare], target=0.85)]


CASES = (
    Case("sorted", sorted_page),
    Case("filtered", filtered_page),
    Case("record", one_record),
    Case("grouped", grouped),
)
