"""completeLogin: a password, and a code."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from adapters.passwords import Argon2id, Passwords
from resolvers.second_factor.failures import FREE
from resolvers.services import Services
from tests.graph.second_factor.conftest import COMPLETE, Owner

SESSIONS = "SELECT count(*) FROM sessions WHERE user_id = $1"


async def test_a_password_alone_lets_nobody_in(owner: Owner, pg: asyncpg.Connection) -> None:
    refused = await owner.log_in()
    assert refused.codes == ["SECOND_FACTOR_REQUIRED"]
    assert refused.data is None
    assert await pg.fetchval(SESSIONS, owner.person.id) == 1  # that of the registration
    wrong = await owner.log_in("not the password")
    assert wrong.codes == ["UNAUTHENTICATED"]


async def test_a_code_of_the_app_completes_it(owner: Owner, pg: asyncpg.Connection) -> None:
    signed_in = (await owner.complete(await owner.challenge(), owner.code())).ok["completeLogin"]
    assert signed_in["user"]["id"] == str(owner.person.id)
    assert await pg.fetchval(SESSIONS, owner.person.id) == 2
    assert await pg.fetchval("SELECT count(*) FROM challenges") == 0
    row = await pg.fetchrow("SELECT action, details FROM audit_entries ORDER BY id DESC")
    assert tuple(row) == ("session.login", '{"by": "code"}')


async def test_a_wrong_code_is_told_to_the_audit_log(owner: Owner, pg: asyncpg.Connection) -> None:
    assert (await owner.complete(await owner.challenge(), "000000")).codes == ["UNAUTHENTICATED"]
    row = await pg.fetchrow("SELECT action, subject_id, details FROM audit_entries ORDER BY id DESC")
    assert tuple(row) == ("session.login_failed", owner.person.id, '{"by": "code"}')


@pytest.mark.parametrize("steps", [-1, 0, 1])
async def test_the_code_before_and_the_one_after_are_good_too(owner: Owner, steps: int) -> None:
    owner.clock.next_step()
    assert (await owner.complete(await owner.challenge(), owner.code(steps))).ok


@pytest.mark.parametrize("steps", [-2, 2])
async def test_others_are_not(owner: Owner, steps: int) -> None:
    for _ in range(3):
        owner.clock.next_step()
    assert (await owner.complete(await owner.challenge(), owner.code(steps))).codes == ["UNAUTHENTICATED"]


async def test_a_code_is_good_once_and_with_it_those_before(owner: Owner) -> None:
    owner.clock.next_step()
    code, earlier = owner.code(), owner.code(-1)
    assert (await owner.complete(await owner.challenge(), code)).ok
    for used in (code, earlier):
        assert (await owner.complete(await owner.challenge(), used)).codes == ["UNAUTHENTICATED"]
    assert (await owner.complete(await owner.challenge(), owner.code(1))).ok


async def test_of_two_with_one_code_one_comes_in(owner: Owner, pg: asyncpg.Connection) -> None:
    challenges = [await owner.challenge() for _ in "123"]
    code = owner.code()
    answers = await asyncio.gather(*(owner.complete(each, code) for each in challenges))
    assert sorted(code for answer in answers for code in answer.codes) == ["UNAUTHENTICATED"] * 2
    assert await pg.fetchval(SESSIONS, owner.person.id) == 2


async def test_a_challenge_is_answered_once(owner: Owner) -> None:
    challenge = await owner.challenge()
    assert (await owner.complete(challenge, owner.code())).ok
    owner.clock.next_step()
    assert (await owner.complete(challenge, owner.code())).codes == ["UNAUTHENTICATED"]


async def test_a_challenge_is_good_for_five_minutes(owner: Owner, pg: asyncpg.Connection) -> None:
    challenge = await owner.challenge()
    left = await pg.fetchval("SELECT expires_at - now() FROM challenges")
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    await pg.execute("UPDATE challenges SET expires_at = now() - interval '1 second'")
    assert (await owner.complete(challenge, owner.code())).codes == ["UNAUTHENTICATED"]
    await owner.challenge()
    assert await pg.fetchval("SELECT count(*) FROM challenges") == 1  # the late one is gone


async def test_a_recovery_code_is_good_once_however_it_is_written(owner: Owner) -> None:
    first, second, *_ = owner.recovery_codes
    assert (await owner.complete(await owner.challenge(), first.upper().replace("-", " "))).ok
    assert (await owner.complete(await owner.challenge(), first)).codes == ["UNAUTHENTICATED"]
    assert (await owner.complete(await owner.challenge(), second)).ok
    assert (await owner.factors())["recoveryCodesLeft"] == 8


@pytest.mark.parametrize("code", ["", "000000", "1" * 1_000, "0" * 6 + "\n", "\u0661" * 6])
async def test_what_is_no_code_is_a_wrong_one(owner: Owner, code: str) -> None:
    refused = await owner.complete(await owner.challenge(), code)
    assert set(refused.codes) <= {"UNAUTHENTICATED", "BAD_REQUEST"}
    assert refused.data is None


async def test_guessing_is_slow_and_does_not_begin_anew_with_another_challenge(
    owner: Owner, pg: asyncpg.Connection
) -> None:
    for _ in range(FREE):
        assert (await owner.complete(await owner.challenge(), "000000")).codes == ["UNAUTHENTICATED"]
    late = await owner.complete(await owner.challenge(), owner.code())
    assert late.codes == ["RATE_LIMITED"]  # also the right one
    assert 25 <= late.errors[0]["extensions"]["retryAfter"] <= 30
    await pg.execute("UPDATE second_factor_failures SET last_at = last_at - interval '31 seconds'")
    assert (await owner.complete(await owner.challenge(), "000000")).codes == ["UNAUTHENTICATED"]
    later = await owner.complete(await owner.challenge(), owner.code())
    assert 55 <= later.errors[0]["extensions"]["retryAfter"] <= 60
    await pg.execute("UPDATE second_factor_failures SET failures = 40")
    assert 890 <= (await owner.complete(await owner.challenge(), "1")).errors[0]["extensions"]["retryAfter"] <= 900
    await pg.execute("UPDATE second_factor_failures SET last_at = last_at - interval '901 seconds'")
    assert (await owner.complete(await owner.challenge(), owner.code())).ok
    assert await pg.fetchval("SELECT count(*) FROM second_factor_failures") == 0


async def test_many_guesses_at_once_are_no_more_than_one_after_the_other(owner: Owner) -> None:
    challenge = await owner.challenge()
    answers = await asyncio.gather(*(owner.complete(challenge, f"{n:06}") for n in range(20)))
    codes = [code for answer in answers for code in answer.codes]
    assert (codes.count("UNAUTHENTICATED"), codes.count("RATE_LIMITED")) == (FREE, 20 - FREE)


async def test_an_operation_is_one_guess(owner: Owner, pg: asyncpg.Connection) -> None:
    given = {"challenge": await owner.challenge(), "code": "000000"}
    twice = COMPLETE.replace("{ completeLogin", "{ a: completeLogin(input: $input) { accessToken } b: completeLogin")
    refused = await owner.api.execute(twice, {"input": given})
    assert refused.codes == ["UNAUTHENTICATED"]
    assert await pg.fetchval("SELECT failures FROM second_factor_failures") == 1


async def test_it_is_the_first_of_its_operation(owner: Owner, pg: asyncpg.Connection) -> None:
    given = {"challenge": await owner.challenge(), "code": owner.code()}
    first = 'register(input: {email: "new@example.com", password: "a long password"}) { accessToken }'
    refused = await owner.api.execute(
        COMPLETE.replace("{ completeLogin", f"{{ {first} completeLogin"), {"input": given}
    )
    assert refused.codes == ["BAD_REQUEST"]
    assert await pg.fetchval("SELECT count(*) FROM users") == 1


async def test_a_password_that_was_changed_meanwhile_lets_nobody_in(owner: Owner, pg: asyncpg.Connection) -> None:
    challenge = await owner.challenge()
    await pg.execute("UPDATE users SET password_hash = 'another one' WHERE id = $1", owner.person.id)
    assert (await owner.complete(challenge, owner.code())).codes == ["UNAUTHENTICATED"]
    assert await pg.fetchval(SESSIONS, owner.person.id) == 1


async def test_who_may_not_sign_in_does_not_with_a_code(owner: Owner, pg: asyncpg.Connection) -> None:
    challenge = await owner.challenge()
    await pg.execute("UPDATE users SET is_active = false WHERE id = $1", owner.person.id)
    assert (await owner.complete(challenge, owner.code())).codes == ["UNAUTHENTICATED"]
    assert await pg.fetchval(SESSIONS, owner.person.id) == 1


async def test_an_old_hash_is_replaced_on_the_way(owner: Owner, services: Services, pg: asyncpg.Connection) -> None:
    before = await pg.fetchval("SELECT password_hash FROM users WHERE id = $1", owner.person.id)
    services.passwords = Passwords([Argon2id(memory_kib=16, passes=1)])
    assert (await owner.complete(await owner.challenge(), owner.code())).ok
    after = await pg.fetchval("SELECT password_hash FROM users WHERE id = $1", owner.person.id)
    assert "m=8," in before
    assert "m=16," in after


async def test_secrets_are_sealed_and_codes_hashed_where_they_are_kept(owner: Owner, pg: asyncpg.Connection) -> None:
    kept = await pg.fetchval("SELECT secret FROM authenticators")
    assert owner.secret.encode() not in kept
    hashes = {row["code_hash"] for row in await pg.fetch("SELECT code_hash FROM recovery_codes")}
    assert len(hashes) == 10
    assert all(len(hash) == 32 for hash in hashes)
