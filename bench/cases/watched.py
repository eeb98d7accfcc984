"""Writes a second with one subscriber of their table, against those with none."""

from collections.abc import Sequence

from bench.cases.contract import Case, Line
from bench.cases.fanout import updates
from bench.duel import Duel, Pace, Reading, Side, middle, read
from bench.hall import Heard
from bench.subscribing import EVENTS, seats
from bench.world import World


def watched(world: World, pace: Pace) -> Sequence[Line]:
    """The subscriber must have got every one of them."""
    side = Side(world.ours, updates(world, world.written.record_ids[:2_000]))
    read(world, side, Pace(min(pace.seconds, 1.0), 1, pace.connections))
    readings = [(_watched(world, side, pace), read(world, side, pace)) for _ in range(pace.rounds)]
    duel = Duel(*zip(*readings, strict=True))
    one, other = middle(duel.ours), middle(duel.bare)
    return [
        Line(
            "updateRecord with one subscriber",
            duel.ratio,
            0.9,
            unit="req/s",
            ours=one.rate,
            bare=other.rate,
            cpu=(one.cpu_ms, other.cpu_ms, duel.cpu_ratio),
            postgres=(one.postgres_ms, other.postgres_ms),
            note="beside none, not beside the bare endpoint",
        )
    ]


def _watched(world: World, side: Side, pace: Pace) -> Reading:
    one = seats(world, EVENTS, [[{"table": world.written.id}]])
    with world.audience.seated(side.server.port, "/graphql", one, side.requests[0]):
        reading = read(world, side, pace)
        heard = world.audience.ask(Heard(reading.answers))
    assert heard == reading.answers, f"{heard} events of {reading.answers} writes"
    return reading


CASES = (Case("watched", watched),)
