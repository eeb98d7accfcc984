"""Documents that several tests of looking after one's account run, and ways to run them."""

from typing import Any

import asyncpg

from tests.support.api import PASSWORD, Api, Person, Result
from tests.support.mail import Postbox, token_in

NEW_PASSWORD = "another long password"
USER = "{ me { id email name isVerified isActive } }"
LOGIN = "mutation ($input: LoginInput!) { login(input: $input) { user { id } } }"


def mutation(field: str, selection: str) -> str:
    """The document of a mutation whose one argument is `$input`."""
    return f"mutation ($input: {field[0].upper()}{field[1:]}Input!) {{ {field}(input: $input) {{ {selection} }} }}"


LINKED = "user { id email isVerified isActive }"
REQUEST_VERIFICATION = (
    "mutation ($i: RequestEmailVerificationInput) { requestEmailVerification(input: $i) { expiresIn } }"
)
REQUEST_RESET = mutation("requestPasswordReset", "expiresIn")
REQUEST_CHANGE = mutation("requestEmailChange", "expiresIn")
DEACTIVATE = mutation("deactivateMe", "deactivatedId reactivatableUntil")
DELETE = mutation("deleteMe", "deletedId")


async def open_link(api: Api, field: str, token: str, **more: Any) -> Result:
    """The answer to a mutation that takes a token, sent by nobody in particular."""
    return await api.execute(mutation(field, LINKED), {"input": {"token": token, **more}})


async def reset(api: Api, token: str, password: str = NEW_PASSWORD) -> Result:
    """The answer when somebody chooses a new password with a token."""
    return await open_link(api, "resetPassword", token, newPassword=password)


async def ask_for_reset(api: Api, email: str) -> Result:
    """The answer when somebody has forgotten the password of an address."""
    return await api.execute(REQUEST_RESET, {"input": {"email": email}})


async def registered(api: Api, postbox: Postbox, email: str = "ada@example.com") -> tuple[Person, str]:
    """A new user, and the token of the mail that came of it, which is taken out of the box."""
    person = await api.register(email)
    token = token_in(await postbox.last(1))
    postbox.arrived.clear()
    return person, token


async def verified(api: Api, postbox: Postbox, email: str = "ada@example.com") -> Person:
    """A new user whose address is confirmed."""
    person, token = await registered(api, postbox, email)
    assert (await open_link(api, "verifyEmail", token)).codes == []
    return person


async def reset_token(api: Api, postbox: Postbox, email: str) -> str:
    """The token of a mail with which a new password can be chosen; the mail is taken out of the box."""
    assert (await ask_for_reset(api, email)).codes == []
    token = token_in(await postbox.last(1))
    postbox.arrived.clear()
    return token


async def sign_in(api: Api, email: str, password: str = PASSWORD) -> list[str]:
    """The error codes of a sign-in."""
    return (await api.execute(LOGIN, {"input": {"email": email, "password": password}})).codes


async def waiting_for_a_lock(pg: asyncpg.Connection, count: int) -> bool:
    """Whether so many connections wait for a lock; `pg` may be in a transaction."""
    await pg.execute("SELECT pg_stat_clear_snapshot()")
    found: int = await pg.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    return found == count
