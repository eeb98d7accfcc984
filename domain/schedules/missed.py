"""What becomes of the moments that passed while nobody was there to see them, by a policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from typing import Final

from domain.schedules.contract import Schedule

GRACE: Final = timedelta(minutes=1)
"""How late a moment may be seen that has not been missed, unless told otherwise."""
MOST: Final = 100
"""Missed moments that are caught up at a time, unless told otherwise."""

_SECOND: Final = timedelta(seconds=1)


class MissedRuns(StrEnum):
    """What is done about missed moments."""

    SKIP = "SKIP"
    """Nothing."""
    RUN_ONCE = "RUN_ONCE"
    """One run, for the last of them."""
    RUN_ALL = "RUN_ALL"
    """A run for each, up to a number: of more, for the last ones."""


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be run now, in order, and when to look again."""

    runs: tuple[datetime, ...]
    """Missed moments that the policy brings back, then those that are on time."""
    is_complete: bool
    """Whether every moment that is due has its run."""
    next: datetime | None
    """None when the schedule is over."""


def due(
    schedule: Schedule, seen: datetime, now: datetime, policy: MissedRuns, *, grace: timedelta = GRACE, most: int = MOST
) -> Due:
    """What is due after `seen`, the last moment that was dealt with, up to now.

    It costs the same however much was missed.
    """
    late = max(seen, now - grace)
    on_time, has_all = latest(schedule, late, now, most)
    missed, has_missed = _missed(schedule, seen, late, policy, most)
    return Due((*missed, *on_time), has_all and has_missed, schedule.next_after(now))


def _missed(
    schedule: Schedule, seen: datetime, late: datetime, policy: MissedRuns, most: int
) -> tuple[list[datetime], bool]:
    if policy is MissedRuns.SKIP:
        first = schedule.next_after(seen)
        return [], first is None or first > late
    return latest(schedule, seen, late, 1 if policy is MissedRuns.RUN_ONCE else most)


def latest(schedule: Schedule, after: datetime, until: datetime, most: int) -> tuple[list[datetime], bool]:
    """The last moments after one and until another, so many at most, and whether these are all.

    A schedule knows only what comes next, so the place behind which there are no more than that is found by halves.
    """
    found = _first(schedule, after, until, most + 1)
    if len(found) <= most:
        return found, True
    low, high = after, until
    while high - low > _SECOND:
        middle = low + (high - low) / 2
        if len(_first(schedule, middle, until, most + 1)) > most:
            low = middle
        else:
            high = middle
    return _first(schedule, low, until, most + 1)[-most:], False


def _first(schedule: Schedule, after: datetime, until: datetime, most: int) -> list[datetime]:
    return list(islice(_moments(schedule, after, until), most))


def _moments(schedule: Schedule, after: datetime, until: datetime) -> Iterator[datetime]:
    moment = schedule.next_after(after)
    while moment is not None and moment <= until:
        yield moment
        moment = schedule.next_after(moment)
