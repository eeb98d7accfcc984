"""When a cron expression is due, found by looking at each minute there is; slow, and plain to see."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

MINUTE = timedelta(minutes=1)
AROUND = timedelta(days=2)


@dataclass(frozen=True)
class Times:
    """The minutes and hours that match, on any day."""

    minutes: frozenset[int]
    hours: frozenset[int]
    is_pace: bool

    def match(self, local: datetime) -> bool:
        """Whether a local time matches."""
        return local.minute in self.minutes and local.hour in self.hours


def first_after(times: Times, moment: datetime, tz: tzinfo) -> datetime | None:
    """The first moment after this one, of the two days behind it."""
    walls = _walls(moment, tz)
    if times.is_pace:
        return next((instant for instant, wall in walls if instant > moment and times.match(wall)), None)
    first: dict[datetime, datetime] = {}
    for instant, wall in walls:
        first.setdefault(wall, instant)
    wall, end = min(first), max(first)
    found = set()
    while wall <= end:
        if times.match(wall):
            found.add(first.get(wall) or min(instant for instant, later in walls if later > wall))
        wall += MINUTE
    return min((instant for instant in found if instant > moment), default=None)


def _walls(moment: datetime, tz: tzinfo) -> list[tuple[datetime, datetime]]:
    start = moment.replace(second=0, microsecond=0) - AROUND
    count = 2 * AROUND // MINUTE
    instants = [start.astimezone(UTC) + index * MINUTE for index in range(count)]
    return [(instant, instant.astimezone(tz).replace(tzinfo=None, fold=0)) for instant in instants]
