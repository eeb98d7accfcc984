"""A caller's budget: spent at once, back evenly, and nobody else's."""

import pytest

from domain.buckets import MAX_KEYS, Balance
from domain.errors import RateLimited
from graph.execution.guard.budget import Budgets


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_budget_can_be_spent_to_the_last_and_no_further() -> None:
    budgets = Budgets(600, Clock())
    assert budgets.spend("a", 599) == Balance(1, 59.9)
    assert budgets.spend("a", 1) == Balance(0, 60.0)
    with pytest.raises(RateLimited) as refused:
        budgets.spend("a", 25)
    assert refused.value.location == {"requested": 25, "remaining": 0, "retryAfter": 3}
    assert str(refused.value) == "This costs 25 and 0 are left of your 600 a minute; try again in 3 s."


def test_what_was_spent_comes_back_evenly_and_no_further_than_to_the_full() -> None:
    clock = Clock()
    budgets = Budgets(600, clock)
    budgets.spend("a", 600)
    clock.now += 2.5
    assert budgets.spend("a", 20) == Balance(5, 59.5)
    clock.now += 3_600
    assert budgets.spend("a", 100) == Balance(500, 10.0)


def test_what_is_refused_takes_nothing() -> None:
    clock = Clock()
    budgets = Budgets(60, clock)
    budgets.spend("a", 50)
    for _ in range(3):
        with pytest.raises(RateLimited):
            budgets.spend("a", 11)
    assert budgets.spend("a", 10) == Balance(0, 60.0)


def test_callers_have_budgets_of_their_own() -> None:
    budgets = Budgets(60, Clock())
    budgets.spend("a", 60)
    assert budgets.spend("b", 60) == Balance(0, 60.0)


def test_what_costs_more_than_a_budget_takes_a_full_one() -> None:
    clock = Clock()
    budgets = Budgets(60, clock)
    assert budgets.spend("a", 100) == Balance(0, 60.0)
    clock.now += 59
    with pytest.raises(RateLimited) as refused:
        budgets.spend("a", 100)
    assert refused.value.location["retryAfter"] == 1


def test_budgets_are_kept_for_so_many_callers_only() -> None:
    budgets = Budgets(60, Clock())
    for caller in range(MAX_KEYS):
        budgets.spend(caller, 60)
    with pytest.raises(RateLimited):
        budgets.spend(0, 1)
    budgets.spend("one more", 60)
    assert budgets.spend(1, 1) == Balance(59, 1.0)
    with pytest.raises(RateLimited):
        budgets.spend(0, 1)
