"""How the change log is cut into partitions by time: their names and bounds, which to make and which have expired.

Times are whole seconds since 1970, by the clock of the database. A partition's bounds stand in its name, so that the
next one begins where the last one ends, whatever the retention was then.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

MINUTE: Final = 60
PARTS: Final = 6
"""Into how many partitions the retention is cut."""
AHEAD: Final = 2
"""How many lengths of a partition are made ahead of the present."""
_NAME: Final = re.compile(r"changes_([0-9]{1,11})_([0-9]{1,11})")


@dataclass(frozen=True, slots=True, order=True)
class Partition:
    """The changes from `start` on, up to but without `end`."""

    start: int
    end: int

    @property
    def name(self) -> str:
        """The name of its table."""
        return f"changes_{self.start}_{self.end}"

    @property
    def bounds(self) -> str:
        """The bounds as SQL."""
        start, end = (datetime.fromtimestamp(each, UTC).isoformat() for each in (self.start, self.end))
        return f"FROM ('{start}') TO ('{end}')"

    @classmethod
    def named(cls, name: str) -> "Partition | None":
        """The partition of a table; None for a name that is not ours."""
        match = _NAME.fullmatch(name)
        return cls(int(match[1]), int(match[2])) if match else None


def length(retention: timedelta) -> int:
    """Seconds of one partition: whole minutes, at least one."""
    return max(int(retention.total_seconds()) // PARTS // MINUTE, 1) * MINUTE


def to_make(existing: Sequence[Partition], now: int, retention: timedelta) -> list[Partition]:
    """The partitions that are missing, so that there is one for the present and for some time ahead.

    Also for the minute before, since a change belongs where its transaction began. Where the server was away for long,
    the time between has no partition; nothing can have been written then. Where the database's clock was wrong
    for a while, partitions lie far ahead, and those that are made now end where they begin.
    """
    size = length(retention)
    start, until = (now // MINUTE - 1) * MINUTE, now + AHEAD * size
    made = []
    for each in sorted(existing):
        if each.start < until:
            made += _cut(start, each.start, size)
            start = max(start, each.end)
    after = min([until + size, *(each.start for each in existing if each.start >= until)])
    return made + [each for each in _cut(start, after, size) if each.start < until]


def _cut(start: int, end: int, size: int) -> list[Partition]:
    return [Partition(at, min(at + size, end)) for at in range(start, end, size)]


def expired(existing: Sequence[Partition], now: int, retention: timedelta, oldest: int) -> list[Partition]:
    """The partitions whose changes are all older than the retention, the oldest first.

    None that a transaction may yet write to: the first of those that are open began at `oldest`.
    """
    before = min(now - retention.total_seconds(), oldest)
    return sorted(each for each in existing if each.end <= before)
