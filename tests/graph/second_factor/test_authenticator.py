"""Setting an app up, replacing recovery codes, and taking the app away."""

from urllib.parse import parse_qs, unquote, urlsplit

import asyncpg
import pyotp

from tests.graph.second_factor.conftest import CONFIRM, ENROL, REMOVE, RENEW, Clock, Owner
from tests.support.api import Api

COUNTS = "SELECT (SELECT count(*) FROM authenticators), (SELECT count(*) FROM recovery_codes)"


async def test_an_app_counts_once_it_was_confirmed(api: Api, clock: Clock, pg: asyncpg.Connection) -> None:
    person = await api.register("ada@example.com")
    made = (await api.execute(ENROL, {"input": {"password": person.password}}, as_=person)).ok["enrolAuthenticator"]
    uri = urlsplit(made["uri"])
    assert (uri.scheme, uri.netloc, unquote(uri.path)) == ("otpauth", "totp", "/Tablegraph:ada@example.com")
    assert parse_qs(uri.query) == {"secret": [made["secret"]], "issuer": ["Tablegraph"]}
    owner = Owner(api, clock, person, made["secret"], [])
    assert (await owner.log_in()).ok
    assert (await owner.factors())["appSince"] is None

    wrong = await owner.ask(CONFIRM, code=owner.code(5))
    assert wrong.codes == ["VALIDATION_ERROR"]
    assert tuple(await pg.fetchrow(COUNTS)) == (1, 0)
    codes = (await owner.ask(CONFIRM, code=owner.code())).ok["confirmAuthenticator"]["recoveryCodes"]
    assert (len(set(codes)), {len(code) for code in codes}) == (10, {19})
    assert (await owner.log_in()).codes == ["SECOND_FACTOR_REQUIRED"]
    factors = await owner.factors()
    assert (factors["appSince"] is not None, factors["recoveryCodesLeft"]) == (True, 10)


async def test_the_password_is_asked_for(api: Api, pg: asyncpg.Connection) -> None:
    person = await api.register()
    for password in (None, "", "not the password"):
        refused = await api.execute(ENROL, {"input": {"password": password}}, as_=person)
        assert refused.codes == ["VALIDATION_ERROR"]
    assert tuple(await pg.fetchrow(COUNTS)) == (0, 0)


async def test_who_has_no_password_needs_none(api: Api, pg: asyncpg.Connection) -> None:
    person = await api.register()
    await pg.execute("UPDATE users SET password_hash = NULL")
    assert (await api.execute(ENROL, {"input": {}}, as_=person)).ok


async def test_one_that_was_not_confirmed_is_replaced(api: Api, clock: Clock) -> None:
    person = await api.register()
    given = {"input": {"password": person.password}}
    first, second = [(await api.execute(ENROL, given, as_=person)).ok["enrolAuthenticator"]["secret"] for _ in "12"]
    old = {"input": {"code": pyotp.TOTP(first).at(int(clock.now))}}
    assert (await api.execute(CONFIRM, old, as_=person)).codes == ["VALIDATION_ERROR"]
    new = {"input": {"code": pyotp.TOTP(second).at(int(clock.now))}}
    assert (await api.execute(CONFIRM, new, as_=person)).ok


async def test_one_that_was_confirmed_is_not(owner: Owner) -> None:
    assert (await owner.ask(ENROL, password=owner.person.password)).codes == ["CONFLICT"]
    assert (await owner.complete(await owner.challenge(), owner.code())).ok


async def test_recovery_codes_are_replaced_by_a_code(owner: Owner) -> None:
    assert (await owner.ask(RENEW, code="000000")).codes == ["UNAUTHENTICATED"]
    assert (await owner.factors())["recoveryCodesLeft"] == 10
    renewed = (await owner.ask(RENEW, code=owner.code())).ok["renewRecoveryCodes"]["recoveryCodes"]
    assert set(renewed).isdisjoint(owner.recovery_codes)
    assert (await owner.complete(await owner.challenge(), owner.recovery_codes[0])).codes == ["UNAUTHENTICATED"]
    assert (await owner.complete(await owner.challenge(), renewed[0])).ok


async def test_the_app_is_taken_away_by_a_code(owner: Owner, pg: asyncpg.Connection) -> None:
    assert (await owner.ask(REMOVE, code="000000")).codes == ["UNAUTHENTICATED"]
    assert (await owner.log_in()).codes == ["SECOND_FACTOR_REQUIRED"]
    assert (await owner.ask(REMOVE, code=owner.recovery_codes[3])).ok
    assert tuple(await pg.fetchrow(COUNTS)) == (0, 0)
    assert (await owner.log_in()).ok
    assert (await owner.ask(REMOVE, code=owner.code())).codes == ["BAD_REQUEST"]


async def test_who_finds_an_open_session_cannot_guess_without_end(owner: Owner) -> None:
    codes = [(await owner.ask(REMOVE, code=f"{n:06}")).codes for n in range(7)]
    assert codes == [["UNAUTHENTICATED"]] * 5 + [["RATE_LIMITED"]] * 2
    assert (await owner.factors())["appSince"] is not None
