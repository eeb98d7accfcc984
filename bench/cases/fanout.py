"""One table, many subscribers with the same operation: deliveries a second, and how long the last of them waits."""

import random
from collections.abc import Iterable, Sequence
from uuid import UUID

import orjson

from bench.cases.contract import Case, Line
from bench.cases.writes import UPDATE
from bench.delivery import Channel, burst, seated
from bench.duel import Duel, Pace, Reading, middle
from bench.listener import Seat
from bench.percentiles import milliseconds
from bench.requests import ANY_NUMBER, counting, graphql, send
from bench.score import Outcome
from bench.subscribing import EVENTS, seats
from bench.world import World

AT_A_TIME = 4
"""Writes under way in a burst: one being written while another is delivered, so that neither waits for the client."""
A_SECOND = 5
MAX_MILLISECONDS = 250
PARTS_OF_AUDIENCE = 50
"""The part of the scale that the subscribers are: 2,000 of 100,000."""


def fan_out(world: World, pace: Pace) -> Sequence[Line]:
    """Each write reaches everybody; the bare endpoint sends the very message that ours sent last."""
    ours = Channel(world.ours, "/graphql", *_ours(world))
    with seated(world, ours):
        sample = world.audience.run(ours.run(0)).sample
    bare = _bare(world, sample)
    return [_throughput(world, pace, ours, bare), _latency(world, pace, ours, bare)]


def _ours(world: World) -> tuple[Sequence[Seat], Sequence[bytes], bytes]:
    everybody = seats(world, EVENTS, [[{"table": world.written.id}]] * (world.scale // PARTS_OF_AUDIENCE))
    writes = updates(world, random.Random(4).sample(world.written.record_ids, 2_000))
    return everybody, writes, writes[0]


def updates(world: World, ids: Iterable[UUID | str]) -> Sequence[bytes]:
    """Changes of one field of these records, to another number each time."""
    return [
        counting(graphql(world.api.token, UPDATE, {"input": {"id": str(id), "fields": {"Quantity": ANY_NUMBER}}}))
        for id in ids
    ]


def _bare(world: World, sample: bytes) -> Channel:
    message = orjson.loads(sample)
    event = message["payload"]["data"]["recordEvents"]
    assert (message["type"], event["type"], event["changedFields"]) == ("next", "UPDATED", ["Quantity"]), sample
    assert event["record"]["id"] == event["recordId"], sample
    assert len(event["record"]["fields"]) == 8, sample
    publish = send("POST", "/publish", sample)
    return Channel(world.bare, "/broadcast", [Seat()] * (world.scale // PARTS_OF_AUDIENCE), [publish], publish)


def _throughput(world: World, pace: Pace, ours: Channel, bare: Channel) -> Line:
    """Longer bursts than usual: a second of 2,000 subscribers has a dozen writes only."""
    readings = [
        tuple(_burst(world, each, pace.seconds * 2) for each in (ours, bare)) for _ in range(max(1, pace.rounds // 2))
    ]
    duel = Duel(*zip(*readings, strict=True))
    one, other = middle(duel.ours), middle(duel.bare)
    return Line(
        f"events to {len(ours.seats):,} subscribers",
        duel.ratio,
        0.5,
        unit="msg/s",
        ours=one.rate,
        bare=other.rate,
        cpu=(one.cpu_ms, other.cpu_ms, duel.cpu_ratio),
        cpu_target=2.0,
        postgres=(one.postgres_ms, other.postgres_ms),
        note=f"{1000 * one.cpu_ms:.1f} / {1000 * other.cpu_ms:.1f} µs a delivery;"
        f" clients {1000 * one.generator_ms:.1f} / {1000 * other.generator_ms:.1f}",
    )


def _burst(world: World, channel: Channel, seconds: float) -> Reading:
    with seated(world, channel):
        return burst(world, channel, seconds, AT_A_TIME)[0]


def _latency(world: World, pace: Pace, ours: Channel, bare: Channel) -> Line:
    seconds = pace.seconds * pace.rounds * 2
    one, other = (_drip(world, each, seconds) for each in (ours, bare))
    slowest = milliseconds(one.arrivals, 99)
    return Line(
        f"write to its last of {len(ours.seats):,}, p99",
        slowest / MAX_MILLISECONDS,
        1.0,
        at_most=True,
        unit="ms",
        ours=slowest,
        bare=milliseconds(other.arrivals, 99),
        note=f"{len(one.arrivals)} writes, {A_SECOND} a second, beside {MAX_MILLISECONDS} ms;"
        f" p50 {milliseconds(one.arrivals, 50):.0f} ms; {_behind_answer(one)}",
    )


def _drip(world: World, channel: Channel, seconds: float) -> Outcome:
    with seated(world, channel):
        return world.audience.run(channel.run(seconds, a_second=A_SECOND))


def _behind_answer(outcome: Outcome) -> str:
    behind = [max(0.0, last - answer) for last, answer in zip(outcome.arrivals, outcome.answers, strict=True)]
    return f"behind the answer: p50 {milliseconds(behind, 50):.0f}, p99 {milliseconds(behind, 99):.0f} ms"


CASES = (Case("fanout", fan_out),)
