"""`python -m bench`: run the cases and print what they measured."""

from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Console

from bench.cases import (
    attacks,
    automations,
    dependents,
    fanout,
    filters,
    guard,
    held,
    idle,
    imports,
    logins,
    observation,
    overload,
    reads,
    relations,
    scale,
    watched,
    writes,
)
from bench.cases.contract import Case, Line
from bench.duel import Pace
from bench.report import show
from bench.world import open_world

REALTIME = (*fanout.CASES, *filters.CASES, *idle.CASES, *watched.CASES, *held.CASES)
CASES = (
    *reads.CASES,
    *guard.CASES,
    *observation.CASES,
    *writes.CASES,
    *scale.CASES,
    *imports.CASES,
    *relations.CASES,
    *dependents.CASES,
    *overload.CASES,
    *attacks.CASES,
    *logins.CASES,
    *automations.CASES,
    *REALTIME,
)
KEYS = {case.key: (case,) for case in CASES} | {"realtime": REALTIME}


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"Cases: {', '.join(KEYS)}.")] = None,
    seconds: Annotated[float, typer.Option(help="Length of one burst.")] = 1.5,
    rounds: Annotated[int, typer.Option(help="Pairs of bursts.")] = 7,
    quick: Annotated[bool, typer.Option(help="Short bursts on a small table: to see that everything runs.")] = False,
    access_log: Annotated[str, typer.Option(help="The setting of our server; the bare one logs nothing.")] = "off",
) -> None:
    """Measure the server beside the least that could do the same work; see bench/README.md."""
    pace = Pace(0.3, 1) if quick else Pace(seconds, rounds)
    chosen = [case for key in only for case in _named(key)] if only else CASES
    lines: list[Line] = []
    try:
        with open_world(5_000 if quick else 100_000, access_log) as world:
            for case in chosen:
                Console(stderr=True).print(f"{case.key} … (our server is process {world.ours.pid})")
                lines += case.run(world, pace)
    finally:
        show(lines)


def _named(key: str) -> Sequence[Case]:
    if key not in KEYS:
        raise typer.BadParameter(f"There is no case {key!r}.", param_hint="--only")
    return KEYS[key]


if __name__ == "__main__":
    typer.run(main)
