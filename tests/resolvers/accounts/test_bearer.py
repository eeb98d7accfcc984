"""Tokens of every kind as `Authorization: Bearer`: whose each is, what it may, how long it lasts, and what it costs."""

import importlib
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from adapters.database import Database
from adapters.token_backends import load_backends
from domain.accounts.token_backends import Identity
from domain.accounts.viewer import ALL_SCOPES, Viewer
from domain.errors import Unauthenticated, Unavailable
from resolvers.authentication import Credentials, authenticate, seconds_left
from resolvers.context import Client
from resolvers.services import Services
from tests.support.accounts import add_application_token, add_session, add_user
from tests.support.backends import install_backend
from tests.support.statements import StatementLog

CLIENT = Client("request")
NO_TOKEN = "The token is not valid: it is unknown, was revoked or has expired."
Statements = Callable[[], StatementLog]


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: Services) -> Iterator[Any]:
    """The module of an installed package, whose token backend the services use."""
    install_backend(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    services.token_backends = load_backends(["company"])
    yield importlib.import_module("company_sso")
    del sys.modules["company_sso"]


def bearer(token: str) -> Credentials:
    """The header with a token."""
    return Credentials(f"Bearer {token}")


async def viewer_of(services: Services, token: str) -> Viewer:
    """Whose a token is."""
    viewer = await authenticate(services, bearer(token), CLIENT)
    assert viewer is not None
    return viewer


async def refusal(services: Services, token: str) -> str:
    """The message with which a token is refused."""
    with pytest.raises(Unauthenticated) as caught:
        await authenticate(services, bearer(token), CLIENT)
    return caught.value.message


async def one_of_each(services: Services, user: UUID, company: Any) -> dict[str, str]:
    """A token of every kind that stands for a user."""
    company.KNOWN["sso_user"] = Identity(user_id=user)
    database = services.database
    return {
        "access": services.tokens.issue(user, await add_session(database, user)).text,
        "application": await add_application_token(database, user, last_used_at=datetime.now(UTC)),
        "internal": services.internal_tokens.issue("worker", user, ["read"]),
        "backend": "sso_user",
    }


async def test_an_application_token_has_its_scopes(services: Services, database: Database) -> None:
    user = await add_user(database, is_superuser=True)
    viewer = await viewer_of(services, await add_application_token(database, user, scopes=["read"]))

    assert (viewer.user_id, viewer.scopes, viewer.is_superuser) == (user, frozenset({"read"}), True)
    assert (viewer.session_id, viewer.api_key_id) == (None, None)
    assert viewer.application_token_id is not None


async def test_an_internal_token_has_what_it_states(services: Services, database: Database) -> None:
    user = await add_user(database)
    viewer = await viewer_of(services, services.internal_tokens.issue("worker", user, ["write"]))

    assert viewer == Viewer(user, frozenset({"write"}), service="worker")


@pytest.mark.parametrize("by", ["user_id", "email"])
async def test_a_backend_names_the_user(by: str, services: Services, database: Database, company: Any) -> None:
    user = await add_user(database, email="Ada@example.com")
    named = {"user_id": user, "email": "ada@EXAMPLE.com"}
    company.KNOWN["sso_ada"] = Identity(**{by: named[by]}, scopes=frozenset({"read", "fly"}))

    assert await viewer_of(services, "sso_ada") == Viewer(user, frozenset({"read"}), service="company")


async def test_by_default_a_backend_gives_all_scopes(services: Services, database: Database, company: Any) -> None:
    company.KNOWN["sso_ada"] = Identity(user_id=await add_user(database))

    assert (await viewer_of(services, "sso_ada")).scopes == ALL_SCOPES


@pytest.mark.parametrize(
    "identity",
    [
        None,
        Identity(),
        Identity(email="eve@example.com"),
        Identity(email="%"),
        Identity(user_id=UUID(int=1)),
        Identity(email="ada@example.com", expires_at=datetime.now(UTC) - timedelta(seconds=1)),
    ],
)
async def test_what_a_backend_does_not_know_is_refused(
    identity: Identity | None, services: Services, database: Database, company: Any
) -> None:
    await add_user(database, email="ada@example.com")
    company.KNOWN["sso_ada"] = identity

    assert await refusal(services, "sso_ada") == NO_TOKEN


async def test_a_backend_that_is_away_makes_its_tokens_unavailable_and_no_others(
    services: Services, database: Database, company: Any
) -> None:
    tokens = await one_of_each(services, await add_user(database), company)

    with pytest.raises(Unavailable):
        await authenticate(services, bearer("sso_down"), CLIENT)
    for token in tokens.values():
        assert await viewer_of(services, token)
    assert await refusal(services, "sso_broken") == "The access token is not valid; sign in again."
    assert await refusal(services, "sso_" + "x" * 10_000) == "The access token is not valid; sign in again."


async def test_a_backend_is_never_asked_about_tokens_of_other_kinds(
    services: Services, database: Database, company: Any
) -> None:
    tokens = await one_of_each(services, await add_user(database), company)
    for token in tokens.values():
        await viewer_of(services, token)

    assert company.ASKED == ["sso_user"]


async def test_each_kind_costs_one_statement_a_second(
    services: Services, database: Database, company: Any, statements: Statements
) -> None:
    now = [1000.0]
    services.authenticator._clock = lambda: now[0]
    tokens = await one_of_each(services, await add_user(database), company)
    counts: dict[str, list[int]] = {}
    for moment in (1000.0, 1000.5, 1000.999, 1001.0, 1001.9):
        now[0] = moment
        for kind, token in tokens.items():
            with statements() as seen:
                await viewer_of(services, token)
            counts.setdefault(kind, []).append(seen.total)

    assert counts == {kind: [1, 0, 0, 1, 0] for kind in tokens}
    assert company.ASKED == ["sso_user"] * 2


async def test_each_kind_ends_within_a_second_of_its_account(
    services: Services, database: Database, company: Any, pg: asyncpg.Connection
) -> None:
    now = [1000.0]
    services.authenticator._clock = lambda: now[0]
    user = await add_user(database)
    tokens = await one_of_each(services, user, company)
    for token in tokens.values():
        await viewer_of(services, token)
    await pg.execute("UPDATE users SET is_active = false")

    now[0] += 1
    for token in tokens.values():
        await refusal(services, token)


async def test_how_long_what_is_begun_may_last(services: Services, database: Database, company: Any) -> None:
    tokens = await one_of_each(services, await add_user(database), company)
    left = {
        kind: seconds_left(services, bearer(token), await viewer_of(services, token)) for kind, token in tokens.items()
    }
    company.KNOWN["sso_brief"] = Identity(
        user_id=(await viewer_of(services, "sso_user")).user_id, expires_at=datetime.now(UTC) + timedelta(seconds=30)
    )
    brief = seconds_left(services, bearer("sso_brief"), await viewer_of(services, "sso_brief"))

    assert (left["application"], left["backend"]) == (None, None)
    assert left["access"] == pytest.approx(900, abs=3)
    assert left["internal"] == pytest.approx(60, abs=3)
    assert brief == pytest.approx(30, abs=3)


async def test_nothing_that_lasts_begins_with_what_has_expired(
    services: Services, database: Database, company: Any
) -> None:
    user = await add_user(database)
    services.internal_tokens._clock = lambda: time.time() - 65  # a single request may still come with it
    token = services.internal_tokens.issue("worker", user, ["read"])

    viewer = await viewer_of(services, token)
    with pytest.raises(Unauthenticated):
        seconds_left(services, bearer(token), viewer)


async def test_an_internal_token_of_a_user_who_is_gone_is_refused(services: Services) -> None:
    assert await refusal(services, services.internal_tokens.issue("worker", UUID(int=1), ["read"])) == NO_TOKEN
