"""Local times and the instants that they are."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from domain.fields.moments import zone
from domain.schedules.contract import InvalidSchedule

_SECOND: Final = timedelta(seconds=1)


def zone_of(name: str) -> tzinfo:
    """The time zone with this IANA name; raises `InvalidSchedule`."""
    try:
        return zone(name)
    except ValueError as error:
        raise InvalidSchedule(f"{error}.") from None


def instant_of(local: datetime, tz: tzinfo) -> datetime:
    """The instant of a local time (without a zone), in UTC.

    A time that the clock shows twice is the first of the two; one that it skips is the end of the gap. So a later local
    time is never an earlier instant.
    """
    instant = local.replace(tzinfo=tz, fold=0).astimezone(UTC)
    if local_of(instant, tz) == local.replace(fold=0):
        return instant
    # With the offset from before the gap a skipped time is an instant behind it, as far as it stands in the gap.
    return _end_of_gap(local.replace(tzinfo=tz, fold=1).astimezone(UTC), instant, tz)


def local_of(instant: datetime, tz: tzinfo) -> datetime:
    """What the clock shows at an instant, without its zone."""
    return instant.astimezone(tz).replace(tzinfo=None, fold=0)


def _end_of_gap(before: datetime, behind: datetime, tz: tzinfo) -> datetime:
    """The first second with the offset that there is behind the gap; by halves, for zones do not tell."""
    offset = behind.astimezone(tz).utcoffset()
    low, high = before.replace(microsecond=0), behind.replace(microsecond=0)
    while high - low > _SECOND:
        middle = low + timedelta(seconds=(high - low) // _SECOND // 2)
        if middle.astimezone(tz).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high
