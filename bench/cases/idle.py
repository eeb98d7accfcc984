"""The memory of subscriptions that wait, in a server that does nothing else."""

from collections.abc import Mapping, Sequence
from typing import Any

from bench.cases.contract import Case, Line
from bench.duel import Pace
from bench.processes import Server
from bench.subscribing import EVENTS, create_in_all, seats
from bench.world import World

MAX_KB = 40
KB = 1000
EACH = 10
"""Subscriptions of a socket, each to another table."""
PARTS_OF_SOCKETS = 100
"""The part of the scale that the sockets are: 1,000 of 100,000."""


def idle(world: World, _: Pace) -> Sequence[Line]:
    """Measured from when the server has served one such socket to when all have subscribed and got an event each."""
    tables = [str(world.api.make_table(f"idle {number}").id) for number in range(EACH)]
    count = world.scale // PARTS_OF_SOCKETS
    with world.another("idle") as server:
        _memory(world, server, [[{"table": table} for table in tables]], tables)
        server.rest()
        before = server.memory()
        connected = _memory(world, server, [[]] * count, None)
        subscribed = _memory(world, server, [[{"table": table} for table in tables]] * count, tables)
    return [_line(count, before, connected, subscribed)]


def _memory(
    world: World, server: Server, variables: Sequence[Sequence[Mapping[str, Any]]], tables: Sequence[str] | None
) -> tuple[int, int]:
    """What the server takes while these subscribe."""
    probe = None if tables is None else create_in_all(world, tables)
    with world.audience.seated(server.port, "/graphql", seats(world, EVENTS, variables), probe, EACH):
        server.rest()
        return server.memory()


def _line(count: int, before: tuple[int, int], connected: tuple[int, int], subscribed: tuple[int, int]) -> Line:
    subscriptions = count * EACH
    rss, pss = ((after - first) / subscriptions / KB for after, first in zip(subscribed, before, strict=True))
    socket = (connected[0] - before[0]) / count / KB
    return Line(
        f"memory of each of {subscriptions:,} idle subscriptions",
        rss / MAX_KB,
        1.0,
        at_most=True,
        unit="kB",
        ours=rss,
        note=f"beside {MAX_KB} kB, with their {count:,} sockets ({socket:.0f} kB each before they subscribed);"
        f" RSS, PSS {pss:.1f} kB; RSS {before[0] >> 20} → {subscribed[0] >> 20} MiB",
    )


CASES = (Case("idle", idle),)
