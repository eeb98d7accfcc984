"""`python -m bench`: run the cases and print what they measured."""

from typing import Annotated

import typer
from rich.console import Console

from bench.cases import imports, reads, scale, writes
from bench.cases.contract import Line
from bench.duel import Pace
from bench.report import show
from bench.world import open_world

CASES = (*reads.CASES, *writes.CASES, *scale.CASES, *imports.CASES)


def main(
    only: Annotated[list[str] | None, typer.Option(help=f"Cases: {', '.join(case.key for case in CASES)}.")] = None,
    seconds: Annotated[float, typer.Option(help="Length of one burst.")] = 1.5,
    rounds: Annotated[int, typer.Option(help="Pairs of bursts.")] = 7,
    quick: Annotated[bool, typer.Option(help="Short bursts on a small table: to see that everything runs.")] = False,
    access_log: Annotated[str, typer.Option(help="The setting of our server; the bare one logs nothing.")] = "off",
) -> None:
    """Measure the server beside the least that could do the same work; see bench/README.md."""
    pace = Pace(0.3, 1) if quick else Pace(seconds, rounds)
    lines: list[Line] = []
    with open_world(5_000 if quick else 100_000, access_log) as world:
        for case in CASES:
            if not only or case.key in only:
                Console(stderr=True).print(f"{case.key} …")
                lines += case.run(world, pace)
    show(lines)


if __name__ == "__main__":
    typer.run(main)
