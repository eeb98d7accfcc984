"""The setting `require_verified_email`"""

from dataclasses import replace

import asyncpg
import pytest

from resolvers.accounts import create_superuser
from resolvers.services import Services
from tests.graph.accounts.documents import ME, make_key, with_key
from tests.graph.self_service.documents import (
    REQUEST_VERIFICATION,
    open_link,
    registered,
    reset,
    reset_token,
    sign_in,
)
from tests.support.api import PASSWORD, Api
from tests.support.mail import Postbox, token_in


@pytest.fixture
async def strict(services: Services) -> Services:
    """The server, once it asks for confirmed addresses."""
    services.account_rules = replace(services.account_rules, require_verified_email=True)
    return services


async def test_sign_in_waits_for_the_address_to_be_confirmed(
    api: Api, postbox: Postbox, strict: Services, pg: asyncpg.Connection
) -> None:
    ada, token = await registered(api, postbox)

    assert await sign_in(api, ada.email) == ["EMAIL_NOT_VERIFIED"]
    assert await sign_in(api, ada.email, "wrong password") == ["UNAUTHENTICATED"]
    assert await pg.fetchval("SELECT count(*) FROM sessions") == 1
    assert (await open_link(api, "verifyEmail", token)).codes == []
    assert await sign_in(api, ada.email) == []


async def test_the_tokens_of_registration_are_good_from_then_on(api: Api, postbox: Postbox, strict: Services) -> None:
    ada, token = await registered(api, postbox)

    refused = await api.execute(ME, as_=ada)
    assert (refused.codes, refused.status) == (["EMAIL_NOT_VERIFIED"], 403)
    assert (await open_link(api, "verifyEmail", token)).codes == []
    assert (await api.execute(ME, as_=ada)).ok["me"]["id"] == str(ada.id)


async def test_keys_that_were_made_before_wait_too(api: Api, postbox: Postbox, services: Services) -> None:
    ada, token = await registered(api, postbox)
    key = await make_key(api, ada)
    services.account_rules = replace(services.account_rules, require_verified_email=True)
    services.authenticator.forget()

    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == ["EMAIL_NOT_VERIFIED"]
    assert (await open_link(api, "verifyEmail", token)).codes == []
    assert (await api.execute(ME, headers=with_key(key["secret"]))).codes == []


async def test_the_link_is_sent_again_to_who_cannot_sign_in(api: Api, postbox: Postbox, strict: Services) -> None:
    ada, _ = await registered(api, postbox)

    assert (await api.execute(REQUEST_VERIFICATION, {"i": {"email": ada.email}})).codes == []
    assert (await open_link(api, "verifyEmail", token_in(await postbox.last(1)))).codes == []

    assert await sign_in(api, ada.email) == []


async def test_a_new_password_by_mail_confirms_the_address(api: Api, postbox: Postbox, strict: Services) -> None:
    ada, _ = await registered(api, postbox)

    assert (await reset(api, await reset_token(api, postbox, ada.email), "another long one")).codes == []

    assert await sign_in(api, ada.email, "another long one") == []


async def test_a_superuser_of_the_command_line_is_confirmed(api: Api, strict: Services) -> None:
    await create_superuser(strict, "root@example.com", PASSWORD)

    assert await sign_in(api, "root@example.com") == []


async def test_by_default_nobody_waits(api: Api, postbox: Postbox) -> None:
    ada, _ = await registered(api, postbox)

    assert await sign_in(api, ada.email) == []
