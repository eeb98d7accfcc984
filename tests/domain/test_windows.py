"""Sliding windows: what was taken is counted until it is out of sight, and nobody takes of anybody else's."""

import random

import pytest

from domain.windows import MAX_KEYS, MINUTE, Balance, Short, Windows


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_quota_can_be_taken_to_the_last_and_no_further() -> None:
    windows = Windows(Clock())
    assert windows.take("a", 600, 599) == Balance(600, 1, 60 + 60 - 60 / 599)
    assert windows.take("a", 600).remaining == 0
    with pytest.raises(Short) as refused:
        windows.take("a", 600, 25)
    assert (refused.value.balance.remaining, refused.value.seconds) == (0, 60 + 3)
    assert windows.take("b", 600, 600).remaining == 0


def test_what_was_taken_in_the_minute_before_goes_out_of_sight_evenly() -> None:
    clock = Clock()
    windows = Windows(clock)
    windows.take("a", 60, 60)
    clock.now += 60
    with pytest.raises(Short):
        windows.take("a", 60)
    clock.now += 30
    assert windows.take("a", 60, 30).remaining == 0
    clock.now += 30
    assert windows.take("a", 60, 30).remaining == 0
    clock.now += 180
    assert windows.take("a", 60, 60).remaining == 0


def test_what_is_refused_takes_nothing() -> None:
    windows = Windows(Clock())
    windows.take("a", 60, 50)
    for _ in range(3):
        with pytest.raises(Short):
            windows.take("a", 60, 11)
    assert windows.take("a", 60, 10).remaining == 0


def test_what_is_more_than_the_limit_takes_all_of_it() -> None:
    clock = Clock()
    windows = Windows(clock)
    assert windows.take("a", 60, 100).remaining == 0
    clock.now += 118
    with pytest.raises(Short):
        windows.take("a", 60, 100)
    clock.now += 2
    assert windows.take("a", 60, 100).remaining == 0


def test_a_limit_that_was_lowered_counts_at_once() -> None:
    windows = Windows(Clock())
    windows.take("a", 100, 50)
    with pytest.raises(Short) as refused:
        windows.take("a", 10)
    assert refused.value.balance.remaining == 0


@pytest.mark.parametrize("seed", range(20))
def test_who_waits_as_told_is_let_through_and_no_minute_has_more_than_twice_the_limit(seed: int) -> None:
    chance, clock = random.Random(seed), Clock()
    windows, taken, limit = Windows(clock), [], chance.randint(1, 50)
    for _ in range(500):
        amount = chance.randint(1, limit)
        try:
            windows.take("a", limit, amount)
        except Short as short:
            clock.now += short.seconds
            windows.take("a", limit, amount)
        taken.append((clock.now, amount))
        clock.now += chance.random() * 5
    for end, _ in taken:
        assert sum(amount for at, amount in taken if end - MINUTE < at <= end) <= 2 * limit


def test_counts_are_kept_for_so_many_keys_only() -> None:
    windows = Windows(Clock())
    for key in range(MAX_KEYS):
        windows.take(key, 1)
    windows.take("one more", 1)
    assert windows.take(0, 1).remaining == 0
    with pytest.raises(Short):
        windows.take("one more", 1)
