"""What it costs an honest small query that operations are watched: our server against itself with less of that."""

from collections.abc import Sequence

from bench.cases.against_itself import small_query
from bench.cases.contract import Case, Line
from bench.duel import Pace
from bench.world import World

OFF = {"TABLEGRAPH_SLOW_OPERATION_TIME": "PT0S"}


def watched(world: World, pace: Pace) -> Sequence[Line]:
    """A record by its id. Statements are timed for the log of slow operations; without it nobody wants that."""
    return small_query(world, pace, "one record by id, statements timed / not", {}, OFF, cpu_target=1.05)


CASES = (Case("observation", watched),)
