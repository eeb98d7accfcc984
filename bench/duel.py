"""Measures two sides in turn, A B A B: what else the machine does falls on both, and ratios are of neighbours."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.generator import Burst
from bench.processes import Server
from bench.world import World


@dataclass(frozen=True, slots=True)
class Side:
    """What one side gets: requests to one server."""

    server: Server
    requests: Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Reading:
    """One burst: answers, and CPU milliseconds an answer of the server, of PostgreSQL and of the generator.

    Of a broadcast, what is delivered stands for the answers.
    """

    answers: int
    rate: float
    """Answers a second."""
    cpu_ms: float
    postgres_ms: float
    generator_ms: float


@dataclass(frozen=True, slots=True)
class Duel:
    """The readings of both sides, pair by pair; `bare` is whatever ours is measured against."""

    ours: Sequence[Reading]
    bare: Sequence[Reading]

    @property
    def ratio(self) -> float:
        """The median of our rate by the other's."""
        return median(ours.rate / bare.rate for ours, bare in zip(self.ours, self.bare, strict=True))

    @property
    def cpu_ratio(self) -> float:
        """The median of our server's CPU time by the other's."""
        return median(ours.cpu_ms / bare.cpu_ms for ours, bare in zip(self.ours, self.bare, strict=True))


@dataclass(frozen=True, slots=True)
class Pace:
    """How long is measured, and with how many connections."""

    seconds: float
    rounds: int
    connections: int = 16


def fight(world: World, ours: Side, bare: Side, pace: Pace) -> Duel:
    """Warm both sides up, then measure them in turn."""
    for side in (ours, bare):
        read(world, side, Pace(min(pace.seconds, 1.0), 1, pace.connections))
    readings = [(read(world, ours, pace), read(world, bare, pace)) for _ in range(pace.rounds)]
    return Duel(*zip(*readings, strict=True))


def read(world: World, side: Side, pace: Pace) -> Reading:
    """One burst."""
    server, postgres = side.server.cpu_seconds(), world.postgres_cpu_seconds()
    outcome = world.generator.send(Burst(side.server.port, side.requests, pace.connections, pace.seconds))
    server, postgres = side.server.cpu_seconds() - server, world.postgres_cpu_seconds() - postgres
    return reading(outcome.answers, outcome.seconds, (server, postgres, outcome.cpu_seconds))


def reading(answers: int, seconds: float, cpu_seconds: tuple[float, float, float]) -> Reading:
    """Of a burst of so many answers; the CPU time is the server's, PostgreSQL's and the generator's."""
    server, postgres, generator = (1000 * each / answers for each in cpu_seconds)
    return Reading(answers, answers / seconds, server, postgres, generator)


def middle(readings: Sequence[Reading]) -> Reading:
    """The median of each number."""
    return Reading(*(median(getattr(reading, name) for reading in readings) for name in Reading.__dataclass_fields__))
