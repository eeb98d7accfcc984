"""Every token of a mail is good once, whatever it opened; and nothing that is stolen outlives a new password."""

import pytest

from tests.graph.self_service.documents import (
    DEACTIVATE,
    NEW_PASSWORD,
    REQUEST_CHANGE,
    open_link,
    reset,
    reset_token,
    sign_in,
    verified,
)
from tests.support.api import PASSWORD, Api, Person
from tests.support.jobs import until_idle
from tests.support.mail import Postbox, token_in

FOUND = {
    "confirmEmailChange": (REQUEST_CHANGE, {"newEmail": "new@example.com"}),
    "reactivateMe": (DEACTIVATE, {}),
}


async def mailed(api: Api, postbox: Postbox, ada: Person, field: str) -> str:
    """The token of the link that is sent for a mutation."""
    document, given = FOUND[field]
    postbox.arrived.clear()
    assert (await api.execute(document, {"input": {"password": PASSWORD, **given}}, as_=ada)).codes == []
    await until_idle(api.services.database)
    return next(token_in(mail) for mail in postbox.arrived if "#token=" in mail.as_string())


@pytest.mark.parametrize("field", FOUND)
async def test_a_token_is_good_once(api: Api, postbox: Postbox, field: str) -> None:
    ada = await verified(api, postbox)
    token = await mailed(api, postbox, ada, field)

    assert (await open_link(api, field, token)).codes == []
    assert (await open_link(api, field, token)).codes == ["NOT_FOUND"]
    assert await sign_in(api, "new@example.com" if field == "confirmEmailChange" else ada.email) == []


async def test_a_stolen_refresh_token_ends_with_a_new_password_by_mail(api: Api, postbox: Postbox) -> None:
    ada = await verified(api, postbox)
    token = await reset_token(api, postbox, ada.email)

    assert (await reset(api, token)).codes == []

    document = "mutation ($i: RefreshTokensInput!) { refreshTokens(input: $i) { accessToken } }"
    stolen = await api.execute(document, {"i": {"refreshToken": ada.refresh_token}})
    assert stolen.codes == ["UNAUTHENTICATED"]
    assert (await api.execute("{ me { id } }", as_=ada)).codes == ["UNAUTHENTICATED"]
    assert await sign_in(api, ada.email, NEW_PASSWORD) == []
