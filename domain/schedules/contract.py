"""What a schedule is, and what is wrong with one that cannot be."""

from datetime import datetime, timedelta
from typing import Final, Protocol

from domain.errors import BadRequest

LEAST_INTERVAL: Final = timedelta(minutes=1)
"""How often a schedule may be due, unless a setting says otherwise."""


class InvalidSchedule(BadRequest):
    """A schedule that cannot be kept: its text, its zone, or how often it would be due; the message says which."""


class Schedule(Protocol):
    """When something is due, again and again or once. Moments have time zones; those that come out are in UTC."""

    def next_after(self, moment: datetime) -> datetime | None:
        """The first moment after this one at which it is due; None when there is none any more."""

    def describe(self) -> str:
        """When it is due, for people."""
