"""A schedule by a cron expression, in the local time of a zone. The expressions are those of CronSim, of five fields.

When the clocks change it does as Debian's cron does, which tells two kinds apart:

- Where neither the minute nor the hour begins with `*`, a time of day is meant. One that is skipped is due once, at the
  end of the gap; one that comes twice is due the first time.
- Otherwise a pace is meant, such as each quarter of an hour: it is due whenever the clock shows such a time.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from cronsim import CronSim, CronSimError

from domain.schedules.contract import LEAST_INTERVAL, InvalidSchedule
from domain.schedules.local import instant_of, local_of, zone_of

MAX_LENGTH: Final = 200
"""Characters of an expression."""
YEARS: Final = 50
"""How far the next moment is looked for."""
NAMED: Final = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}

_FIELDS: Final = 5
_MINUTE: Final = timedelta(minutes=1)
_MINUTES_OF_A_DAY: Final = 1_440
_ANY_DAY: Final = datetime(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Cron:
    """Due when the clock of a zone shows a time that an expression matches."""

    expression: str
    zone: str
    _zone: tzinfo = field(repr=False, compare=False)
    _rule: CronSim = field(repr=False, compare=False)

    @classmethod
    def read(cls, expression: str, zone: str = "UTC", least: timedelta = LEAST_INTERVAL) -> "Cron":
        """Of an expression, or one of `NAMED`, and the IANA name of a zone; raises `InvalidSchedule`."""
        if len(expression) > MAX_LENGTH:
            raise InvalidSchedule(f"A cron expression has at most {MAX_LENGTH} characters.")
        text = NAMED.get(expression.strip().lower(), expression)
        rule = _rule(text, expression)
        if next(iter(rule), None) is None:
            raise InvalidSchedule(f"The cron expression {expression!r} matches no day of the next {YEARS} years.")
        gap = _least_gap(rule)
        if gap < least:
            raise InvalidSchedule(
                f"By the cron expression {expression!r} it would be due again after {gap}; the least is {least}."
            )
        return cls(" ".join(text.split()), zone, zone_of(zone), rule)

    def next_after(self, moment: datetime) -> datetime | None:
        """See `Schedule`."""
        try:
            return self._next_pace(moment) if self.keeps_pace else self._next_time(moment)
        except OverflowError:  # behind the year 9999
            return None

    def describe(self) -> str:
        """See `Schedule`."""
        return f"{self._rule.explain()} ({self.zone})"

    @property
    def keeps_pace(self) -> bool:
        """Whether a pace is meant, not a time of day."""
        minute, hour = self.expression.split()[:2]
        return minute.startswith("*") or hour.startswith("*")

    def _next_time(self, moment: datetime) -> datetime | None:
        """By local times, one after the other: the first whose instant is not there yet."""
        for local in CronSim(self.expression, local_of(moment, self._zone)):
            instant = instant_of(local, self._zone)
            if instant > moment:
                return instant
        return None

    def _next_pace(self, moment: datetime) -> datetime | None:
        """By instants, minute by minute, past days and hours that do not match at all."""
        instant = moment.astimezone(UTC).replace(second=0, microsecond=0) + _MINUTE
        end = local_of(instant, self._zone).year + YEARS
        while (local := local_of(instant, self._zone)).year <= end:
            if not (local.month in self._rule.months and self._rule.match_day(local.date())):
                instant = self._next_day(instant, local)
            elif local.hour not in self._rule.hours:
                instant = self._next_hour(instant, local)
            elif local.minute not in self._rule.minutes:
                instant += _MINUTE
            else:
                return instant
        return None

    def _next_day(self, instant: datetime, local: datetime) -> datetime:
        midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time())
        # the clock may be put back over midnight: the one that has been is no way on
        return max(instant_of(midnight, self._zone), instant + _MINUTE)

    def _next_hour(self, instant: datetime, local: datetime) -> datetime:
        then = instant + timedelta(minutes=60 - local.minute)
        is_even = instant.astimezone(self._zone).utcoffset() == then.astimezone(self._zone).utcoffset()
        return then if is_even else instant + _MINUTE


def _rule(text: str, shown: str) -> CronSim:
    if len(text.split()) != _FIELDS:
        raise InvalidSchedule(
            f"The cron expression {shown!r} needs five fields (minute, hour, day of the month, month, day of the week) "
            f"or is one of {', '.join(NAMED)}."
        )
    try:
        return CronSim(text, _ANY_DAY)
    except (CronSimError, ValueError) as error:
        raise InvalidSchedule(f"The cron expression {shown!r} is not valid: {error}.") from None


def _least_gap(rule: CronSim) -> timedelta:
    """The least time between two that are due, as if all days matched."""
    times = [hour * 60 + minute for hour in sorted(rule.hours) for minute in sorted(rule.minutes)]
    gaps = [later - earlier for earlier, later in zip(times, [*times[1:], times[0] + _MINUTES_OF_A_DAY], strict=True)]
    return timedelta(minutes=min(gaps))
