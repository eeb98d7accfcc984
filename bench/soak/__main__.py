"""`python -m bench.soak --minutes 10`: a long soak on a PostgreSQL of its own; ends with 1 when something is wrong."""

import asyncio
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from adapters import migrations
from adapters.embedded import start
from adapters.embedded_tuning import Tuning
from bench.soak.run import Plan, Report, soak

CONNECTIONS = 80


def main(
    minutes: Annotated[float, typer.Option(help="How long it writes.")] = 10,
    seed: Annotated[int | None, typer.Option(help="Of all that is left to chance; a random one by default.")] = None,
    writers: Annotated[int, typer.Option(help="How many write at a time.")] = 20,
    readers: Annotated[int, typer.Option(help="How many follow.")] = 50,
) -> None:
    """Write to two servers, follow them, kill them, and look whether anything was lost; see bench/README.md."""
    plan = Plan(minutes * 60, secrets.randbits(32) if seed is None else seed, writers, readers)
    print(f"Soaking for {plan.seconds:g} s with the seed {plan.seed} …", flush=True)
    report = _soak(plan)
    print(report)
    raise typer.Exit(1 if report.problems or report.complaints else 0)


def _soak(plan: Plan) -> Report:
    folder = Path(tempfile.mkdtemp(prefix="tablegraph-soak-"))
    try:
        postgres = start(folder / "data", Tuning(connections=CONNECTIONS))
        try:
            asyncio.run(migrations.upgrade(postgres.url))
            return asyncio.run(soak(postgres.url, folder, plan))
        finally:
            postgres.stop()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    typer.run(main)
