"""How our server is measured against itself: with something switched on and off, or asked for more and for less."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bench.cases.contract import Line
from bench.cases.reads import ONE
from bench.duel import Duel, Pace, Side, fight, middle
from bench.processes import Server
from bench.requests import graphql
from bench.world import World

Switches = Mapping[str, str]
"""Variables of the environment that differ."""


PAIRS = 4
"""Of servers, measured one after the other: two equal processes differ by up to 5 %, for as long as they live."""


def small_query(world: World, pace: Pace, title: str, on: Switches, off: Switches, cpu_target: float) -> Sequence[Line]:
    """A record by its id. Both servers know the document; what is on or off is done for each request."""
    requests = [graphql(world.api.token, ONE, {"id": str(id)}) for id in world.parts.record_ids[:2_000]]
    duels = []
    for pair in range(PAIRS):
        with server_with(world, f"on-{pair}", on) as one, server_with(world, f"off-{pair}", off) as other:
            duels.append(fight(world, Side(one, requests), Side(other, requests), pace))
    ours = [reading for duel in duels for reading in duel.ours]
    bare = [reading for duel in duels for reading in duel.bare]
    return [line(title, Duel(ours, bare), cpu_target=cpu_target)]


def line(title: str, duel: Duel, *, target: float | None = None, cpu_target: float | None = None) -> Line:
    """The line of the report for a duel of our server with itself."""
    one, other = middle(duel.ours), middle(duel.bare)
    return Line(
        title,
        duel.ratio,
        target,
        unit="req/s",
        ours=one.rate,
        bare=other.rate,
        cpu=(one.cpu_ms, other.cpu_ms, duel.cpu_ratio),
        cpu_target=cpu_target,
        postgres=(one.postgres_ms, other.postgres_ms),
    )


def server_with(world: World, name: str, switches: Switches) -> Server:
    """Another server of ours, not started yet, with these switches."""
    server = world.another(name)
    return replace(server, environment={**server.environment, **switches})
