"""What a case is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.duel import Pace
from bench.world import World


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report; `ratio` is None for what could not be measured, `target` for what has none."""

    title: str
    ratio: float | None
    target: float | None = None
    at_most: bool = False
    """Whether the target is an upper bound."""
    unit: str = ""
    ours: float | None = None
    bare: float | None = None
    cpu: tuple[float, float, float] | None = None
    """CPU milliseconds a request of our server and of the bare one, and their ratio."""
    cpu_target: float | None = None
    postgres: tuple[float, float] | None = None
    """CPU milliseconds a request of PostgreSQL, under our server and under the bare one."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A case by its key, for `--only`."""

    key: str
    run: Callable[[World, Pace], Sequence[Line]]
