"""Stores over a Redis of the test's own, of as many processes as a test wants."""

from collections.abc import AsyncIterator, Callable

import pytest

from adapters.quotas.store import Store
from tests.support.redis import RedisServer

MakeStore = Callable[[], Store]


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """What says when an absent store is asked again."""
    return Clock()


@pytest.fixture
async def store(redis: RedisServer, clock: Clock) -> AsyncIterator[MakeStore]:
    """`store()`: the store as another process has it."""
    made: list[Store] = []

    def make() -> Store:
        made.append(Store(redis.url, clock))
        return made[-1]

    yield make
    for each in made:
        await each.close()
