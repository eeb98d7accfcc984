"""Counts that are forgotten: in a process, and in a real Redis."""

import asyncio

import pytest

from adapters.quotas import Counters, make_counters
from adapters.quotas.counters import MAX_KEYS, OwnCounters
from adapters.quotas.store import PAUSE
from tests.adapters.quotas.conftest import Clock, MakeStore
from tests.support.redis import RedisServer


@pytest.fixture(params=["own", "shared"])
def counters(request: pytest.FixtureRequest, store: MakeStore) -> Counters:
    """Each kind in turn."""
    return make_counters(None if request.param == "own" else store())


async def test_a_key_is_counted_and_forgotten(counters: Counters) -> None:
    assert [await counters.add("a", 60) for _ in range(3)] == [1, 2, 3]
    assert [await counters.count("a"), await counters.count("b")] == [3, 0]
    assert 58 <= await counters.seconds_left("a") <= 60
    await counters.forget("a")
    assert await counters.count("a") == 0
    assert await counters.add("a", 60) == 1


async def test_a_key_ends_so_long_after_it_was_first_counted(counters: Counters) -> None:
    await counters.add("a", 1)
    await asyncio.sleep(0.7)
    await counters.add("a", 1)
    await asyncio.sleep(0.4)
    assert await counters.count("a") == 0


async def test_a_process_keeps_so_many_keys_and_forgets_the_oldest(clock: Clock) -> None:
    counters = OwnCounters(clock)
    await counters.add("first", 60)
    for n in range(MAX_KEYS - 1):
        await counters.add(str(n), 60)
    await counters.add("first", 60)
    await counters.add("last", 60)
    assert [await counters.count(key) for key in ("first", "0", "1", "last")] == [2, 0, 1, 1]


async def test_processes_share_counts(store: MakeStore) -> None:
    first, second = make_counters(store()), make_counters(store())
    await first.add("a", 60)
    assert await second.add("a", 60) == 2


async def test_a_store_that_is_away_is_done_without(store: MakeStore, redis: RedisServer, clock: Clock) -> None:
    counters = make_counters(store())
    await counters.add("a", 60)
    redis.kill()
    assert [await counters.add("a", 60), await counters.count("a")] == [1, 1]
    assert await counters.seconds_left("a") > 50
    await counters.forget("a")
    redis.start()
    clock.now += PAUSE
    assert await counters.count("a") == 0
