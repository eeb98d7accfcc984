"""Importing a file: how many cells a second, and how much more memory a file takes that is ten times larger."""

import csv
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from bench.cases.contract import Case, Line
from bench.dataset import FIELDS, parts
from bench.duel import Pace
from bench.processes import ROOT
from bench.world import World

CELLS_PER_SECOND = 30_000
MEMORY_RATIO = 1.1
SECONDS_BETWEEN_LOOKS = 0.02


@dataclass(frozen=True, slots=True)
class Run:
    """One import, from the start of the process to its end."""

    seconds: float
    peak_mib: float


def imports(world: World, _: Pace) -> Sequence[Line]:
    """Two CSV files through `tablegraph import`."""
    if subprocess.run(_command("--help"), cwd=ROOT, capture_output=True, check=False).returncode:
        return [Line("import of a CSV file", None, note="there is no command `tablegraph import` yet")]
    sizes = (world.scale // 10, world.scale)
    files = [_write(world.folder / f"parts {size}.csv", size) for size in sizes]
    small, large = (_import(world, file) for file in files)
    rate = sizes[1] * len(FIELDS) / large.seconds
    peaks = f"{small.peak_mib:.0f} and {large.peak_mib:.0f} MiB at most, for {sizes[0]:,} and {sizes[1]:,} rows"
    return [
        Line(
            f"import of {sizes[1]:,} rows of {len(FIELDS)} cells",
            rate / CELLS_PER_SECOND,
            1.0,
            unit="cells/s",
            ours=rate,
            note=f"beside {CELLS_PER_SECOND:,} cells/s; the file has {files[1].stat().st_size >> 20} MiB",
        ),
        Line("import, memory for ten times the file", large.peak_mib / small.peak_mib, MEMORY_RATIO, True, note=peaks),
    ]


def _command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "server.cli", "import", *arguments]


def _write(path: Path, count: int) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(field["name"] for field in FIELDS)
        writer.writerows(part.fields.values() for part in parts(count))
    return path


def _import(world: World, file: Path) -> Run:
    """Import a file into a base of its own."""
    command = _command(str(file), "--workspace", world.api.workspace_id)
    environment = {**os.environ, **world.ours.environment}
    log = file.with_suffix(".log")
    started = time.perf_counter()
    with log.open("wb") as output:
        process = psutil.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    peak = 0
    while process.poll() is None:
        with suppress(psutil.NoSuchProcess):
            peak = max(peak, process.memory_info().rss)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    if process.returncode:
        raise RuntimeError(f"the import failed: {log.read_text()[-3000:]}")
    return Run(time.perf_counter() - started, peak / (1 << 20))


CASES = (Case("import", imports),)
