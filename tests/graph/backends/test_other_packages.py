"""login by a backend of another package."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from adapters.auth_backends import load_auth_backends
from domain.accounts.profiles import Profile
from resolvers.services import Services
from server.app import create_app
from server.settings import Settings
from tests.graph.backends.conftest import AWAY, audited, counts, sign_in, user_of
from tests.support.api import Api, client_of
from tests.support.auth_backends import install_auth_backend


@pytest.fixture
def services(services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Services:
    """With the directory, then the package's backend, and then the server's own passwords."""
    install_auth_backend(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    own, ldap = services.auth_backends
    services.auth_backends = (ldap, load_auth_backends(["company"], 0.2)["company"], own)
    return services


@pytest.fixture
def company(services: Services) -> Iterator[Any]:
    """The package's module, which knows nobody yet."""
    yield importlib.import_module("company_directory")
    del sys.modules["company_directory"]


async def test_accounts_of_each_backend_are_told_apart(api: Api, company: Any, pg: asyncpg.Connection) -> None:
    company.PASSWORDS["eve", "right"] = Profile("1", "eve@example.com", True)
    company.PASSWORDS["alias", "right"] = Profile("2", "ada@example.com", True)

    eve, ada, alias = [await user_of(api, *given) for given in (("eve", "right"), ("ada",), ("alias", "right"))]

    assert (eve != ada, ada == alias) == (True, True)
    found = await pg.fetch("SELECT provider, email FROM identities ORDER BY id")
    assert [tuple(each) for each in found] == [
        ("company", "eve@example.com"),
        ("ldap", "Ada@example.com"),
        ("company", "ada@example.com"),
    ]
    assert (await audited(pg))[-1] == ("session.login", {"by": "company"})


async def test_a_backend_is_asked_with_one_spelling_and_not_without_a_name_or_a_password(
    api: Api, company: Any, pg: asyncpg.Connection
) -> None:
    for email, password in ((" Eve  X ", "p"), ("eve", ""), ("", "p"), ("e\u200bve", "p")):
        assert (await sign_in(api, email, password)).codes == ["UNAUTHENTICATED"]

    assert company.ASKED == ["Eve X"]
    assert await counts(pg) == (0, 0, 0)


@pytest.mark.parametrize("login", ["down", "slow", "nonsense"])
async def test_the_next_is_asked_where_one_fails(login: str, api: Api, company: Any, pg: asyncpg.Connection) -> None:
    refused = await sign_in(api, login, "any")

    assert (refused.codes, refused.errors[0]["message"]) == (["UNAVAILABLE"], AWAY)
    assert await counts(pg) == (0, 0, 0)
    ada = await api.register()
    assert await user_of(api, ada.email, ada.password) == str(ada.id)


async def test_the_next_is_asked_even_where_one_has_taken_all_the_time_of_the_operation(
    services: Services, company: Any, pg: asyncpg.Connection, settings: Settings
) -> None:
    services.limits = replace(services.limits, execution_timeout=timedelta(seconds=0.15))
    async with client_of(create_app(settings, services)) as http:
        refused = await sign_in(Api(http, services), "slow", "any")

    assert (refused.codes, refused.errors[0]["message"]) == (["UNAVAILABLE"], AWAY)
