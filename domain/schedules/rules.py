"""When something is due, as a client writes it: exactly one of a moment, an interval and a cron expression."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.schedules.contract import LEAST_INTERVAL, InvalidSchedule, Schedule
from domain.schedules.cron import Cron
from domain.schedules.interval import Interval
from domain.schedules.once import Once


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it is kept. `once` is local to the zone where it has no offset; an interval is counted from `start`."""

    once: datetime | None = None
    every: timedelta | None = None
    start: datetime | None = None
    cron: str | None = None
    zone: str = "UTC"

    def schedule(self, least: timedelta = LEAST_INTERVAL) -> Schedule:
        """What it means; raises `InvalidSchedule`."""
        match self.once, self.every, self.cron:
            case (datetime() as once, None, None):
                return Once.read(once, self.zone)
            case (None, timedelta() as every, None):
                return Interval.read(every, self.start or datetime.now(UTC), least)
            case (None, None, str() as cron):
                return Cron.read(cron, self.zone, least)
        raise InvalidSchedule("Exactly one of 'once', 'every' and 'cron' says when it is due.")

    def as_json(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "once": self.once and self.once.isoformat(),
            "every": self.every and self.every.total_seconds(),
            "start": self.start and self.start.isoformat(),
            "cron": self.cron,
            "zone": self.zone,
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Rule":
        """What `as_json` wrote."""
        return cls(
            kept["once"] and datetime.fromisoformat(kept["once"]),
            kept["every"] and timedelta(seconds=kept["every"]),
            kept["start"] and datetime.fromisoformat(kept["start"]),
            kept["cron"],
            kept["zone"],
        )
