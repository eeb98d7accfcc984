"""A server that asks a directory."""

from typing import Any

import asyncpg
import orjson
import pytest

from adapters.auth_backends import NamedAuthBackend
from adapters.ldap.backend import LdapBackend
from resolvers.services import Services
from tests.graph.accounts.documents import LOGIN
from tests.support.api import Api, Result
from tests.support.slapd import ADA_PASSWORD, Slapd

COUNTS = "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM identities), (SELECT count(*) FROM sessions)"
WRONG = "The e-mail address or the password is wrong."
AWAY = "The password cannot be verified now; try again."


def directory(slapd: Slapd, **changes: object) -> NamedAuthBackend:
    """The backend `ldap` with this directory."""
    return NamedAuthBackend("ldap", LdapBackend(slapd.config(**changes), connections=4, max_waiting=9), 5)


@pytest.fixture
def services(services: Services, slapd: Slapd) -> Services:
    """With the server's own passwords, and then the directory."""
    services.auth_backends = ("password", directory(slapd))
    return services


async def sign_in(api: Api, email: str = "ada", password: str = ADA_PASSWORD, **more: Any) -> Result:
    """login."""
    return await api.execute(LOGIN, {"input": {"email": email, "password": password, **more}})


async def user_of(api: Api, email: str = "ada", password: str = ADA_PASSWORD) -> str:
    """The id of the user who signs in."""
    found: str = (await sign_in(api, email, password)).ok["login"]["user"]["id"]
    return found


async def counts(pg: asyncpg.Connection) -> tuple[int, ...]:
    """How many users, identities and sessions there are."""
    return tuple(await pg.fetchrow(COUNTS))


async def audited(pg: asyncpg.Connection) -> list[tuple[str, Any]]:
    """What the audit log has."""
    rows = await pg.fetch("SELECT action, details FROM audit_entries ORDER BY id")
    return [(row["action"], orjson.loads(row["details"])) for row in rows]
