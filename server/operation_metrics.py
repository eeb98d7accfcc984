"""Seconds to an answer by the name that the document gives its operation, of which only so many are told apart.

Names are what clients think of, without end. So a name gets a series only by an operation that went well, while there
is room; it keeps it while it is used, and loses it to another when it was not for `IDLE_SECONDS`. Whoever sends ever
new names takes free places, and no more: they are free again when he stops. Operations of registered documents do not
wait: they take the place of one that is none. prometheus_client cannot give up series when there are several workers,
so the numbers are kept here, and it only writes them down.
"""

import os
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Final

import orjson
from prometheus_client import Metric
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector

from graph.execution.watch import Watched

BUCKETS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds."""
IDLE_SECONDS: Final = 900.0
MAX_NAME_LENGTH: Final = 100
OTHER: Final = "other"
ANONYMOUS: Final = "anonymous"
NO_TYPE: Final = "none"
WELL: Final = "OK"

_NAME: Final = "tablegraph_operation_seconds"
_HELP: Final = (
    "Seconds to an answer, by the operation's name in its document and its type; of a subscription, until it has begun."
)
_BOUNDS: Final = (*(str(bound) for bound in BUCKETS), "+Inf")

Key = tuple[str, str]
"""Name and type of an operation."""


@dataclass(slots=True)
class _Series:
    """The numbers of one operation."""

    is_registered: bool = False
    used: float = 0.0
    """When it was last, as `perf_counter` has it."""
    seconds: float = 0.0
    counts: list[int] = field(default_factory=lambda: [0] * len(_BOUNDS))
    """By bucket, each without those below it."""


class OperationMetrics(Collector):
    """The numbers of one process."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._named: dict[Key, _Series] = {}
        self._rest: dict[Key, _Series] = {}
        """Those without a name, or without a place; their number is bounded by that of the types."""
        self._full_until = 0.0
        """Before that nothing comes free for operations that are not registered."""
        self._has_changed = False

    def observe(self, operation: Watched) -> None:
        """Count an operation that is over."""
        key = (operation.name or ANONYMOUS, operation.type or NO_TYPE)
        series = self._named.get(key) or self._place(key, operation)
        seconds = operation.seconds
        series.counts[bisect_left(BUCKETS, seconds)] += 1
        series.seconds += seconds
        series.used = operation.ended
        self._has_changed = True

    def _place(self, key: Key, operation: Watched) -> _Series:
        """The series for an operation that has none of its own yet."""
        if operation.type is None:
            key = (OTHER, NO_TYPE)
        elif operation.name is not None:
            if self._earns_place(operation) and self._has_room(operation):
                series = self._named[key] = _Series(operation.is_registered)
                return series
            key = (OTHER, key[1])
        return self._rest.setdefault(key, _Series())

    def _earns_place(self, operation: Watched) -> bool:
        return operation.code == WELL and operation.name is not None and len(operation.name) <= MAX_NAME_LENGTH

    def _has_room(self, operation: Watched) -> bool:
        """Whether there is a free place, perhaps after one was given up."""
        if len(self._named) < self._most:
            return True
        now = operation.ended
        if not operation.is_registered and now < self._full_until:
            return False
        oldest = self._oldest(among_guests=operation.is_registered) or self._oldest(among_guests=False)
        if oldest is None:
            return False
        series = self._named[oldest]
        takes_over = operation.is_registered and not series.is_registered
        if not takes_over and now - series.used < IDLE_SECONDS:
            self._full_until = series.used + IDLE_SECONDS
            return False
        del self._named[oldest]
        return True

    def _oldest(self, *, among_guests: bool) -> Key | None:
        """What was not used for longest; among those that are not registered, or among all."""
        named = self._named
        return min(
            (key for key, series in named.items() if not (among_guests and series.is_registered)),
            key=lambda key: named[key].used,
            default=None,
        )

    def collect(self) -> Iterator[Metric]:
        """What prometheus_client writes down."""
        yield _family(self._numbers())

    def _numbers(self) -> "dict[Key, tuple[list[int], float]]":
        return {key: (series.counts, series.seconds) for key, series in (self._named | self._rest).items()}

    def save(self, folder: Path) -> None:
        """Write the numbers where the other workers read them, if there are new ones."""
        if not self._has_changed:
            return
        self._has_changed = False
        path = _file(folder, os.getpid())
        numbers = [[*key, counts, seconds] for key, (counts, seconds) in self._numbers().items()]
        partial = path.with_suffix(".partial")
        partial.write_bytes(orjson.dumps(numbers))
        partial.replace(path)


class AllWorkersOperations(Collector):
    """The numbers that all workers saved into a folder; those of workers that have ended stay, as counts do."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """What prometheus_client writes down."""
        together: dict[Key, tuple[list[int], float]] = {}
        for file in sorted(self._folder.glob(_file(self._folder, "*").name)):
            for name, type, counts, seconds in orjson.loads(file.read_bytes()):
                before, seconds_before = together.get((name, type), ([0] * len(_BOUNDS), 0.0))
                together[name, type] = [a + b for a, b in zip(before, counts, strict=True)], seconds_before + seconds
        yield _family(together)


def _file(folder: Path, pid: int | str) -> Path:
    return folder / f"operations_{pid}.json"


def _family(numbers: Mapping[Key, tuple[list[int], float]]) -> HistogramMetricFamily:
    family = HistogramMetricFamily(_NAME, _HELP, labels=["name", "type"])
    for key, (counts, seconds) in sorted(numbers.items()):
        family.add_metric(key, list(zip(_BOUNDS, map(float, accumulate(counts)), strict=True)), seconds)
    return family
