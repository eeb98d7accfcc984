"""A schedule that is due every so often, counted from a moment by the clock, whatever local time does."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from domain.schedules.contract import LEAST_INTERVAL, InvalidSchedule

MOST: Final = timedelta(days=3_660)
"""The longest interval: ten years."""

_UNITS: Final = (("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class Interval:
    """Due at `start`, and each time that `every` has passed since then."""

    every: timedelta
    start: datetime

    @classmethod
    def read(cls, every: timedelta, start: datetime, least: timedelta = LEAST_INTERVAL) -> "Interval":
        """Of whole seconds and a moment with an offset; raises `InvalidSchedule`."""
        if every.microseconds:
            raise InvalidSchedule("An interval is of whole seconds.")
        if every < least:
            raise InvalidSchedule(f"An interval may not be shorter than {_text(least)}.")
        if every > MOST:
            raise InvalidSchedule(f"An interval may not be longer than {_text(MOST)}.")
        if start.tzinfo is None:
            raise InvalidSchedule("The start of an interval needs an offset, such as Z or +02:00.")
        try:
            return cls(every, start.astimezone(UTC))
        except OverflowError:
            raise InvalidSchedule("The start of an interval lies outside of the years that there are.") from None

    def next_after(self, moment: datetime) -> datetime | None:
        """See `Schedule`."""
        if moment < self.start:
            return self.start
        passed = (moment - self.start) // self.every
        try:
            return self.start + (passed + 1) * self.every
        except OverflowError:
            return None

    def describe(self) -> str:
        """See `Schedule`."""
        return f"Every {_text(self.every)} from {self.start:%Y-%m-%d %H:%M:%S} UTC"


def _text(length: timedelta) -> str:
    left, parts = round(length.total_seconds()), []
    for unit, seconds in _UNITS:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count:,} {unit}{'' if count == 1 else 's'}")
    return " ".join(parts) or "0 seconds"
