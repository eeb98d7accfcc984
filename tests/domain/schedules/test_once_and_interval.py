"""Schedules that are due once, and every so often."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.schedules.contract import InvalidSchedule
from domain.schedules.interval import Interval
from domain.schedules.once import Once

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def test_once_is_due_until_it_was() -> None:
    once = Once.read(NEW_YEAR)

    assert once.next_after(NEW_YEAR - timedelta(microseconds=1)) == NEW_YEAR
    assert once.next_after(NEW_YEAR) is None
    assert once.describe() == "Once, on 2026-01-01 at 00:00:00 UTC"


@pytest.mark.parametrize(
    ("local", "instant"),
    [
        (datetime(2026, 7, 1, 9), datetime(2026, 7, 1, 7, tzinfo=UTC)),
        (datetime(2026, 3, 29, 2, 30), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (datetime(2026, 3, 29, 2, 59, 59, 5), datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (datetime(2026, 10, 25, 2, 30), datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        (datetime(2026, 7, 1, 9, tzinfo=timezone(timedelta(hours=-3))), datetime(2026, 7, 1, 12, tzinfo=UTC)),
    ],
)
def test_a_local_time_is_of_its_zone(local: datetime, instant: datetime) -> None:
    assert Once.read(local, "Europe/Berlin").at == instant


def test_a_moment_outside_of_time_is_refused() -> None:
    with pytest.raises(InvalidSchedule, match="outside of the years"):
        Once.read(datetime(1, 1, 1), "Asia/Tokyo")
    with pytest.raises(InvalidSchedule, match="is not a time zone"):
        Once.read(NEW_YEAR, "Nowhere")


@settings(deadline=None)
@given(st.integers(60, 100_000), st.integers(-300_000, 300_000))
def test_an_interval_is_due_where_counting_says_so(seconds: int, passed: int) -> None:
    every, moment = timedelta(seconds=seconds), NEW_YEAR + timedelta(seconds=passed)
    expected = NEW_YEAR
    while expected <= moment:
        expected += every

    assert Interval.read(every, NEW_YEAR).next_after(moment) == expected


@pytest.mark.parametrize(
    ("every", "start", "reason"),
    [
        (timedelta(seconds=59), NEW_YEAR, "shorter than 1 minute"),
        (timedelta(0), NEW_YEAR, "shorter than 1 minute"),
        (timedelta(seconds=-90), NEW_YEAR, "shorter than 1 minute"),
        (timedelta(seconds=90, microseconds=1), NEW_YEAR, "whole seconds"),
        (timedelta(days=3_661), NEW_YEAR, "longer than 3,660 days"),
        (timedelta(hours=1), datetime(2026, 1, 1), "needs an offset"),
        (timedelta(hours=1), datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), "outside of the years"),
    ],
)
def test_what_is_no_interval_is_refused(every: timedelta, start: datetime, reason: str) -> None:
    with pytest.raises(InvalidSchedule, match=reason):
        Interval.read(every, start)


def test_an_interval_tells_itself() -> None:
    interval = Interval.read(timedelta(days=1, minutes=30), NEW_YEAR)

    assert interval.describe() == "Every 1 day 30 minutes from 2026-01-01 00:00:00 UTC"


def test_behind_the_last_year_no_interval_is_due() -> None:
    assert Interval.read(timedelta(days=1), NEW_YEAR).next_after(datetime(9999, 12, 31, 12, tzinfo=UTC)) is None
