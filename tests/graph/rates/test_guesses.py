"""Attempts at passwords: each failure makes the next wait longer, and never keeps the owner out for long."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from adapters.quotas.counters import OwnCounters
from domain.errors import BadRequest, DomainError, RateLimited, Unauthenticated
from domain.guesses import Pace, delay_after
from resolvers.context import Client, RequestContext
from resolvers.guesses import AT_ONCE, Attempt, Guesses, Rules
from resolvers.guessing import guess_of
from resolvers.services import Services
from resolvers.sign_in import login
from tests.graph.accounts.documents import LOGIN
from tests.graph.rates.conftest import MakeApi
from tests.graph.self_service.documents import mutation
from tests.support.api import PASSWORD, Api, Person, Result

POSTED = "SELECT count(*) FROM jobs.pgqueuer"
RULES = Rules(seconds=300, free_of_account=2, free_of_address=3, memory=3600)
WRONG = (Unauthenticated,)


class Counted:
    """Counters whose time passes when a test says so: `wait:` keys end when `pass_time` is called."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.lives: dict[str, int] = {}

    async def add(self, key: str, seconds: int) -> int:
        self.lives.setdefault(key, seconds)
        self.counts[key] = self.counts.get(key, 0) + 1
        return self.counts[key]

    async def count(self, key: str) -> int:
        return self.counts.get(key, 0)

    async def seconds_left(self, key: str) -> float:
        return self.lives[key]

    async def forget(self, key: str) -> None:
        self.counts.pop(key, None)
        self.lives.pop(key, None)

    async def pass_time(self, seconds: int) -> None:
        self.lives = {key: left - seconds for key, left in self.lives.items()}
        for key in [key for key, left in self.lives.items() if left <= 0]:
            await self.forget(key)


class Door:
    """Something with credentials that can be tried."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.counters = Counted()
        self.rules = rules
        self._guesses = Guesses(self.counters)

    async def attempt(self, *, right: bool, account: str | None = "ada", network: str | None = "home") -> int | None:
        """The seconds that one has to wait; 0 for an attempt that failed, None for one that opened."""
        try:
            async with self._guesses.attempt(Attempt("login", account, network), self.rules, WRONG):
                if not right:
                    raise Unauthenticated("wrong")
        except RateLimited as refused:
            wait = refused.location["retryAfter"]
            assert isinstance(wait, int)
            return wait
        except Unauthenticated:
            return 0
        return None


@pytest.mark.parametrize(
    ("failures", "pace", "seconds"),
    [
        (0, Pace(0, 60), 0),
        *[(n, Pace(0, 60), s) for n, s in enumerate((1, 2, 4, 8, 16, 32, 60, 60), 1)],
        (10, Pace(10, 60), 0),
        (11, Pace(10, 60), 1),
        (10**9, Pace(0, 10**9), 10**9),
    ],
)
def test_delays_double_up_to_the_most(failures: int, pace: Pace, seconds: int) -> None:
    assert delay_after(failures, pace) == seconds


async def test_each_failure_makes_the_next_attempt_wait_longer() -> None:
    door = Door(Rules(300, 0, 0, 3600))
    waits = []
    for _ in range(11):
        assert await door.attempt(right=False) == 0
        wait = await door.attempt(right=True)
        assert wait is not None
        waits.append(wait)
        await door.counters.pass_time(wait)
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


async def test_an_attempt_that_has_to_wait_counts_for_nothing() -> None:
    door = Door()
    await door.attempt(right=False)
    assert [await door.attempt(right=False) for _ in range(5)] == [1] * 5
    await door.counters.pass_time(1)
    assert await door.attempt(right=False) == 0
    assert await door.attempt(right=False) == 2


async def test_success_forgets_the_failures() -> None:
    door = Door(Rules(300, 0, 0, 3600))
    for wait in (1, 2):
        await door.attempt(right=False)
        await door.counters.pass_time(wait)
    assert await door.attempt(right=True) is None
    await door.attempt(right=False)
    assert await door.attempt(right=True) == 1


async def test_failures_are_forgotten_after_a_while() -> None:
    door = Door()
    await door.attempt(right=False)
    await door.counters.pass_time(3600)
    await door.attempt(right=False)
    assert await door.attempt(right=False) == 1


async def test_others_do_not_wait_for_somebodys_failures() -> None:
    door = Door()
    await door.attempt(right=False)
    assert await door.attempt(right=True, account="bob") is None
    assert await door.attempt(right=True, network="office") is None


async def test_an_account_that_is_tried_from_everywhere_waits_a_tenth_as_long() -> None:
    door = Door(Rules(300, free_of_account=2, free_of_address=0, memory=3600))
    assert [await door.attempt(right=False, network=f"bot {n}") for n in range(2)] == [0, 0]
    waits = []
    for n in range(2, 9):
        assert await door.attempt(right=False, network=f"bot {n}") == 0
        wait = await door.attempt(right=False, network="one more")
        assert wait is not None
        waits.append(wait)
        await door.counters.pass_time(wait)
    assert waits == [1, 2, 4, 8, 16, 30, 30]


async def test_the_owner_comes_in_from_where_they_came_in_before() -> None:
    door = Door(Rules(300, free_of_account=1, free_of_address=0, memory=3600))
    assert await door.attempt(right=True) is None
    for n in range(3):
        await door.attempt(right=False, network=f"bot {n}")
    assert await door.attempt(right=True, network="elsewhere") is not None
    assert await door.attempt(right=True) is None


async def test_a_network_that_tries_one_account_after_the_other_waits() -> None:
    door = Door(Rules(300, free_of_account=0, free_of_address=3, memory=3600))
    codes = [await door.attempt(right=False, account=f"user {n}") for n in range(5)]
    assert codes == [0, 0, 0, 0, 1]
    assert await door.attempt(right=True, account="mallory") == 1
    await door.counters.pass_time(1)
    assert await door.attempt(right=True, account="mallory") is None  # which does not clear the network's record
    assert await door.attempt(right=False, account="user 9") == 0
    assert await door.attempt(right=False, account="user 10") == 2


@pytest.mark.parametrize(("rules", "expected"), [(Rules(0, 1, 1, 3600), 0), (Rules(300, 0, 0, 3600), 1)])
async def test_nought_switches_off(rules: Rules, expected: int) -> None:
    door = Door(rules)
    assert [await door.attempt(right=False, account=f"user {n}") for n in range(9)] == [0] * 9
    assert await door.attempt(right=False, account="user 1") == expected


async def test_without_an_account_the_network_alone_counts() -> None:
    door = Door()
    assert [await door.attempt(right=False, account=None) for n in range(5)] == [0, 0, 0, 0, 1]


async def test_many_at_once_try_no_more_than_one_after_the_other() -> None:
    guesses, tried = Guesses(OwnCounters()), []

    async def attempt(n: int) -> None:
        async with guesses.attempt(Attempt("login", "ada", "home"), RULES, WRONG):
            tried.append(n)
            await asyncio.sleep(0.01)
            raise Unauthenticated("wrong")

    results = await asyncio.gather(*(attempt(n) for n in range(100)), return_exceptions=True)
    assert len(tried) == AT_ONCE
    assert sum(isinstance(result, RateLimited) for result in results) == 100 - AT_ONCE
    with pytest.raises(RateLimited):
        await attempt(100)


async def test_what_is_asked_for_again_and_again_waits_longer_each_time() -> None:
    counters = Counted()
    guesses = Guesses(counters)

    async def ask(account: str = "ada", network: str = "home") -> int:
        try:
            await guesses.ask(Attempt("password_reset", account, network), RULES)
        except RateLimited as refused:
            wait = refused.location["retryAfter"]
            assert isinstance(wait, int)
            return wait
        return 0

    waits = []
    for _ in range(4):
        assert await ask() == 0
        waits.append(await ask())
        await counters.pass_time(waits[-1])
    assert waits == [1, 2, 4, 8]
    # By many about one account, and by one about many.
    assert [await ask(network=f"bot {n}") for n in range(2)] == [0, 4]
    assert [await ask(account=f"user {n}", network="other") for n in range(5)] == [0, 0, 0, 0, 1]


@asynccontextmanager
async def guarded(limited: MakeApi, **limits: Any) -> AsyncIterator[tuple[Api, Person]]:
    """A client of an application that lets passwords be guessed slowly, and somebody with one."""
    api = limited(max_guess_delay=timedelta(minutes=5), **limits)
    yield api, await api.register("ada@example.com")


async def sign_in(api: Api, email: str, password: str) -> Result:
    """The answer to an attempt."""
    return await api.execute(LOGIN, {"input": {"email": email, "password": password}})


async def test_login_is_refused_after_a_failure_for_a_second(limited: MakeApi) -> None:
    async with guarded(limited) as (api, _):
        assert (await sign_in(api, "ada@example.com", "wrong")).codes == ["UNAUTHENTICATED"]
        refused = await sign_in(api, " ADA@example.com", PASSWORD)
        assert (refused.status, refused.codes, refused.headers["retry-after"]) == (429, ["RATE_LIMITED"], "1")
        told = refused.errors[0]["extensions"]
        assert (told["quota"], told["limit"], told["remaining"], told["retryAfter"]) == ("guesses", 1, 0, 1)
        await asyncio.sleep(1.01)
        assert (await sign_in(api, "ada@example.com", PASSWORD)).codes == []
        assert (await sign_in(api, "ada@example.com", PASSWORD)).codes == []


async def test_the_numbers_of_free_failures_are_settings(limited: MakeApi) -> None:
    emails = [f"user{n}@example.com" for n in range(3)]
    async with guarded(limited, free_guesses_per_address=1) as (api, _):
        codes = [(await sign_in(api, email, "wrong")).codes for email in emails]
        assert codes == [["UNAUTHENTICATED"], ["UNAUTHENTICATED"], ["RATE_LIMITED"]]
        limited(free_guesses_per_address=0)
        assert [(await sign_in(api, f"b{email}", "wrong")).codes for email in emails] == [["UNAUTHENTICATED"]] * 3


async def test_who_does_not_exist_makes_one_wait_alike(limited: MakeApi) -> None:
    async with guarded(limited) as (api, _):
        for _ in range(2):
            results = [await sign_in(api, email, "wrong") for email in ("ada@example.com", "eve@example.com")]
            assert results[0].codes == results[1].codes
            assert results[0].errors[0]["message"] == results[1].errors[0]["message"]


async def test_a_refused_login_does_not_look_at_the_password(limited: MakeApi, statements: Any) -> None:
    async with guarded(limited) as (api, _):
        await sign_in(api, "ada@example.com", "wrong")
        with statements() as seen:
            assert (await sign_in(api, "ada@example.com", PASSWORD)).codes == ["RATE_LIMITED"]
        assert seen.count == 0


async def test_the_present_password_is_not_to_be_guessed_either(limited: MakeApi) -> None:
    async with guarded(limited) as (api, ada):
        document = "mutation ($i: ChangePasswordInput!) { changePassword(input: $i) { user { id } } }"

        async def change(current: str, new: str = "another long password") -> list[str]:
            given = {"i": {"currentPassword": current, "newPassword": new}}
            return (await api.execute(document, given, as_=ada)).codes

        assert await change(PASSWORD, "short") == ["VALIDATION_ERROR"]  # which says nothing of the present one
        assert await change("wrong") == ["VALIDATION_ERROR"]
        assert await change(PASSWORD) == ["RATE_LIMITED"]
        await asyncio.sleep(1.01)
        assert await change(PASSWORD) == []


@pytest.mark.parametrize("name", ["requestPasswordReset", "requestEmailVerification"])
@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
async def test_mails_are_not_to_be_asked_for_often(
    limited: MakeApi, pg: asyncpg.Connection, name: str, email: str
) -> None:
    async with guarded(limited) as (api, _):
        document = mutation(name, "expiresIn")
        posted = await pg.fetchval(POSTED)
        assert (await api.execute(document, {"input": {"email": email}})).codes == []
        again = await api.execute(document, {"input": {"email": email.upper()}})

        assert (again.status, again.codes, again.headers["retry-after"]) == (429, ["RATE_LIMITED"], "1")
        assert again.errors[0]["message"] == "This was asked for before; try again in 1 s."
        assert await pg.fetchval(POSTED) - posted == 1
        assert (await api.execute(document, {"input": {"email": f"b{email}"}})).codes == []


@pytest.mark.parametrize(
    ("name", "more"), [("resetPassword", {"newPassword": "another long password"}), ("verifyEmail", {})]
)
async def test_tokens_of_mails_are_not_to_be_guessed(limited: MakeApi, name: str, more: dict[str, str]) -> None:
    async with guarded(limited, free_guesses_per_address=2) as (api, _):
        document = mutation(name, "user { id }")
        results = [await api.execute(document, {"input": {"token": f"{n}" * 43, **more}}) for n in range(4)]

        assert [result.codes for result in results] == [["NOT_FOUND"]] * 3 + [["RATE_LIMITED"]]


async def test_one_line_marks_a_use_case(services: Services) -> None:
    services.limits = type(services.limits)()
    calls = []

    @guess_of("code", wrong=(BadRequest,))
    async def verify(context: RequestContext, code: str, *, error: DomainError | None = None) -> str:
        calls.append(code)
        if error is not None:
            raise error
        return code

    context = RequestContext(services, None, Client("test", "192.0.2.1"))
    assert await verify(context, "1") == "1"
    with pytest.raises(BadRequest):
        await verify(context, code="1", error=BadRequest("wrong"))
    with pytest.raises(RateLimited):
        await verify(context, "1")
    with pytest.raises(Unauthenticated):
        await verify(context, "2", error=Unauthenticated("not what counts"))
    assert await verify(context, "2") == "2"
    assert calls == ["1", "1", "2", "2"]
    assert login.__name__ == "login"
