"""How a process is told to stop, and what has begun by then."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.database import Database
from adapters.passwords import Passwords
from resolvers.services import Services
from server.lifetime import running_parts
from server.stopping import Stopping


class Failed(Exception):
    """What a part raises that cannot begin."""


class Noting:
    """A part that notes whether the process was ending when it ended."""

    def __init__(self, ending: asyncio.Event) -> None:
        self._ending = ending
        self.found: list[bool] = []

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self.found.append(self._ending.is_set())


class Failing:
    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        raise Failed
        yield


@pytest.fixture
async def own_services(services: Services, database_url: str) -> Services:
    """Those that the test may close."""
    services.database, services.passwords = Database(database_url), Passwords()
    return services


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_both_signals_are_told_of_at_once(number: signal.Signals) -> None:
    told: list[int] = []
    before = signal.signal(number, lambda number, _: told.append(number))
    stopping = Stopping()
    try:
        with stopping.announced(0):
            signal.raise_signal(number)
            async with asyncio.timeout(10):
                await stopping.ending.wait()
    finally:
        signal.signal(number, before)

    assert (stopping.has_begun, told) == (True, [number])


async def test_an_interrupt_does_not_wait_for_a_load_balancer() -> None:
    told: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: told.append(number))
    try:
        with Stopping().announced(3600):
            signal.raise_signal(signal.SIGINT)
    finally:
        signal.signal(signal.SIGINT, before)

    assert told == [signal.SIGINT]


async def test_what_has_begun_ends_as_in_a_stop_when_another_part_does_not_begin(own_services: Services) -> None:
    ending = asyncio.Event()
    noting = Noting(ending)

    with pytest.raises(Failed):
        async with running_parts(own_services, (noting, Failing()), ending):
            pass

    assert noting.found == [True]
