"""What the guards cost an honest small query: our server against itself with the guards switched off."""

from collections.abc import Sequence

from bench.cases.against_itself import small_query
from bench.cases.contract import Case, Line
from bench.duel import Pace
from bench.world import World

SWITCHES = (
    "TABLEGRAPH_MAX_COST_PER_MINUTE",
    "TABLEGRAPH_MAX_REQUESTS_PER_MINUTE",
    "TABLEGRAPH_REPORT_COST",
    "TABLEGRAPH_EXECUTION_TIMEOUT",
)
ON = dict(zip(SWITCHES, ("1000000000000", "1000000000", "true", "PT10S"), strict=True))
OFF = dict(zip(SWITCHES, ("0", "0", "false", "PT0S"), strict=True))


def guarded(world: World, pace: Pace) -> Sequence[Line]:
    """A record by its id."""
    return small_query(world, pace, "one record by id, guards on / off", ON, OFF, cpu_target=1.1)


CASES = (Case("guard", guarded),)
