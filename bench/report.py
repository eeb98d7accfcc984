"""The table at the end."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from bench.cases.contract import Line


def show(lines: Sequence[Line]) -> None:
    """Print the lines."""
    table = Table(title="Medians of neighbouring rounds; CPU is that of the serving process, per request")
    for name in ("case", "ours", "bare", "ratio", "target", "CPU ms ours / bare", "CPU ratio", "PostgreSQL ms", "note"):
        table.add_column(name, justify="left" if name in ("case", "note") else "right", no_wrap=name != "note")
    for line in lines:
        table.add_row(*_cells(line))
    Console(width=200, highlight=False).print(table)


def _cells(line: Line) -> Sequence[str]:
    cpu, postgres = line.cpu, line.postgres
    return (
        line.title,
        _rate(line.ours, line.unit),
        _rate(line.bare, line.unit),
        "-" if line.ratio is None else f"{line.ratio:.2f}",
        _verdict(line.ratio, line.target, at_most=line.at_most),
        "" if cpu is None else f"{cpu[0]:.3f} / {cpu[1]:.3f}",
        "" if cpu is None else f"{cpu[2]:.2f} {_verdict(cpu[2], line.cpu_target, at_most=True)}",
        "" if postgres is None else f"{postgres[0]:.2f} / {postgres[1]:.2f}",
        line.note,
    )


def _rate(rate: float | None, unit: str) -> str:
    return "" if rate is None else f"{rate:,.0f} {unit}"


def _verdict(ratio: float | None, target: float | None, *, at_most: bool) -> str:
    if ratio is None or target is None:
        return ""
    met = ratio <= target if at_most else ratio >= target
    return f"{'≤' if at_most else '≥'} {target:g} {'[green]met[/green]' if met else '[red]not met[/red]'}"
