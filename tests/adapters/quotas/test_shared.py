"""Quotas that processes count together, with a real Redis, and without it."""

import asyncio
import time

import pytest

from adapters.quotas.quotas import OwnQuotas
from adapters.quotas.shared import SharedQuotas
from adapters.quotas.store import PAUSE, SECONDS, Store
from domain.windows import Short
from tests.adapters.quotas.conftest import Clock, MakeStore
from tests.support.redis import RedisServer


async def taken(quotas: SharedQuotas, times: int, limit: int, key: str = "a") -> int:
    """How many of so many requests get through."""
    results = await asyncio.gather(*(quotas.take("requests", key, limit) for _ in range(times)), return_exceptions=True)
    assert all(isinstance(result, Short) for result in results if isinstance(result, BaseException))
    return sum(not isinstance(result, BaseException) for result in results)


async def test_processes_share_one_count(store: MakeStore) -> None:
    first, second = SharedQuotas(store()), SharedQuotas(store())
    assert [(await each.take("requests", "a", 5)).remaining for each in (first, second, first)] == [4, 3, 2]
    assert (await second.take("requests", "b", 5)).remaining == 4
    assert (await second.take("cost", "a", 5)).remaining == 4


async def test_two_processes_at_once_let_through_no_more_than_the_limit(store: MakeStore) -> None:
    processes = [SharedQuotas(store()), SharedQuotas(store())]
    got = await asyncio.gather(*(taken(each, 30, 20) for each in processes))
    assert sum(got) == 20


async def test_it_counts_as_a_process_alone_does(store: MakeStore) -> None:
    shared, own = SharedQuotas(store()), OwnQuotas()
    for amount in (7, 1, 40):
        alone = await own.take("cost", "a", 50, amount)
        together = await shared.take("cost", "a", 50, amount)
        assert (together.limit, together.remaining) == (alone.limit, alone.remaining)
        assert together.seconds == pytest.approx(alone.seconds, abs=0.5)
    waits = []
    for quotas in (own, shared):
        with pytest.raises(Short) as refused:
            await quotas.take("cost", "a", 50, 30)
        waits.append(refused.value.seconds)
        assert refused.value.balance.remaining == 2
    assert abs(waits[0] - waits[1]) <= 1
    assert (await shared.take("cost", "whole", 50, 1_000)).remaining == 0


async def test_a_store_that_is_away_lets_each_process_count_for_itself(
    store: MakeStore, redis: RedisServer, clock: Clock
) -> None:
    first, second = SharedQuotas(store()), SharedQuotas(store())
    assert await taken(first, 2, 3) == 2
    redis.kill()
    assert [await taken(each, 5, 3) for each in (first, second)] == [3, 3]
    redis.start()
    assert await taken(first, 1, 3) == 0  # it is not asked again at once
    clock.now += PAUSE
    assert (await first.take("requests", "a", 3)).remaining == 2


async def test_a_store_that_never_was_there_keeps_nobody_waiting(clock: Clock) -> None:
    quotas = SharedQuotas(Store("redis://127.0.0.1:1", clock))
    began = time.monotonic()
    assert await taken(quotas, 100, 10) == 10
    assert time.monotonic() - began < 1


async def test_a_store_that_stalls_costs_one_short_wait(clock: Clock) -> None:
    async def silent(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    quotas = SharedQuotas(Store(f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}", clock))
    began = time.monotonic()
    assert (await quotas.take("requests", "a", 3)).remaining == 2
    assert SECONDS <= time.monotonic() - began < 8 * SECONDS
    clock.now += PAUSE
    done, waiting = await asyncio.wait(
        {asyncio.create_task(quotas.take("requests", str(n), 3)) for n in range(10)}, timeout=SECONDS / 2
    )
    assert (len(done), len(waiting)) == (9, 1)  # one asks whether it is back, and the others go on
    await asyncio.wait(waiting)
    server.close()
