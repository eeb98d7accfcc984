"""Superusers from the command line."""

import asyncpg
import pytest

from adapters.passwords import Verdict
from domain.errors import DuplicateValue, ValidationFailed
from resolvers.accounts import create_superuser
from resolvers.services import Services
from tests.support.api import PASSWORD


async def test_a_superuser_has_an_account_that_can_sign_in(services: Services, pg: asyncpg.Connection) -> None:
    user = await create_superuser(services, "Root@Example.com", PASSWORD, "Root")

    row = await pg.fetchrow("SELECT id, email, name, is_superuser, is_active, password_hash FROM users")
    assert row is not None
    assert tuple(row)[:5] == (user.id, "Root@example.com", "Root", True, True)
    assert await services.passwords.check(PASSWORD, row["password_hash"]) is Verdict.RIGHT


async def test_closed_registration_does_not_stop_the_command_line(services: Services) -> None:
    services.registration_open = False

    assert (await create_superuser(services, "root@example.com", PASSWORD)).name is None


async def test_a_known_address_is_refused(services: Services, pg: asyncpg.Connection) -> None:
    await create_superuser(services, "root@example.com", PASSWORD)

    with pytest.raises(DuplicateValue) as caught:
        await create_superuser(services, "ROOT@example.com", PASSWORD)

    assert caught.value.location == {"field": "email", "value": "ROOT@example.com"}
    assert await pg.fetchval("SELECT count(*) FROM users") == 1


async def test_the_rules_of_accounts_hold(services: Services, pg: asyncpg.Connection) -> None:
    with pytest.raises(ValidationFailed) as caught:
        await create_superuser(services, "root", "short")

    assert [problem.loc for problem in caught.value.problems] == [("email",), ("password",)]
    assert await pg.fetchval("SELECT count(*) FROM users") == 0
