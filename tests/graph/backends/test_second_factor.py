"""login by a directory, of somebody who has an app."""

import asyncpg
import pyotp

from tests.graph.backends.conftest import counts, sign_in, user_of
from tests.graph.second_factor.conftest import COMPLETE, CONFIRM, ENROL
from tests.support.api import PASSWORD, Api, Person
from tests.support.slapd import ADA_PASSWORD

TWICE = """
mutation ($input: LoginInput!) {
  first: login(input: $input) { user { id } }
  second: login(input: $input) { user { id } }
}
"""


async def with_an_app(api: Api, pg: asyncpg.Connection) -> tuple[Person, str]:
    """A user whose address is verified and whose app is confirmed, and one of the recovery codes."""
    person = await api.register("ada@example.com")
    await pg.execute("UPDATE users SET is_verified = true")
    made = (await api.execute(ENROL, {"input": {"password": PASSWORD}}, as_=person)).ok["enrolAuthenticator"]
    confirmed = await api.execute(CONFIRM, {"input": {"code": pyotp.TOTP(made["secret"]).now()}}, as_=person)
    return person, confirmed.ok["confirmAuthenticator"]["recoveryCodes"][0]


async def test_a_code_is_asked_for_and_the_account_is_linked_before_it(api: Api, pg: asyncpg.Connection) -> None:
    await with_an_app(api, pg)

    asked = await sign_in(api)

    assert asked.codes == ["SECOND_FACTOR_REQUIRED"]
    assert await counts(pg) == (1, 1, 1)
    await pg.execute("UPDATE users SET email = 'other@example.com'")
    assert (await sign_in(api)).codes == ["SECOND_FACTOR_REQUIRED"]
    assert await counts(pg) == (1, 1, 1)


async def test_the_code_completes_it(api: Api, pg: asyncpg.Connection) -> None:
    ada, code = await with_an_app(api, pg)
    challenge = (await sign_in(api)).errors[0]["extensions"]["challenge"]

    wrong = await api.execute(COMPLETE, {"input": {"challenge": challenge, "code": "000000"}})
    right = await api.execute(COMPLETE, {"input": {"challenge": challenge, "code": code}})

    assert wrong.codes == ["UNAUTHENTICATED"]
    assert right.ok["completeLogin"]["user"]["id"] == str(ada.id)
    assert await counts(pg) == (1, 1, 2)


async def test_somebody_of_a_directory_signs_in_at_the_beginning_of_an_operation(
    api: Api, pg: asyncpg.Connection
) -> None:
    await user_of(api)

    refused = await api.execute(TWICE, {"input": {"email": "ada", "password": ADA_PASSWORD}})

    assert refused.codes == ["BAD_REQUEST"]
    assert await counts(pg) == (1, 1, 1)
