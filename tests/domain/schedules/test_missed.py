"""What becomes of missed moments, by policy, however many there are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.schedules.contract import Schedule
from domain.schedules.cron import Cron
from domain.schedules.interval import Interval
from domain.schedules.missed import Due, MissedRuns, due, latest
from domain.schedules.once import Once

SEEN = datetime(2026, 1, 1, tzinfo=UTC)
HOURLY = Interval.read(timedelta(hours=1), SEEN)


def at(hour: int, minute: int = 0) -> datetime:
    """A time of the first day."""
    return SEEN + timedelta(hours=hour, minutes=minute)


@pytest.mark.parametrize("policy", MissedRuns)
def test_what_is_on_time_runs_whatever_the_policy(policy: MissedRuns) -> None:
    now = at(1) + timedelta(seconds=59)

    assert due(HOURLY, SEEN, now, policy) == Due((at(1),), True, at(2))
    assert due(HOURLY, at(1), now, policy) == Due((), True, at(2))


@pytest.mark.parametrize(
    ("policy", "runs", "is_complete"),
    [
        (MissedRuns.SKIP, [4], False),
        (MissedRuns.RUN_ONCE, [3, 4], False),
        (MissedRuns.RUN_ALL, [1, 2, 3, 4], True),
    ],
)
def test_missed_moments_are_dealt_with_by_policy(policy: MissedRuns, runs: list[int], is_complete: bool) -> None:
    assert due(HOURLY, SEEN, at(4), policy) == Due(tuple(map(at, runs)), is_complete, at(5))


def test_one_missed_moment_is_all_that_once_brings_back() -> None:
    assert due(HOURLY, SEEN, at(1, 30), MissedRuns.RUN_ONCE) == Due((at(1),), True, at(2))
    assert due(HOURLY, SEEN, at(1, 30), MissedRuns.SKIP) == Due((), False, at(2))


def test_of_too_many_the_last_are_caught_up() -> None:
    assert due(HOURLY, SEEN, at(20, 30), MissedRuns.RUN_ALL, most=3) == Due((at(18), at(19), at(20)), False, at(21))


def test_a_year_of_missed_minutes_costs_no_more_than_a_day_of_them() -> None:
    minutely = Cron.read("* * * * *", "Europe/Berlin")
    now = SEEN + timedelta(days=365)
    asked = 0

    class Counted:
        def next_after(self, moment: datetime) -> datetime | None:
            nonlocal asked
            asked += 1
            return minutely.next_after(moment)

        def describe(self) -> str:
            return minutely.describe()

    found = due(Counted(), SEEN, now, MissedRuns.RUN_ALL, most=10)

    assert len(found.runs) == 11
    assert found.runs[0] == now - timedelta(minutes=10)
    assert asked < 500


def test_a_schedule_that_was_missed_altogether_is_over() -> None:
    assert due(Once.read(at(1)), SEEN, at(5), MissedRuns.RUN_ONCE) == Due((at(1),), True, None)
    assert due(Once.read(at(1)), SEEN, at(5), MissedRuns.SKIP) == Due((), False, None)


@settings(deadline=None, max_examples=50)
@given(st.sampled_from(["7 * * * *", "0,1,5 3 * * *", "*/20 1-4 * * *"]), st.integers(1, 12), st.integers(0, 200_000))
def test_the_last_moments_are_those_that_listing_all_of_them_ends_with(text: str, most: int, seconds: int) -> None:
    schedule: Schedule = Cron.read(text, "Europe/Berlin")
    until = SEEN + timedelta(seconds=seconds)
    every, moment = [], schedule.next_after(SEEN)
    while moment is not None and moment <= until:
        every.append(moment)
        moment = schedule.next_after(moment)

    assert latest(schedule, SEEN, until, most) == (every[-most:], len(every) <= most)
