"""Twice as many requests as one worker can answer: how many are answered all the same, the others being refused."""

import random
from collections.abc import Sequence
from statistics import median

from bench.cases.contract import Case, Line
from bench.cases.reads import ONE
from bench.duel import Pace, Reading, Side, middle, read, reading
from bench.generator import Burst
from bench.requests import graphql
from bench.world import World

CONNECTIONS = 64
"""Enough to keep a worker busy, and fewer than it takes on at a time."""
FLOODS = (800, 3_000)
"""Connections: more than it takes on, all of which wait; and more than can have their turn in the time that they may
wait. Only with so many do twice as many requests really come: with fewer, each waits for its answer first."""
TARGET_CONNECTIONS = 800
LEAST_SECONDS = 3.0


def overload(world: World, pace: Pace) -> Sequence[Line]:
    """A record by its id, at capacity and at twice that, in turn."""
    ids = random.Random(1).sample(world.parts.record_ids, 2_000)
    requests = [graphql(world.api.token, ONE, {"id": str(id)}) for id in ids]
    side = Side(world.ours, requests)
    seconds = max(pace.seconds, LEAST_SECONDS)
    read(world, side, Pace(1.0, 1, CONNECTIONS))
    lines = []
    for connections in FLOODS:
        pairs, refused = [], 0
        for _ in range(pace.rounds):
            most = read(world, side, Pace(seconds, 1, CONNECTIONS))
            flooded, refused = _flood(world, Burst(side.server.port, requests, connections, seconds, 2 * most.rate))
            pairs.append((flooded, most))
        lines.append(_line(pairs, connections, refused))
    return lines


def _flood(world: World, burst: Burst) -> tuple[Reading, int]:
    """What was answered, and how many were refused."""
    server, postgres = world.ours.cpu_seconds(), world.postgres_cpu_seconds()
    outcome = world.generator.send_too_much(burst)
    cpu = world.ours.cpu_seconds() - server, world.postgres_cpu_seconds() - postgres, outcome.cpu_seconds
    return reading(outcome.answers - outcome.failures, outcome.seconds, cpu), outcome.failures


def _line(pairs: Sequence[tuple[Reading, Reading]], connections: int, refused: int) -> Line:
    flooded, most = middle([pair[0] for pair in pairs]), middle([pair[1] for pair in pairs])
    return Line(
        f"one record by id, from {connections:,} connections at twice the capacity against at it",
        median(pair[0].rate / pair[1].rate for pair in pairs),
        target=0.9 if connections == TARGET_CONNECTIONS else None,
        unit="good answers/s",
        ours=flooded.rate,
        bare=most.rate,
        cpu=(flooded.cpu_ms, most.cpu_ms, median(pair[0].cpu_ms / pair[1].cpu_ms for pair in pairs)),
        note=f"{refused:,} refused in the last round",
    )


CASES = (Case("overload", overload),)
