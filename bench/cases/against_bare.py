"""How our server is measured against the bare one."""

from collections.abc import Sequence

import orjson

from bench.cases.contract import Line
from bench.duel import Pace, Side, fight, middle
from bench.generator import Burst
from bench.processes import Server
from bench.world import World


def against_bare(
    world: World,
    pace: Pace,
    title: str,
    ours: Sequence[bytes],
    bare: Sequence[bytes],
    *,
    target: float,
    cpu_target: float | None = None,
    rows: int = 1,
) -> Line:
    """One line of the report; the rates count `rows` for each answer."""
    duel = fight(world, Side(world.ours, ours), Side(world.bare, bare), pace)
    one, other = middle(duel.ours), middle(duel.bare)
    return Line(
        title,
        duel.ratio,
        target,
        unit="rows/s" if rows > 1 else "req/s",
        ours=one.rate * rows,
        bare=other.rate * rows,
        cpu=(one.cpu_ms, other.cpu_ms, duel.cpu_ratio),
        cpu_target=cpu_target,
        postgres=(one.postgres_ms, other.postgres_ms),
        note=f"generator {one.generator_ms:.2f} / {other.generator_ms:.2f} ms",
    )


def same_answer(world: World, ours: bytes, bare: bytes) -> None:
    """Raise `AssertionError` unless both servers answer these requests with the same JSON."""
    answers = [answer(world, server, request) for server, request in ((world.ours, ours), (world.bare, bare))]
    assert answers[0] == answers[1], f"{str(answers[0])[:600]} is not {str(answers[1])[:600]}"


def answer(world: World, server: Server, request: bytes) -> object:
    """The JSON of one answer."""
    return orjson.loads(world.generator.send(Burst(server.port, [request], 1, 0)).sample)
