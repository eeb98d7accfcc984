"""Which passwords a server takes, wherever one is chosen"""

from hashlib import sha1
from pathlib import Path

import asyncpg

from adapters.breached import BreachedPasswords
from adapters.password_policy import PasswordPolicy
from resolvers.services import Services
from tests.graph.self_service.documents import registered, reset, reset_token
from tests.support.api import PASSWORD, Api
from tests.support.mail import Postbox

REGISTER = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }"
CHANGE = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }"


async def register(api: Api, password: str, email: str = "eve.somebody@example.com") -> list[dict[str, str]]:
    """What is wrong with a password of a new account."""
    result = await api.execute(REGISTER, {"input": {"email": email, "password": password}})
    return result.errors[0]["extensions"]["errors"] if result.errors else []


async def test_the_least_length_is_a_setting(api: Api, services: Services, pg: asyncpg.Connection) -> None:
    services.password_policy = PasswordPolicy(min_length=20)

    [problem] = await register(api, "nineteen characters")
    assert problem["msg"] == "A password has 20 to 1,024 characters, not 19."
    assert await pg.fetchval("SELECT count(*) FROM users") == 0
    assert await register(api, "twenty characters !!") == []


async def test_neither_the_address_nor_what_stands_before_the_at(api: Api) -> None:
    for password, message in (
        ("Eve.Somebody@example.com", "The password may not be the e-mail address."),
        ("EVE.SOMEBODY", "The password may not be the part of the e-mail address before the @."),
    ):
        [problem] = await register(api, password)
        assert (problem["msg"], problem["type"]) == (message, "value_error.guessable")


async def test_a_password_that_has_leaked_is_refused_everywhere(
    api: Api, postbox: Postbox, services: Services, tmp_path: Path, pg: asyncpg.Connection
) -> None:
    leaked = "leaked long ago"
    file = tmp_path / "leaked.txt"
    file.write_text(sha1(leaked.encode()).hexdigest().upper() + ":42\n")
    ada, _ = await registered(api, postbox)
    services.password_policy = PasswordPolicy(checks=[BreachedPasswords(file)])
    before = await pg.fetchval("SELECT password_hash FROM users")

    [problem] = await register(api, leaked)
    changed = await api.execute(CHANGE, {"input": {"currentPassword": PASSWORD, "newPassword": leaked}}, as_=ada)
    token = await reset_token(api, postbox, ada.email)
    chosen = await reset(api, token, leaked)

    message = "This password is in a list of passwords that have leaked; choose another one."
    assert (problem["msg"], problem["loc"]) == (message, ["password"])
    for result in (changed, chosen):
        [problem] = result.errors[0]["extensions"]["errors"]
        assert (problem["msg"], problem["loc"]) == (message, ["newPassword"])
    assert leaked not in str(changed.body) + str(chosen.body)
    assert await pg.fetchval("SELECT password_hash FROM users") == before
    assert await pg.fetchval("SELECT count(*) FROM users") == 1
    assert (await reset(api, token, "not leaked so far")).codes == []


async def test_a_check_of_ones_own_is_given_password_and_address(api: Api, services: Services) -> None:
    seen = []

    def check(password: str, email: str) -> str | None:
        seen.append((password, email))
        return "Too green." if "green" in password else None

    services.password_policy = PasswordPolicy(checks=[check])

    assert [problem["msg"] for problem in await register(api, "a green password")] == ["Too green."]
    assert await register(api, "a blue password") == []
    assert seen == [("a green password", "eve.somebody@example.com"), ("a blue password", "eve.somebody@example.com")]
