"""From headers to the viewer."""

import pytest
import structlog

from adapters.database import Database
from domain.errors import BadRequest, Unauthenticated
from resolvers.authentication import Credentials, authenticate
from resolvers.context import Client
from resolvers.services import Services
from tests.support.accounts import add_api_key, add_session, add_user

CLIENT = Client("request-1", "192.0.2.7")
SCHEME = "The Authorization header must be 'Bearer <access token>'."


async def test_no_credentials_are_an_anonymous_caller(services: Services) -> None:
    assert await authenticate(services, Credentials(), CLIENT) is None


@pytest.mark.parametrize("scheme", ["Bearer {}", "bearer {}", "BEARER   {}", "Bearer {} "])
async def test_the_scheme_is_read_without_case_and_spaces(scheme: str, services: Services, database: Database) -> None:
    user = await add_user(database)
    session = await add_session(database, user)
    header = scheme.format(services.tokens.issue(user, session).text)

    viewer = await authenticate(services, Credentials(authorization=header), CLIENT)

    assert viewer is not None
    assert (viewer.user_id, viewer.session_id) == (user, session)


async def test_an_api_key_signs_in(services: Services, database: Database) -> None:
    user = await add_user(database)
    secret = await add_api_key(database, user)

    viewer = await authenticate(services, Credentials(api_key=secret), CLIENT)

    assert viewer is not None
    assert viewer.user_id == user


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("", SCHEME),
        ("Basic YWRhOnNlY3JldA==", SCHEME),
        ("eyJhbGciOiJIUzI1NiJ9.e30.x", SCHEME),
        ("Bearer", "The access token is not valid; sign in again."),
        ("Bearer x", "The access token is not valid; sign in again."),
        ("Bearer tg_1f0c9a7e_x", "This is an API key and no access token: send it as 'X-API-Key: <secret>'."),
    ],
)
async def test_other_headers_are_refused(header: str, message: str, services: Services) -> None:
    with pytest.raises(Unauthenticated) as caught:
        await authenticate(services, Credentials(authorization=header), CLIENT)

    assert caught.value.message == message


async def test_both_credentials_at_once_are_refused(services: Services, database: Database) -> None:
    user = await add_user(database)
    token = services.tokens.issue(user, await add_session(database, user)).text
    both = Credentials(f"Bearer {token}", await add_api_key(database, user))

    with pytest.raises(BadRequest, match="not both"):
        await authenticate(services, both, CLIENT)


async def test_a_refusal_is_logged_without_the_secret(services: Services) -> None:
    secret = "tg_00000000_" + "s" * 43

    with structlog.testing.capture_logs() as logs, pytest.raises(Unauthenticated):
        await authenticate(services, Credentials(api_key=secret), CLIENT)

    [line] = logs
    assert (line["event"], line["request_id"], line["ip_address"]) == ("credentials refused", "request-1", "192.0.2.7")
    assert secret not in str(line)


def test_credentials_do_not_show_themselves() -> None:
    assert repr(Credentials("Bearer token", "key")) == "Credentials(…)"
