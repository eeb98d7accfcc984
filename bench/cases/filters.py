"""What a write costs beside many subscribers who each want other records, against a hundredth of them."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from bench.cases.contract import Case, Line
from bench.cases.writes import CREATE_MANY, UPDATE
from bench.dataset import parts
from bench.delivery import Channel, burst, seated
from bench.duel import Duel, Pace, Reading, middle
from bench.percentiles import milliseconds
from bench.requests import ANY_NUMBER, counting, graphql
from bench.score import Outcome
from bench.subscribing import seats
from bench.world import World

FILTERED_EVENTS = """
subscription ($table: ID!, $quantity: JSON!) {
  recordEvents(tableId: $table, filter: {field: "Quantity", operator: EQ, value: $quantity}) {
    cursor type recordId changedFields record { id fields }
  }
}
"""
UPDATE_MANY = "mutation ($input: UpdateRecordsInput!) { updateRecords(input: $input) { eventCursor } }"
MAX_RATIO = 1.5
PARTS_OF_AUDIENCE = 50
"""The part of the scale that the subscribers are: 2,000 of 100,000."""
TIMES_MORE = 100
AT_A_TIME = 64
"""Writes under way that keep the server busy: they wait for their delivery, which is not at once."""


def filters(world: World, pace: Pace) -> Sequence[Line]:
    """A write changes the price of a record, for whose quantity one subscriber waits; as many records on both sides."""
    count = world.scale // PARTS_OF_AUDIENCE
    many, few = (_channel(world, count, filters) for filters in (count, max(1, count // TIMES_MORE)))
    pairs = [[_measure(world, each, pace.seconds) for each in (many, few)] for _ in range(max(1, pace.rounds // 2))]
    beside_many, beside_few = zip(*pairs, strict=True)
    title, beside = f"write beside {len(many.seats):,} filters", f"beside {len(few.seats)} filters"
    single = Duel([each.single for each in beside_many], [each.single for each in beside_few])
    busy = Duel([each.busy for each in beside_many], [each.busy for each in beside_few])
    return [
        _cost(f"{title}, CPU", single, f"{beside}; one at a time; {_rest(beside_many, beside_few)}"),
        _cost(f"{title}, CPU busy", busy, f"{beside}; {AT_A_TIME} at a time"),
        _latency(title, beside, beside_many, beside_few),
    ]


@dataclass(frozen=True, slots=True)
class _Measured:
    """Of sockets that were opened once."""

    busy: Reading
    """Of writes that keep the server busy."""
    single: Reading
    """Of writes that come one after the other, each when the last one was delivered."""
    delays: Outcome
    """Theirs."""
    at_rest: float
    """CPU time a second without writes."""


def _measure(world: World, channel: Channel, seconds: float) -> _Measured:
    with seated(world, channel):
        busy, _ = burst(world, channel, seconds, AT_A_TIME)
        single, delays = burst(world, channel, seconds, 1)
        before = channel.server.cpu_seconds()
        time.sleep(seconds)
        return _Measured(busy, single, delays, (channel.server.cpu_seconds() - before) / seconds)


def _channel(world: World, count: int, filters: int) -> Channel:
    """A table of so many records that have the quantities 0, 1, 2, …, over and over again, each awaited by somebody."""
    table = str(world.api.make_table(f"filtered {filters}").id)
    records = [part.fields | {"Quantity": number % filters} for number, part in enumerate(parts(count, seed=5))]
    made = world.api.execute(CREATE_MANY, {"tableId": table, "records": records})["createRecords"]["records"]
    patches = [{"id": record["id"], "fields": {"Price": ANY_NUMBER}} for record in made]
    everybody = seats(world, FILTERED_EVENTS, [[{"table": table, "quantity": number}] for number in range(filters)])
    writes = [counting(graphql(world.api.token, UPDATE, {"input": patch})) for patch in patches]
    all_at_once = {"tableId": table, "records": patches[:filters]}
    probe = counting(graphql(world.api.token, UPDATE_MANY, {"input": all_at_once}))
    return Channel(world.ours, "/graphql", everybody, writes, probe, is_for_all=False)


def _cost(title: str, duel: Duel, note: str) -> Line:
    """Of the server's CPU and PostgreSQL's together."""
    one, other = middle(duel.ours), middle(duel.bare)
    ratios = Duel(*([_with_postgres(each) for each in side] for side in (duel.ours, duel.bare)))
    return Line(
        title,
        ratios.cpu_ratio,
        MAX_RATIO,
        at_most=True,
        unit="writes/s",
        ours=one.rate,
        bare=other.rate,
        cpu=(one.cpu_ms, other.cpu_ms, duel.cpu_ratio),
        postgres=(one.postgres_ms, other.postgres_ms),
        note=note,
    )


def _rest(many: Sequence[_Measured], few: Sequence[_Measured]) -> str:
    rests = [100 * median(each.at_rest for each in side) for side in (many, few)]
    return f"at rest {rests[0]:.0f} / {rests[1]:.0f}% of a CPU"


def _with_postgres(reading: Reading) -> Reading:
    return replace(reading, cpu_ms=reading.cpu_ms + reading.postgres_ms)


def _latency(title: str, beside: str, many: Sequence[_Measured], few: Sequence[_Measured]) -> Line:
    (arrival, answer), (few_arrival, few_answer) = (_medians([each.delays for each in side]) for side in (many, few))
    return Line(
        f"{title}, delivered",
        arrival / few_arrival,
        MAX_RATIO,
        at_most=True,
        unit="µs",
        ours=1000 * arrival,
        bare=1000 * few_arrival,
        note=f"{beside}, medians; until it is answered {answer:.2f} / {few_answer:.2f} ms",
    )


def _medians(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """Milliseconds until a write is delivered, and until it is answered."""
    arrivals = [each for outcome in outcomes for each in outcome.arrivals]
    answers = [each for outcome in outcomes for each in outcome.answers]
    return milliseconds(arrivals, 50), milliseconds(answers, 50)


CASES = (Case("filters", filters),)
