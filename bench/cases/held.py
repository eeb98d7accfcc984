"""Whether a long write transaction delays the events of others: of its own table, and of another base."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bench.cases.contract import Case, Line
from bench.cases.fanout import updates
from bench.cases.writes import CREATE_MANY
from bench.dataset import parts
from bench.duel import Pace
from bench.hall import Heard
from bench.holding import WRITES, held_open
from bench.percentiles import milliseconds
from bench.run import Run
from bench.score import Outcome
from bench.subscribing import EVENTS, create_in_all, seats
from bench.world import World

SECONDS = 10
A_SECOND = 20
LATE_MILLISECONDS = 250
RECORDS = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A table with some records, the first two of which are for the transaction."""

    table: str
    ids: Sequence[str]


def held(world: World, pace: Pace) -> Sequence[Line]:
    """Half of the time events of its own table, half of the time those of another base; first without it."""
    seconds = min(SECONDS, pace.seconds * pace.rounds)
    own, other = _place(world, world.api.base_id), _place(world, world.api.make_base("Other"))
    runs = [partial(_run, world, place, seconds / 2) for place in (own, other)]
    sockets = seats(world, EVENTS, [[{"table": place.table}] for place in (own, other)])
    probe = create_in_all(world, [own.table, other.table])
    with world.audience.seated(world.ours.port, "/graphql", sockets, probe):
        without = [run() for run in runs]
        with held_open(world, own.table, own.ids[:2], next(parts(1, seed=6)).fields, seconds) as answered:
            beside = [run() for run in runs]
            ended = time.perf_counter()
        assert answered.result() > ended, "the transaction ended too early to be in anybody's way"
        awaited = beside[1].deliveries + WRITES
        heard = world.audience.ask(Heard(awaited))
        assert heard == awaited, f"{heard - awaited + WRITES} events of the transaction's {WRITES} writes"
    titles = "late events of its table", "late events of another base"
    return [_line(*each) for each in zip(titles, beside, without, strict=True)]


def _place(world: World, base: str) -> Place:
    table = str(world.api.make_table("held", base).id)
    records = [part.fields for part in parts(RECORDS, seed=7)]
    made = world.api.execute(CREATE_MANY, {"tableId": table, "records": records})
    return Place(table, [record["id"] for record in made["createRecords"]["records"]])


def _run(world: World, place: Place, seconds: float) -> Outcome:
    writes = updates(world, place.ids[2:])
    return world.audience.run(Run(world.ours.port, writes, seconds, a_second=A_SECOND, is_for_all=False))


def _line(title: str, beside: Outcome, without: Outcome) -> Line:
    late = sum(1000 * each > LATE_MILLISECONDS for each in beside.arrivals)
    return Line(
        title,
        float(late),
        0,
        at_most=True,
        unit="ms",
        ours=milliseconds(beside.arrivals, 100),
        bare=milliseconds(without.arrivals, 100),
        note=f"of {len(beside.arrivals)} beside an open transaction, late after {LATE_MILLISECONDS} ms; worst with it"
        f" / without; p50 {milliseconds(beside.arrivals, 50):.1f} / {milliseconds(without.arrivals, 50):.1f} ms",
    )


CASES = (Case("held", held),)
