"""The partitions of the log: no moment has two, the present always has one, and none goes that may be needed."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.changes.partitions import AHEAD, Partition, expired, length, to_make

DAY = 86_400
NOW = 1_800_000_000
MONTH = timedelta(days=30)

retentions = st.integers(3_600, 400 * DAY).map(lambda seconds: timedelta(seconds=seconds))
moments = st.integers(NOW - 100 * DAY, NOW + 100 * DAY)


@st.composite
def logs(draw: st.DrawFn) -> list[Partition]:
    """Partitions that do not overlap, of any lengths, with gaps or without, in any order."""
    bounds = sorted(draw(st.sets(st.integers(NOW - 100 * DAY, NOW + 100 * DAY), max_size=12)))
    return draw(st.permutations([Partition(a, b) for a, b in pairwise(bounds) if draw(st.booleans())]))


@pytest.mark.parametrize(
    ("retention", "seconds"),
    [
        (timedelta(hours=1), 600),
        (timedelta(days=1), 4 * 3_600),
        (MONTH, 5 * DAY),
        (timedelta(hours=1, seconds=59), 600),
        (timedelta(hours=1, minutes=11), 660),
        (timedelta(seconds=1), 60),
    ],
)
def test_a_partition_is_a_sixth_of_the_retention_in_whole_minutes(retention: timedelta, seconds: int) -> None:
    assert length(retention) == seconds


def test_the_name_of_a_partition_says_its_bounds() -> None:
    partition = Partition(0, 90_060)

    assert partition.name == "changes_0_90060"
    assert Partition.named(partition.name) == partition
    assert partition.bounds == "FROM ('1970-01-01T00:00:00+00:00') TO ('1970-01-02T01:01:00+00:00')"


@pytest.mark.parametrize("name", ["changes", "changes_1", "changes_1_2_3", "old_changes_1_2", "changes_a_b", "change"])
def test_other_tables_are_no_partitions(name: str) -> None:
    assert Partition.named(name) is None


def test_the_first_ones_begin_before_the_present() -> None:
    start = NOW - 60
    assert to_make([], NOW, MONTH) == [
        Partition(start + n * 5 * DAY, start + (n + 1) * 5 * DAY) for n in range(AHEAD + 1)
    ]


def test_the_next_one_begins_where_the_last_one_ends() -> None:
    there = [Partition(NOW - DAY, NOW), Partition(NOW, NOW + 8 * DAY)]

    assert to_make(there, NOW, MONTH) == [Partition(NOW + 8 * DAY, NOW + 13 * DAY)]


def test_after_a_long_absence_the_gap_stays_empty() -> None:
    there = [Partition(NOW - 90 * DAY, NOW - 87 * DAY)]

    assert to_make(there, NOW, MONTH) == to_make([], NOW, MONTH)


def test_another_retention_goes_on_where_the_partitions_of_the_former_end() -> None:
    there = [Partition(NOW - 100, NOW + 100)]

    assert to_make(there, NOW, timedelta(hours=1))[0] == Partition(NOW + 100, NOW + 700)
    assert to_make(there, NOW, MONTH)[0] == Partition(NOW + 100, NOW + 100 + 5 * DAY)


def test_partitions_far_ahead_leave_room_for_the_present() -> None:
    """As when the database's clock ran years ahead for a while."""
    future = Partition(NOW + 2_000 * DAY, NOW + 2_003 * DAY)

    assert to_make([future], NOW, MONTH) == to_make([], NOW, MONTH)


def test_a_gap_is_filled_up_to_what_is_there() -> None:
    there = [Partition(NOW + DAY, NOW + 20 * DAY), Partition(NOW - 10 * DAY, NOW - 10)]

    assert to_make(there, NOW, MONTH) == [Partition(NOW - 10, NOW + DAY)]


@given(logs(), moments, retentions)
def test_there_is_exactly_one_partition_for_the_present_and_the_time_ahead(
    there: list[Partition], now: int, retention: timedelta
) -> None:
    size = length(retention)

    made = to_make(there, now, retention)

    every = sorted([*there, *made])
    assert all(first.end <= second.start for first, second in pairwise(every))
    assert all(0 < each.end - each.start <= size for each in made)
    covered = [each for each in every if each.end > now - 60 and each.start < now + AHEAD * size]
    assert covered[0].start <= now - 60
    assert covered[-1].end >= now + AHEAD * size
    assert all(first.end == second.start for first, second in pairwise(covered))


@given(logs(), moments, retentions)
def test_what_was_made_is_not_missing_any_more(there: list[Partition], now: int, retention: timedelta) -> None:
    assert to_make([*there, *to_make(there, now, retention)], now, retention) == []


@given(retentions, st.integers(1, 100))
def test_a_server_that_stays_up_has_few_partitions(retention: timedelta, looks: int) -> None:
    size, there = length(retention), list[Partition]()
    for look in range(looks):
        now = NOW + look * size // 2
        there += to_make(there, now, retention)
        there = [each for each in there if each not in expired(there, now, retention, now)]

    assert len(there) <= retention.total_seconds() // size + AHEAD + 3


def test_the_oldest_go_first_once_all_of_their_changes_are_too_old() -> None:
    oldest, older, old = (Partition(NOW - days * DAY, NOW - (days - 1) * DAY) for days in (40, 31, 30))

    assert expired([old, older, oldest], NOW, MONTH, NOW) == [oldest, older]
    assert expired([old, older, oldest], NOW - 1, MONTH, NOW - 1) == [oldest]


def test_none_goes_that_an_open_transaction_may_write_to() -> None:
    partition = Partition(NOW - 41 * DAY, NOW - 40 * DAY)

    assert expired([partition], NOW, MONTH, NOW - 40 * DAY - 1) == []
    assert expired([partition], NOW, MONTH, NOW - 40 * DAY) == [partition]


@given(logs(), moments, retentions, st.integers(0, 500 * DAY))
def test_what_goes_is_out_of_reach_for_all(
    there: list[Partition], now: int, retention: timedelta, open_for: int
) -> None:
    gone = expired(there, now, retention, now - open_for)

    assert gone == sorted(gone)
    assert all(each.end <= now - retention.total_seconds() and each.end <= now - open_for for each in gone)
    kept = [each for each in there if each not in gone]
    assert all(each.end > min(now - retention.total_seconds(), now - open_for) for each in kept)
