"""requestPasswordReset, resetPassword"""

import asyncio

import asyncpg
import pytest

from resolvers.services import Services
from tests.graph.accounts.documents import ME, login, make_key, refresh, with_key
from tests.graph.self_service.documents import (
    NEW_PASSWORD,
    ask_for_reset,
    open_link,
    registered,
    reset,
    reset_token,
    sign_in,
    verified,
    waiting_for_a_lock,
)
from tests.support.api import PASSWORD, Api
from tests.support.jobs import until_idle
from tests.support.mail import Postbox, html_of, text_of, token_in
from tests.support.waiting import eventually

ANSWER = {"requestPasswordReset": {"expiresIn": 3_600}}


async def test_the_link_in_the_mail_sets_a_new_password(api: Api, postbox: Postbox) -> None:
    ada, _ = await registered(api, postbox)

    assert (await ask_for_reset(api, "ADA@EXAMPLE.COM")).ok == ANSWER
    mail = await postbox.last(1)
    token = token_in(mail)

    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Choose a new password")
    for text in (text_of(mail), html_of(mail)):
        assert f"https://app.example.com/reset-password#token={token}" in text
        assert "within 1 hour" in text
    assert (await reset(api, token)).ok["resetPassword"]["user"]["id"] == str(ada.id)
    assert await sign_in(api, ada.email) == ["UNAUTHENTICATED"]
    assert await sign_in(api, ada.email, NEW_PASSWORD) == []


async def test_all_sessions_end_and_the_keys_of_a_confirmed_account_stay(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)
    other, key = await login(api, ada), await make_key(api, ada)

    assert (await reset(api, await reset_token(api, postbox, ada.email))).codes == []

    for person in (ada, other):
        assert (await api.execute(ME, as_=person)).codes == ["UNAUTHENTICATED"]
        assert (await refresh(api, person.refresh_token)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == []


async def test_who_made_an_account_of_a_foreign_address_is_shut_out(api: Api, postbox: Postbox) -> None:
    squatter, verification = await registered(api, postbox, "victim@example.com")
    key = await make_key(api, squatter)
    document = "mutation ($i: RequestEmailChangeInput!) { requestEmailChange(input: $i) { expiresIn } }"
    change = {"newEmail": "squatter@example.com", "password": PASSWORD}
    assert (await api.execute(document, {"i": change}, as_=squatter)).codes == []
    away = next(token_in(mail) for mail in await postbox.mails(2) if mail["To"] == "squatter@example.com")
    postbox.arrived.clear()

    answer = await reset(api, await reset_token(api, postbox, "victim@example.com"))

    assert answer.ok["resetPassword"]["user"]["isVerified"]
    assert (await api.execute(ME, as_=squatter)).codes == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == ["UNAUTHENTICATED"]
    assert (await open_link(api, "confirmEmailChange", away)).codes == ["NOT_FOUND"]
    assert (await open_link(api, "verifyEmail", verification)).codes == ["NOT_FOUND"]


async def test_a_notice_tells_of_it(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)

    await reset(api, await reset_token(api, postbox, ada.email))

    mail = await postbox.last(1)
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Your password was changed")


async def test_the_answer_is_the_same_whoever_has_the_address(
    api: Api, postbox: Postbox, services: Services, pg: asyncpg.Connection
) -> None:
    await registered(api, postbox)
    await registered(api, postbox, "inactive@example.com")
    await pg.execute("UPDATE users SET is_active = false WHERE email = 'inactive@example.com'")

    answers = [await ask_for_reset(api, f"{who}@example.com") for who in ("ada", "inactive", "nobody")]

    assert [answer.body["data"] for answer in answers] == [ANSWER] * 3
    assert {answer.status for answer in answers} == {200}
    assert {frozenset(answer.headers) for answer in answers} == {frozenset(answers[0].headers)}
    await until_idle(services.database)
    assert [mail["To"] for mail in postbox.arrived] == ["ada@example.com"]
    assert await pg.fetchval("SELECT count(*) FROM one_time_tokens WHERE purpose = 'reset_password'") == 1


async def test_the_answer_does_not_wait_for_what_depends_on_the_account(
    api: Api, postbox: Postbox, pg: asyncpg.Connection
) -> None:
    await registered(api, postbox)
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute("LOCK TABLE users, one_time_tokens")

    for who in ("ada", "nobody"):
        assert (await asyncio.wait_for(ask_for_reset(api, f"{who}@example.com"), 5)).ok == ANSWER

    assert postbox.arrived == []
    await transaction.rollback()
    await postbox.mails(1)


@pytest.mark.parametrize("email", ["", "nobody", "a@b\r\nBcc: eve@example.com", "x" * 10_000])
async def test_what_is_no_address_is_refused(email: str, api: Api) -> None:
    result = await ask_for_reset(api, email)

    assert (result.codes, result.errors[0]["extensions"]["field"]) == (["VALIDATION_ERROR"], "email")


async def test_the_mail_goes_to_the_address_that_is_stored(api: Api, postbox: Postbox, services: Services) -> None:
    await registered(api, postbox, "mike@example.com")

    await ask_for_reset(api, "MIKE@example.com")
    await ask_for_reset(api, "m\u0131ke@example.com")  # without its dot: in capitals the two look the same
    await ask_for_reset(api, "mike@\u1d49xample.com")  # NFKC makes an e of it: the same domain

    await until_idle(services.database)
    assert [mail["To"] for mail in postbox.arrived] == ["mike@example.com"] * 2


async def test_an_account_gets_so_many_mails_an_hour_and_nobody_is_told(
    api: Api, postbox: Postbox, services: Services
) -> None:
    ada, _ = await registered(api, postbox)

    for _ in range(8):
        assert (await ask_for_reset(api, ada.email)).ok == ANSWER
    await until_idle(services.database)

    assert len(postbox.arrived) == 4  # of five: one was for the address itself
    answers = [await reset(api, token_in(mail)) for mail in postbox.arrived]
    assert sorted(answer.codes for answer in answers) == [[], *[["NOT_FOUND"]] * 3]


async def test_a_password_that_is_refused_leaves_the_link_good(
    api: Api, postbox: Postbox, pg: asyncpg.Connection
) -> None:
    ada, _ = await registered(api, postbox)
    token = await reset_token(api, postbox, ada.email)
    before = await pg.fetchval("SELECT password_hash FROM users")

    for new in ("short", ada.email, "x" * 1025):
        result = await reset(api, token, new)
        assert (result.codes, result.errors[0]["extensions"]["field"]) == (["VALIDATION_ERROR"], "newPassword")
    assert await pg.fetchval("SELECT password_hash FROM users") == before
    assert (await reset(api, token)).codes == []


async def test_a_link_works_once_and_not_for_ever(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada, _ = await registered(api, postbox)
    token = await reset_token(api, postbox, ada.email)

    await pg.execute("UPDATE one_time_tokens SET expires_at = now() WHERE purpose = 'reset_password'")
    assert (await reset(api, token)).codes == ["NOT_FOUND"]
    await pg.execute("UPDATE one_time_tokens SET expires_at = now() + interval '1 minute'")
    assert (await reset(api, token)).codes == []
    assert (await reset(api, token, "yet another password")).codes == ["NOT_FOUND"]
    assert await sign_in(api, ada.email, NEW_PASSWORD) == []


async def test_of_two_who_use_a_link_at_once_one_does(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada, _ = await registered(api, postbox)
    token = await reset_token(api, postbox, ada.email)
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute("SELECT FROM users FOR UPDATE")
    both = asyncio.gather(reset(api, token, "the first password"), reset(api, token, "the second password"))
    await eventually(lambda: waiting_for_a_lock(pg, 2))
    await transaction.rollback()

    results = await both

    assert sorted(result.codes for result in results) == [[], ["NOT_FOUND"]]
    won = "the first password" if not results[0].codes else "the second password"
    assert await sign_in(api, ada.email, won) == []


async def test_the_link_of_an_account_that_was_deactivated_opens_nothing(
    api: Api, postbox: Postbox, pg: asyncpg.Connection
) -> None:
    ada, _ = await registered(api, postbox)
    token = await reset_token(api, postbox, ada.email)
    await pg.execute("UPDATE users SET is_active = false")

    assert (await reset(api, token)).codes == ["NOT_FOUND"]


async def test_changing_the_password_ends_links_that_were_mailed(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)
    token = await reset_token(api, postbox, ada.email)
    document = "mutation ($i: ChangePasswordInput!) { changePassword(input: $i) { user { id } } }"
    passwords = {"currentPassword": PASSWORD, "newPassword": "changed by its owner"}

    assert (await api.execute(document, {"i": passwords}, as_=ada)).codes == []

    assert (await reset(api, token)).codes == ["NOT_FOUND"]
    assert (await postbox.last(1))["Subject"] == "Your password was changed"


async def test_who_knows_the_old_password_does_not_win_against_the_mailbox(
    api: Api, postbox: Postbox, pg: asyncpg.Connection
) -> None:
    ada = await verified(api, postbox)
    token = await reset_token(api, postbox, ada.email)
    document = "mutation ($i: ChangePasswordInput!) { changePassword(input: $i) { user { id } } }"
    passwords = {"currentPassword": PASSWORD, "newPassword": "of whoever knows the old"}
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute("SELECT FROM users FOR UPDATE")  # both have verified what they need, and wait for the account
    by_mail = asyncio.create_task(reset(api, token))
    await eventually(lambda: waiting_for_a_lock(pg, 1))
    by_password = asyncio.create_task(api.execute(document, {"i": passwords}, as_=ada))
    await eventually(lambda: waiting_for_a_lock(pg, 2))
    await transaction.rollback()

    assert (await by_mail).codes == []
    assert (await by_password).codes == ["UNAUTHENTICATED"]
    assert await sign_in(api, ada.email, NEW_PASSWORD) == []
