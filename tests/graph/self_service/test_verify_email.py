"""requestEmailVerification, verifyEmail"""

import asyncio

import asyncpg
import pytest

from resolvers.services import Services
from tests.graph.self_service.documents import (
    REQUEST_VERIFICATION,
    open_link,
    registered,
    reset_token,
    verified,
    waiting_for_a_lock,
)
from tests.support.api import Api, Person
from tests.support.jobs import until_idle
from tests.support.mail import Postbox, html_of, text_of, token_in
from tests.support.waiting import eventually

ME = "{ me { isVerified } }"


async def is_verified(api: Api, person: Person) -> bool:
    """Whether the address of a person is confirmed."""
    result: bool = (await api.execute(ME, as_=person)).ok["me"]["isVerified"]
    return result


async def test_registering_mails_a_link_that_confirms_the_address(api: Api, postbox: Postbox) -> None:
    ada = await api.register("ada@example.com")
    mail = await postbox.last(1)
    token = token_in(mail)

    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Confirm your e-mail address")
    assert f"https://app.example.com/verify-email#token={token}" in text_of(mail)
    assert f'href="https://app.example.com/verify-email#token={token}"' in html_of(mail)
    assert "within 1 day" in text_of(mail)
    assert not await is_verified(api, ada)
    assert (await open_link(api, "verifyEmail", token)).ok["verifyEmail"]["user"] == {
        "id": str(ada.id),
        "email": "ada@example.com",
        "isVerified": True,
        "isActive": True,
    }
    assert await is_verified(api, ada)


async def test_no_link_follows_the_host_header(api: Api, postbox: Postbox) -> None:
    document = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }"
    input = {"email": "ada@example.com", "password": "a long password of mine"}
    headers = {"Host": "localhost", "X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}

    assert (await api.execute(document, {"input": input}, headers=headers)).codes == []

    mail = await postbox.last(1)
    assert "evil" not in text_of(mail) + html_of(mail)
    assert "localhost" not in text_of(mail) + html_of(mail)


async def test_a_name_that_anybody_can_choose_is_not_mailed_to_others(api: Api, postbox: Postbox) -> None:
    document = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }"
    name = "You have won, see https://evil.example"
    input = {"email": "ada@example.com", "password": "a long password of mine", "name": name}

    assert (await api.execute(document, {"input": input})).codes == []

    assert "evil" not in text_of(await postbox.last(1))


async def test_a_link_works_once(api: Api, postbox: Postbox) -> None:
    _, token = await registered(api, postbox)

    assert (await open_link(api, "verifyEmail", token)).codes == []
    assert (await open_link(api, "verifyEmail", token)).codes == ["NOT_FOUND"]


async def test_of_two_who_open_a_link_at_once_one_does(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    _, token = await registered(api, postbox)
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute("SELECT FROM users FOR UPDATE")  # both find the token good, and wait for the account

    both = asyncio.gather(*(open_link(api, "verifyEmail", token) for _ in range(2)))
    await eventually(lambda: waiting_for_a_lock(pg, 2))
    await transaction.rollback()

    assert sorted(result.codes for result in await both) == [[], ["NOT_FOUND"]]


async def test_an_operation_that_fails_leaves_the_link_good(api: Api, postbox: Postbox) -> None:
    ada, token = await registered(api, postbox)
    document = """
        mutation ($a: VerifyEmailInput!, $b: VerifyEmailInput!) {
          a: verifyEmail(input: $a) { user { id } }
          b: verifyEmail(input: $b) { user { id } }
        }
    """

    assert (await api.execute(document, {"a": {"token": token}, "b": {"token": "x"}})).codes == ["NOT_FOUND"]

    assert not await is_verified(api, ada)
    assert (await open_link(api, "verifyEmail", token)).codes == []


@pytest.mark.parametrize("token", ["", "x", "A" * 43, "A" * 100_000, "ä" * 43, "'; DROP TABLE users; --"])
async def test_what_is_no_token_opens_nothing(token: str, api: Api, postbox: Postbox) -> None:
    ada, _ = await registered(api, postbox)

    result = await open_link(api, "verifyEmail", token)

    assert (result.codes, result.data) == (["NOT_FOUND"], None)
    assert not await is_verified(api, ada)


async def test_a_link_for_one_thing_opens_no_other(api: Api, postbox: Postbox) -> None:
    ada, verification = await registered(api, postbox)
    for_reset = await reset_token(api, postbox, ada.email)

    assert (await open_link(api, "verifyEmail", for_reset)).codes == ["NOT_FOUND"]
    assert (await open_link(api, "confirmEmailChange", verification)).codes == ["NOT_FOUND"]
    assert (await open_link(api, "reactivateMe", verification)).codes == ["NOT_FOUND"]
    assert not await is_verified(api, ada)


async def test_a_link_expires(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada, token = await registered(api, postbox)
    await pg.execute("UPDATE one_time_tokens SET expires_at = now()")

    assert (await open_link(api, "verifyEmail", token)).codes == ["NOT_FOUND"]
    assert not await is_verified(api, ada)


async def test_a_newer_link_ends_the_older_one(api: Api, postbox: Postbox) -> None:
    ada, old = await registered(api, postbox)

    assert (await api.execute(REQUEST_VERIFICATION, as_=ada)).ok == {"requestEmailVerification": {"expiresIn": 86_400}}
    new = token_in(await postbox.last(1))

    assert (await open_link(api, "verifyEmail", old)).codes == ["NOT_FOUND"]
    assert (await open_link(api, "verifyEmail", new)).codes == []


async def test_tokens_are_not_stored(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    _, token = await registered(api, postbox)

    stored = [dict(row) for row in await pg.fetch("SELECT * FROM one_time_tokens")]
    assert len(stored) == 1
    assert len(stored[0]["token_hash"]) == 32
    assert token not in str(stored)


async def test_an_address_can_ask_without_a_session(api: Api, postbox: Postbox) -> None:
    ada, _ = await registered(api, postbox)

    result = await api.execute(REQUEST_VERIFICATION, {"i": {"email": "ADA@example.com"}})

    assert result.ok == {"requestEmailVerification": {"expiresIn": 86_400}}
    mail = await postbox.last(1)
    assert mail["To"] == "ada@example.com"
    assert (await open_link(api, "verifyEmail", token_in(mail))).codes == []
    assert await is_verified(api, ada)


async def test_an_address_gets_the_same_answer_whoever_has_it(
    api: Api, postbox: Postbox, services: Services, pg: asyncpg.Connection
) -> None:
    await verified(api, postbox, "verified@example.com")
    await registered(api, postbox, "inactive@example.com")
    await pg.execute("UPDATE users SET is_active = false WHERE email = 'inactive@example.com'")

    for email in ("verified@example.com", "inactive@example.com", "nobody@example.com"):
        result = await api.execute(REQUEST_VERIFICATION, {"i": {"email": email}})
        assert result.ok == {"requestEmailVerification": {"expiresIn": 86_400}}
    await until_idle(services.database)
    assert postbox.arrived == []


async def test_who_is_confirmed_is_told_so(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)

    assert (await api.execute(REQUEST_VERIFICATION, as_=ada)).codes == ["CONFLICT"]


async def test_an_account_gets_so_many_mails_an_hour(
    api: Api, postbox: Postbox, services: Services, pg: asyncpg.Connection
) -> None:
    ada, _ = await registered(api, postbox)
    for _ in range(4):
        assert (await api.execute(REQUEST_VERIFICATION, as_=ada)).codes == []

    refused = await api.execute(REQUEST_VERIFICATION, as_=ada)

    assert (refused.codes, refused.data) == (["RATE_LIMITED"], None)
    assert 3_590 <= refused.errors[0]["extensions"]["retryAfter"] <= 3_600
    assert (await api.execute(REQUEST_VERIFICATION, {"i": {"email": ada.email}})).codes == []  # and sends nothing
    await until_idle(services.database)
    assert len(await postbox.mails(4)) == 4
    await pg.execute("UPDATE one_time_tokens SET created_at = created_at - interval '1 hour'")
    assert (await api.execute(REQUEST_VERIFICATION, as_=ada)).codes == []
    assert await pg.fetchval("SELECT count(*) FROM one_time_tokens") == 2  # what was over is cleared away


async def test_the_answer_does_not_wait_for_what_depends_on_the_account(
    api: Api, postbox: Postbox, services: Services, pg: asyncpg.Connection
) -> None:
    ada, _ = await registered(api, postbox)
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute("LOCK TABLE users")  # nobody can even look whether there is an account

    result = await asyncio.wait_for(api.execute(REQUEST_VERIFICATION, {"i": {"email": ada.email}}), 5)

    assert result.codes == []
    assert postbox.arrived == []
    await transaction.rollback()
    await postbox.mails(1)
