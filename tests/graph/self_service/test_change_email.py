"""requestEmailChange, confirmEmailChange"""

from typing import Any

import asyncpg
import pytest

from tests.graph.accounts.documents import ME
from tests.graph.self_service.documents import (
    REQUEST_CHANGE,
    open_link,
    registered,
    reset,
    reset_token,
    sign_in,
    verified,
)
from tests.support.api import PASSWORD, Api, Person, Result
from tests.support.mail import Postbox, text_of, token_in


async def ask(api: Api, person: Person, email: str = "new@example.com", password: str = PASSWORD) -> Result:
    """The answer when a person asks for another address."""
    return await api.execute(REQUEST_CHANGE, {"input": {"newEmail": email, "password": password}}, as_=person)


async def mails_of(postbox: Postbox, count: int) -> dict[str, Any]:
    """The mails that have come, by whom they are to; taken out of the box."""
    found = {mail["To"]: mail for mail in await postbox.mails(count)}
    postbox.arrived.clear()
    return found


async def test_the_address_changes_once_the_link_is_opened(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)

    assert (await ask(api, ada, " New@Example.com ")).ok == {"requestEmailChange": {"expiresIn": 3_600}}
    mails = await mails_of(postbox, 2)
    assert mails["New@example.com"]["Subject"] == "Confirm your new e-mail address"
    assert mails["ada@example.com"]["Subject"] == "Your e-mail address is about to change"
    assert "changed to New@example.com" in text_of(mails["ada@example.com"])
    assert "#token=" not in text_of(mails["ada@example.com"])
    assert (await api.execute(ME, as_=ada)).ok["me"]["email"] == "ada@example.com"

    answer = await open_link(api, "confirmEmailChange", token_in(mails["New@example.com"]))

    assert answer.ok["confirmEmailChange"]["user"]["email"] == "New@example.com"
    assert answer.ok["confirmEmailChange"]["user"]["isVerified"]
    notice = (await mails_of(postbox, 1))["ada@example.com"]
    assert notice["Subject"] == "Your e-mail address was changed"
    assert await sign_in(api, "new@example.com") == []
    assert await sign_in(api, "ada@example.com") == ["UNAUTHENTICATED"]
    assert (await api.execute(ME, as_=ada)).codes == []


async def test_the_password_is_asked_for(api: Api, postbox: Postbox, pg: asyncpg.Connection) -> None:
    ada = await verified(api, postbox)

    result = await ask(api, ada, password="wrong password")

    assert (result.codes, result.errors[0]["extensions"]["field"]) == (["VALIDATION_ERROR"], "password")
    assert await pg.fetchval("SELECT count(*) FROM one_time_tokens WHERE purpose = 'change_email'") == 0
    assert postbox.arrived == []


@pytest.mark.parametrize("email", ["ada@example.com", "nobody", "new@example.com\r\nBcc: eve@example.com"])
async def test_another_address_is_another_address(email: str, api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)

    result = await ask(api, ada, email)

    assert (result.codes, result.errors[0]["extensions"]["field"]) == (["VALIDATION_ERROR"], "newEmail")
    assert postbox.arrived == []


async def test_an_address_may_change_its_case(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)
    assert (await ask(api, ada, "Ada@example.com")).codes == []
    token = token_in((await mails_of(postbox, 2))["Ada@example.com"])

    assert (await open_link(api, "confirmEmailChange", token)).ok["confirmEmailChange"]["user"]["email"] == (
        "Ada@example.com"
    )


async def test_only_who_has_the_mailbox_learns_that_it_has_an_account(api: Api, postbox: Postbox) -> None:
    ada, bob = await verified(api, postbox), await verified(api, postbox, "bob@example.com")

    for email in (bob.email, "nobody@example.com"):
        assert (await ask(api, ada, email)).ok == {"requestEmailChange": {"expiresIn": 3_600}}
    mails = await postbox.mails(4)
    token = next(token_in(mail) for mail in mails if mail["To"] == bob.email)

    assert (await open_link(api, "confirmEmailChange", token)).codes == ["NOT_FOUND"]  # the later one counts
    assert (await ask(api, ada, bob.email)).codes == []
    token = next(token_in(mail) for mail in reversed(await postbox.mails(6)) if mail["To"] == bob.email)
    result = await open_link(api, "confirmEmailChange", token)
    assert (result.codes, result.data) == (["DUPLICATE_VALUE"], None)
    assert (await api.execute(ME, as_=ada)).ok["me"]["email"] == "ada@example.com"
    assert (await api.execute(ME, as_=bob)).ok["me"]["email"] == "bob@example.com"


async def test_links_to_the_old_mailbox_open_nothing_afterwards(api: Api, postbox: Postbox) -> None:
    ada, verification = await registered(api, postbox)
    for_reset = await reset_token(api, postbox, ada.email)
    assert (await ask(api, ada)).codes == []
    token = token_in((await mails_of(postbox, 2))["new@example.com"])

    assert (await open_link(api, "confirmEmailChange", token)).codes == []

    assert (await reset(api, for_reset)).codes == ["NOT_FOUND"]
    assert (await open_link(api, "verifyEmail", verification)).codes == ["NOT_FOUND"]
    assert (await open_link(api, "confirmEmailChange", token)).codes == ["NOT_FOUND"]


async def test_nobody_has_mails_sent_to_others_without_end(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)
    for n in range(4):
        assert (await ask(api, ada, f"victim{n}@example.com")).codes == []

    result = await ask(api, ada, "victim@example.com")

    assert (result.codes, result.data) == (["RATE_LIMITED"], None)
    assert len(await postbox.mails(8)) == 8


async def test_a_name_beyond_ascii_greets_its_holder(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)
    name = "Ada Øverland 愛 <b>&"
    document = "mutation ($i: UpdateMeInput!) { updateMe(input: $i) { user { id } } }"
    assert (await api.execute(document, {"i": {"name": name}}, as_=ada)).codes == []

    assert (await ask(api, ada)).codes == []

    mails = await mails_of(postbox, 2)
    assert f"Hello {name},\n" in text_of(mails["ada@example.com"])
    assert "愛" not in text_of(mails["new@example.com"])
    html = mails["ada@example.com"].get_body(("html",)).get_content()
    assert "Hello Ada Øverland 愛 &lt;b&gt;&amp;," in html
