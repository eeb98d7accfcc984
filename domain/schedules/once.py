"""A schedule that is due once."""

from dataclasses import dataclass
from datetime import UTC, datetime

from domain.schedules.contract import InvalidSchedule
from domain.schedules.local import instant_of, zone_of


@dataclass(frozen=True, slots=True)
class Once:
    """Due at one moment."""

    at: datetime

    @classmethod
    def read(cls, at: datetime, zone: str = "UTC") -> "Once":
        """Of a moment; one without an offset is a local time of the zone. Raises `InvalidSchedule`."""
        tz = zone_of(zone)
        try:
            return cls(instant_of(at, tz) if at.tzinfo is None else at.astimezone(UTC))
        except OverflowError:
            raise InvalidSchedule("The moment lies outside of the years that there are.") from None

    def next_after(self, moment: datetime) -> datetime | None:
        """See `Schedule`."""
        return self.at if moment < self.at else None

    def describe(self) -> str:
        """See `Schedule`."""
        return f"Once, on {self.at:%Y-%m-%d} at {self.at:%H:%M:%S} UTC"
