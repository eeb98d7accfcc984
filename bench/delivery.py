"""Measures what subscribers get.

Sockets are opened for what is measured and closed behind it: else each side would bear what the idle ones of the other
cost, which our server looks after.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from bench.duel import Reading, reading
from bench.listener import Seat
from bench.processes import Server
from bench.run import Run
from bench.score import Outcome
from bench.world import World

SECONDS_TO_WARM_UP = 0.3


@dataclass(frozen=True, slots=True)
class Channel:
    """A server, those who listen to it, and the requests whose writes they hear."""

    server: Server
    path: str
    seats: Sequence[Seat]
    writes: Sequence[bytes]
    probe: bytes
    """A request that all of them hear."""
    is_for_all: bool = True
    """Whether they hear the writes too, rather than one of them each."""

    def run(self, seconds: float, at_a_time: int = 1, a_second: float | None = None) -> Run:
        """A stretch of its writes."""
        return Run(self.server.port, self.writes, seconds, at_a_time, a_second, self.is_for_all)


@contextmanager
def seated(world: World, channel: Channel) -> Iterator[None]:
    """All of them listen, and both ends are warm; behind it the server is given time to forget them."""
    with world.audience.seated(channel.server.port, channel.path, channel.seats, channel.probe):
        world.audience.run(channel.run(SECONDS_TO_WARM_UP))
        yield
    channel.server.rest()


def burst(world: World, channel: Channel, seconds: float, at_a_time: int) -> tuple[Reading, Outcome]:
    """Writes that come as fast as they are delivered; the reading counts deliveries."""
    server, postgres = channel.server.cpu_seconds(), world.postgres_cpu_seconds()
    outcome = world.audience.run(channel.run(seconds, at_a_time))
    server, postgres = channel.server.cpu_seconds() - server, world.postgres_cpu_seconds() - postgres
    return reading(outcome.deliveries, outcome.seconds, (server, postgres, outcome.cpu_seconds)), outcome
