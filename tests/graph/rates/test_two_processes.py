"""Two applications that share a Redis count together: requests, costs, and failures to sign in."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.database import Database
from adapters.passwords import Passwords
from adapters.quotas import store
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.graph.accounts.documents import LOGIN, ME
from tests.support.api import PASSWORD, Api, client_of
from tests.support.redis import RedisServer


@pytest.fixture
async def pair(
    settings: Settings,
    database: Database,
    passwords: Passwords,
    redis: RedisServer,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[tuple[Api, Api]]:
    """A client of each; they wait for the store however slow the machine is."""
    monkeypatch.setattr(store, "SECONDS", 20.0)
    numbers = {
        "rate_limit_url": redis.url,
        "max_requests_per_minute": 4,
        "max_anonymous_requests_per_minute": 50,
        "max_cost_per_minute": 1_000,
        "max_guess_delay": timedelta(minutes=5),
    }
    shared = settings.model_copy(update=numbers)
    processes = [make_services(shared, database) for _ in range(2)]
    for services in processes:
        services.passwords = passwords
    first, second = (Api(client_of(create_app(shared, services)), services) for services in processes)
    yield first, second
    for services in processes:
        assert services.store is not None
        await services.store.close()


async def test_a_user_has_one_quota_over_both(pair: tuple[Api, Api]) -> None:
    ada = await pair[0].register()
    answers = [await pair[n % 2].execute(ME, as_=ada) for n in range(5)]
    assert [answer.status for answer in answers] == [200] * 4 + [429]
    left = [answer.headers["ratelimit"].partition(";t=")[0] for answer in answers]
    assert left == [f'"requests";r={n}' for n in (3, 2, 1, 0, 0)]
    remaining = [answer.body["extensions"]["cost"]["remaining"] for answer in answers[:4]]
    assert remaining == sorted(remaining, reverse=True)
    assert len(set(remaining)) == 4


async def test_requests_at_once_at_both_are_no_more_than_the_limit(pair: tuple[Api, Api]) -> None:
    ada = await pair[0].register()
    answers = await asyncio.gather(*(pair[n % 2].execute(ME, as_=ada) for n in range(20)))
    assert sorted(answer.status for answer in answers) == [200] * 4 + [429] * 16


async def test_a_failure_at_one_makes_the_other_wait(pair: tuple[Api, Api]) -> None:
    ada = await pair[0].register()

    async def sign_in(api: Api, password: str) -> list[str]:
        return (await api.execute(LOGIN, {"input": {"email": ada.email, "password": password}})).codes

    assert await sign_in(pair[0], "wrong") == ["UNAUTHENTICATED"]
    assert await sign_in(pair[1], PASSWORD) == ["RATE_LIMITED"]


async def test_while_the_store_is_away_nobody_is_refused_for_it(pair: tuple[Api, Api], redis: RedisServer) -> None:
    ada = await pair[0].register()
    assert [(await pair[0].execute(ME, as_=ada)).status for _ in range(4)] == [200] * 4
    redis.kill()
    assert [(await pair[0].execute(ME, as_=ada)).status for _ in range(5)] == [200] * 4 + [429]
