"""When cron expressions are due, when the clocks change too; and what is no expression."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cronsim import CronSim
from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.schedules.contract import InvalidSchedule
from domain.schedules.cron import MAX_LENGTH, NAMED, Cron
from tests.domain.schedules.oracle import Times, first_after


def moments(expression: str, zone: str, after: str, count: int) -> list[str]:
    """The next moments after a local time, as local times with offsets."""
    tz = ZoneInfo(zone)
    cron, moment, found = Cron.read(expression, zone), datetime.fromisoformat(after).replace(tzinfo=tz), []
    for _ in range(count):
        following = cron.next_after(moment)
        assert following is not None
        moment = following
        found.append(moment.astimezone(tz).strftime("%m-%d %H:%M %z"))
    return found


def test_moments_come_in_utc_and_after_the_one_that_is_given() -> None:
    cron = Cron.read("0 9 * * MON-FRI", "Europe/Berlin")

    assert cron.next_after(datetime(2026, 1, 2, 8, 0, tzinfo=UTC)) == datetime(2026, 1, 5, 8, 0, tzinfo=UTC)
    assert cron.next_after(datetime(2026, 1, 2, 7, 59, 59, 999_999, UTC)) == datetime(2026, 1, 2, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize("expression", ["30 2 * * *", "0,30 2 * * *", "30 2 29-31 3 *"])
def test_a_time_that_the_clock_skips_is_due_once_at_the_end_of_the_gap(expression: str) -> None:
    assert moments(expression, "Europe/Berlin", "2026-03-28 12:00", 1) == ["03-29 03:00 +0200"]
    assert moments(expression, "Europe/Berlin", "2026-03-29 03:00", 1)[0].startswith("03-30 02:")


def test_a_skipped_time_and_one_at_the_end_of_the_gap_are_one() -> None:
    assert moments("0 2,3 * * *", "Europe/Berlin", "2026-03-28 12:00", 2) == ["03-29 03:00 +0200", "03-30 02:00 +0200"]


def test_a_time_that_comes_twice_is_due_the_first_time() -> None:
    assert moments("30 2 * * *", "Europe/Berlin", "2026-10-24 12:00", 2) == ["10-25 02:30 +0200", "10-26 02:30 +0100"]


def test_within_the_hour_that_comes_again_nothing_is_due_that_has_been() -> None:
    cron = Cron.read("30 2 * * *", "Europe/Berlin")
    again = datetime(2026, 10, 25, 1, 10, tzinfo=UTC)  # 02:10 for the second time

    assert cron.next_after(again) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


def test_a_pace_is_kept_through_both_changes() -> None:
    assert moments("*/30 * * * *", "Europe/Berlin", "2026-03-29 01:00", 3) == [
        "03-29 01:30 +0100",
        "03-29 03:00 +0200",
        "03-29 03:30 +0200",
    ]
    assert moments("0 * * * *", "Europe/Berlin", "2026-10-25 01:00", 3) == [
        "10-25 02:00 +0200",
        "10-25 02:00 +0100",
        "10-25 03:00 +0100",
    ]


def test_a_day_that_there_was_not_is_due_at_its_end() -> None:
    assert moments("0 12 * * *", "Pacific/Apia", "2011-12-29 12:00", 2) == ["12-31 00:00 +1400", "12-31 12:00 +1400"]


def test_half_hours_of_lord_howe_are_seen() -> None:
    assert moments("30 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00", 2) == [
        "04-05 01:30 +1100",
        "04-06 01:30 +1030",
    ]
    assert moments("*/30 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00", 3) == [
        "04-05 01:00 +1100",
        "04-05 01:30 +1100",
        "04-05 01:30 +1030",
    ]
    assert moments("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00", 1) == ["10-04 02:30 +1100"]


def test_leap_days_and_last_days_are_found() -> None:
    assert moments("0 0 29 2 *", "UTC", "2026-01-01", 2) == ["02-29 00:00 +0000"] * 2
    assert moments("*/20 0 L * *", "UTC", "2026-02-01", 2) == ["02-28 00:00 +0000", "02-28 00:20 +0000"]
    assert moments("0 8 * * 1#2", "UTC", "2026-02-01", 1) == ["02-09 08:00 +0000"]


SPOTS = [
    ("Europe/Berlin", datetime(2026, 3, 29, 1, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 3, 8, 5, tzinfo=UTC)),
    ("America/Havana", datetime(2026, 11, 1, 5, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 4, 23, 22, tzinfo=UTC)),
    ("Africa/Cairo", datetime(2026, 10, 29, 21, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 15, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
    ("Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 6, 1, tzinfo=UTC)),
    ("UTC", datetime(2026, 6, 1, tzinfo=UTC)),
]


def some(bound: int) -> st.SearchStrategy[tuple[str, frozenset[int]]]:
    """A field of an expression, and what it matches: all, each so many, or a few."""
    steps = st.integers(1, bound - 1)
    lists = st.frozensets(st.integers(0, bound - 1), min_size=1, max_size=4)
    return st.one_of(
        st.just(("*", frozenset(range(bound)))),
        steps.map(lambda step: (f"*/{step}", frozenset(range(0, bound, step)))),
        lists.map(lambda values: (",".join(map(str, sorted(values))), values)),
    )


@settings(max_examples=60, deadline=None)
@given(some(60), some(24), st.sampled_from(SPOTS), st.integers(-90_000, 90_000))
@example(("*/30", frozenset({0, 30})), ("1,2", frozenset({1, 2})), SPOTS[6], -1_800)
@example(("0", frozenset({0})), ("0", frozenset({0})), SPOTS[4], -3_600)
@example(("0", frozenset({0})), ("*/1", frozenset(range(24))), SPOTS[7], -3_600)
def test_it_is_due_when_a_look_at_each_minute_says_so(
    minute: tuple[str, frozenset[int]], hour: tuple[str, frozenset[int]], spot: tuple[str, datetime], seconds: int
) -> None:
    zone, change = spot
    moment = change + timedelta(seconds=seconds)
    is_pace = minute[0].startswith("*") or hour[0].startswith("*")
    expected = first_after(Times(minute[1], hour[1], is_pace), moment, ZoneInfo(zone))

    assert Cron.read(f"{minute[0]} {hour[0]} * * *", zone).next_after(moment) == expected


@settings(max_examples=100, deadline=None)
@given(
    some(60),
    some(24),
    st.sampled_from(["*", "1", "29-31", "L", "*/9"]),
    st.sampled_from(["*", "2", "JAN,JUL", "*/5"]),
    st.sampled_from(["*", "MON", "5L", "1#2", "*/3"]),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
)
def test_without_changes_of_the_clock_it_is_due_when_cronsim_says_so(
    minute: tuple[str, object], hour: tuple[str, object], day: str, month: str, weekday: str, moment: datetime
) -> None:
    expression = f"{minute[0]} {hour[0]} {day} {month} {weekday}"

    assert Cron.read(expression).next_after(moment) == next(CronSim(expression, moment))


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "five fields"),
        ("* * * *", "five fields"),
        ("0 * * * * *", "five fields"),
        ("@reboot", "five fields"),
        ("60 * * * *", "Bad minute"),
        ("* 24 * * *", "Bad hour"),
        ("* * 0 * *", "Bad day-of-month"),
        ("* * * JUNE *", "Bad month"),
        ("* * * * 1#6", "Bad day-of-week"),
        ("0 0 30 2 *", "Bad day-of-month"),
        ("0 0 31 4,6,9,11 *", "Bad day-of-month"),
        ("5-1 * * * *", "Bad minute"),
        ("*/0 * * * *", "Bad minute"),
        ("0 " * MAX_LENGTH, "at most 200 characters"),
    ],
)
def test_what_is_no_expression_is_refused(expression: str, reason: str) -> None:
    with pytest.raises(InvalidSchedule, match=reason):
        Cron.read(expression)


@settings(deadline=None)
@given(st.text(alphabet="0123456789*/-,#LW ?@²MONFRI", max_size=30))
def test_any_text_is_an_expression_or_refused(text: str) -> None:
    try:
        cron = Cron.read(text)
    except InvalidSchedule:
        return
    assert cron.next_after(datetime(2026, 1, 1, tzinfo=UTC)) is not None
    assert cron.describe()


def test_a_zone_that_there_is_not_is_refused() -> None:
    with pytest.raises(InvalidSchedule, match="'Mars/Olympus' is not a time zone"):
        Cron.read("0 0 * * *", "Mars/Olympus")


@pytest.mark.parametrize(
    ("expression", "gap"), [("*/5 * * * *", 5), ("0,7 * * * *", 7), ("0 23,0 * * *", 60), ("58,2 * * * *", 4)]
)
def test_what_would_be_due_too_often_is_refused(expression: str, gap: int) -> None:
    Cron.read(expression, least=timedelta(minutes=gap))
    with pytest.raises(InvalidSchedule, match="it would be due again after"):
        Cron.read(expression, least=timedelta(minutes=gap, seconds=1))


@pytest.mark.parametrize(("name", "expression"), NAMED.items())
def test_names_stand_for_expressions(name: str, expression: str) -> None:
    assert Cron.read(name.upper()) == Cron.read(expression)


def test_a_description_is_for_people() -> None:
    assert Cron.read("0 9 * * MON-FRI", "Europe/Berlin").describe() == (
        "At 09:00 on Monday through Friday (Europe/Berlin)"
    )


def test_behind_the_last_year_nothing_is_due() -> None:
    assert Cron.read("0 0 1 1 *").next_after(datetime(9999, 12, 31, tzinfo=UTC)) is None
    assert Cron.read("*/5 0 1 1 *").next_after(datetime(9999, 12, 31, tzinfo=UTC)) is None
