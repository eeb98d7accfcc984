"""Linked records and what is computed of them: against the same in hand-written SQL, and against a page without."""

from collections.abc import Sequence

from bench.cases.against_bare import against_bare, same_answer
from bench.cases.against_itself import line
from bench.cases.contract import Case, Line
from bench.duel import Pace, Side, fight
from bench.relations import Family, add_field, make_family
from bench.requests import get, graphql
from bench.world import World

NEWEST = """
query ($table: ID!) {
  records(tableId: $table, first: 50, orderBy: [{field: "Name"}]) {
    nodes {
      id
      linked(field: "Children", first: 3, orderBy: [{field: "$createdAt", direction: DESC}]) {
        nodes { id fields(only: ["Name", "Amount"]) }
      }
    }
  }
}
"""
ROLLED = """
query ($table: ID!) {
  records(tableId: $table, first: 100, orderBy: [{field: "Total", direction: DESC}]) {
    nodes { id value(field: "Total") }
  }
}
"""
PAGE = """
query ($table: ID!, $only: [String!], $by: String!) {
  records(tableId: $table, first: 100, orderBy: [{field: $by}]) { nodes { id fields(only: $only) } }
}
"""


def relations(world: World, pace: Pace) -> Sequence[Line]:
    """All of them, on one family."""
    family = make_family(world.api, world.url)
    return [*_newest(world, pace, family), *_rolled(world, pace, family), *_computed(world, pace, family)]


def _newest(world: World, pace: Pace, family: Family) -> Sequence[Line]:
    ours, bare = graphql(world.api.token, NEWEST, {"table": family.parents}), get("/newest")
    same_answer(world, ours, bare)
    title = "50 parents, the 3 newest of 300,000 children each"
    return [against_bare(world, pace, title, [ours], [bare], target=0.6)]


def _rolled(world: World, pace: Pace, family: Family) -> Sequence[Line]:
    options = {"linked_field_id": family.fields["Parents.Children"], "function": "sum"}
    add_field(
        world.api, family.parents, "Total", "ROLLUP", {**options, "rollup_field_id": family.fields["Children.Amount"]}
    )
    ours, bare = graphql(world.api.token, ROLLED, {"table": family.parents}), get("/rolled")
    same_answer(world, ours, bare)
    few = Pace(max(pace.seconds, 5.0), pace.rounds, 2)
    return [against_bare(world, few, "sorted by a rollup over 300,000 links", [ours], [bare], target=1 / 1.5)]


def _computed(world: World, pace: Pace, family: Family) -> Sequence[Line]:
    """Of the parents' children: a page of 100 of 300,000 with what is computed, against the same without."""
    link, children = family.fields["Children.Parent"], family.children
    for n, name in enumerate(("Name", "City", "Total")):
        target = family.fields.get(f"Parents.{name}") or _field(world, family.parents, name)
        add_field(world.api, children, f"Lookup {n}", "LOOKUP", {"linked_field_id": link, "lookup_field_id": target})
    for n, (function, target) in enumerate((("count", "Parents.Name"), ("array_join", "Parents.City"))):
        options = {"linked_field_id": link, "rollup_field_id": family.fields[target], "function": function}
        add_field(world.api, children, f"Rollup {n}", "ROLLUP", options)
    formulas = ('UPPER({Name}) & "!"', "{Amount} * 2 + 1", 'IF({Amount} > 50, "much", "little")')
    for n, formula in enumerate(formulas):
        add_field(world.api, children, f"Formula {n}", "FORMULA", {"formula": formula})
    stored = ["Name", "Amount"]
    whole = [
        *stored,
        *(f"{kind} {n}" for kind, count in (("Lookup", 3), ("Rollup", 2), ("Formula", 3)) for n in range(count)),
    ]
    return [
        _page(world, pace, children, (whole, stored), by="Amount", title="", target=1 / 3),
        # Where sorting costs nothing, all that is left to compare with is 100 rows of two values.
        _page(world, pace, children, (whole, stored), by="Name", title=", by an index", target=None),
    ]


def _page(
    world: World,
    pace: Pace,
    table: str,
    fields: Sequence[Sequence[str]],
    *,
    by: str,
    title: str,
    target: float | None,
) -> Line:
    requests = [graphql(world.api.token, PAGE, {"table": table, "only": only, "by": by}) for only in fields]
    duel = fight(world, Side(world.ours, [requests[0]]), Side(world.ours, [requests[1]]), pace)
    return line(
        f"100 records with 3 lookups, 2 rollups, 3 formulas, sorted{title}, against those without", duel, target=target
    )


def _field(world: World, table: str, name: str) -> str:
    shown = world.api.ask("query ($id: ID!) { table(id: $id) { fields { id name } } }", {"id": table})
    return next(str(field["id"]) for field in shown["table"]["fields"] if field["name"] == name)


CASES = (Case("relations", relations),)
