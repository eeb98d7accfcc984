"""A server that takes people from one provider, which runs."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from adapters.providers.oidc import OidcProvider
from adapters.providers.registry import Providers
from resolvers.services import Services
from tests.support.api import Api, Person, Result
from tests.support.oidc import PAGE, OidcServer, visit

SERVER_URL = "http://127.0.0.1:3001"
START = "mutation ($input: StartOAuthInput!) { startOAuth(input: $input) { authorizationUrl state expiresAt } }"
COMPLETE = """
mutation ($input: CompleteOAuthInput!) {
  completeOAuth(input: $input) { accessToken refreshToken user { id email name isVerified } }
}
"""
LINK = "mutation ($input: LinkIdentityInput!) { linkIdentity(input: $input) { identity { id provider email } } }"


@pytest.fixture(scope="session")
def oidc() -> Iterator[OidcServer]:
    """The provider; one for all tests, for it keeps nothing of ours."""
    with OidcServer(PAGE, f"{SERVER_URL}/auth/corp/callback") as server:
        yield server


@pytest.fixture
def services(services: Services, oidc: OidcServer) -> Services:
    """With the provider `corp`, and a page of a client's that may be come back to."""
    providers = Providers([OidcProvider(oidc.config())])
    services.oauth = replace(
        services.oauth, providers=providers, redirect_uris=frozenset({PAGE}), server_url=SERVER_URL
    )
    return services


@dataclass(frozen=True, slots=True)
class Door:
    """The way through the provider, step by step."""

    api: Api

    async def start(self, *, link: Person | None = None, **more: Any) -> dict[str, Any]:
        """startOAuth."""
        given = {"provider": "corp", "redirectUri": PAGE, "link": link is not None, **more}
        started: dict[str, Any] = (await self.api.execute(START, {"input": given}, as_=link)).ok["startOAuth"]
        return started

    async def visit(self, who: str, *, link: Person | None = None) -> dict[str, str]:
        """Go there and come back with what `completeOAuth` or `linkIdentity` takes."""
        started = await self.start(link=link)
        back = await visit(started["authorizationUrl"], who, ends_at=PAGE)
        assert back["state"] == started["state"]
        return {name: back[name] for name in ("state", "code", "iss")}

    async def complete(self, **given: Any) -> Result:
        """completeOAuth."""
        return await self.api.execute(COMPLETE, {"input": given})

    async def sign_in(self, who: str) -> Result:
        """All of it."""
        return await self.complete(**await self.visit(who))

    async def link(self, person: Person, who: str) -> Result:
        """All of it, for one who is signed in."""
        given = await self.visit(who, link=person)
        return await self.api.execute(LINK, {"input": given}, as_=person)


@pytest.fixture
def door(api: Api) -> Door:
    """The way in."""
    return Door(api)
