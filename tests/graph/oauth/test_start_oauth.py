"""startOAuth and oauthProviders: where somebody is sent, and with what."""

import ssl
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from adapters.providers.contract import ProviderConfig
from adapters.providers.github import GitHubProvider
from adapters.providers.oidc import OidcProvider
from adapters.providers.registry import Providers
from resolvers.services import Services
from tests.graph.oauth.conftest import PAGE, SERVER_URL, START, Door
from tests.support.api import Api
from tests.support.oidc import OidcServer

PROVIDERS = "{ oauthProviders { key title startUrl } }"
COUNT = "SELECT count(*) FROM oauth_requests"


def sent(url: str) -> dict[str, str]:
    """The parameters of an address, each of which stands there once."""
    parameters = parse_qs(urlsplit(url).query, strict_parsing=True)
    assert all(len(values) == 1 for values in parameters.values())
    return {name: values[0] for name, values in parameters.items()}


async def test_state_nonce_and_pkce_are_new_each_time(door: Door, oidc: OidcServer) -> None:
    started = [await door.start() for _ in "12"]
    assert all(each["authorizationUrl"].startswith(f"{oidc.issuer}/auth?") for each in started)
    first, second = (sent(each["authorizationUrl"]) for each in started)
    for parameters, each in zip((first, second), started, strict=True):
        assert parameters["state"] == each["state"]
        assert (parameters["response_type"], parameters["code_challenge_method"]) == ("code", "S256")
        assert (parameters["redirect_uri"], parameters["scope"]) == (PAGE, "openid email profile")
    for name in ("state", "nonce", "code_challenge"):
        assert len(first[name]) >= 43
        assert first[name] != second[name]


async def test_whom_to_trust_is_read_once(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    read, times = ssl.create_default_context, []
    monkeypatch.setattr(ssl, "create_default_context", lambda *given, **more: times.append(1) or read(*given, **more))
    for _ in "123":
        await door.start()
    assert len(times) <= 1  # it takes 20 ms, in which nobody else is answered


async def test_github_is_sent_state_and_pkce(door: Door, services: Services) -> None:
    config = ProviderConfig("github", "GitHub", "id", "secret", "https://github.com", ("read:user", "user:email"))
    services.oauth = replace(services.oauth, providers=Providers([GitHubProvider(config)]))
    started = await door.start(provider="github")
    assert started["authorizationUrl"].startswith("https://github.com/login/oauth/authorize?")
    parameters = sent(started["authorizationUrl"])
    assert (parameters["client_id"], parameters["scope"]) == ("id", "read:user user:email")
    assert (parameters["state"], parameters["code_challenge_method"]) == (started["state"], "S256")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "https://evil.example.com/",
        f"{PAGE}/",
        f"{PAGE}?next=https://evil.example.com",
        f"{PAGE}#x",
        PAGE.replace("127.0.0.1", "127.0.0.1@evil.example.com"),
        PAGE.upper(),
        "//evil.example.com",
        "javascript:alert(1)",
    ],
)
async def test_an_address_that_is_not_listed_is_refused(door: Door, pg: asyncpg.Connection, address: str) -> None:
    refused = await door.api.execute(START, {"input": {"provider": "corp", "redirectUri": address}})
    assert refused.codes == ["BAD_REQUEST"]
    assert refused.errors[0]["extensions"]["argument"] == "redirectUri"
    assert await pg.fetchval(COUNT) == 0


async def test_a_provider_that_there_is_not(door: Door) -> None:
    refused = await door.api.execute(START, {"input": {"provider": "nobody", "redirectUri": PAGE}})
    assert (refused.codes, refused.errors[0]["message"]) == (
        ["NOT_FOUND"],
        "There is no provider 'nobody'; there are: 'corp'.",
    )


async def test_a_provider_that_is_away_is_unavailable(door: Door, services: Services, oidc: OidcServer) -> None:
    away = replace(oidc.config(), issuer="http://127.0.0.1:1")
    services.oauth = replace(services.oauth, providers=Providers([OidcProvider(away)]))
    refused = await door.api.execute(START, {"input": {"provider": "corp", "redirectUri": PAGE}})
    assert (refused.codes, refused.errors[0]["message"]) == (
        ["UNAVAILABLE"],
        "Corp cannot be reached now; try again.",
    )


async def test_a_document_of_another_issuer_is_not_believed(door: Door, services: Services, oidc: OidcServer) -> None:
    other = replace(oidc.config(), issuer=oidc.issuer.replace("127.0.0.1", "localhost"))
    services.oauth = replace(services.oauth, providers=Providers([OidcProvider(other)]))
    assert (await door.api.execute(START, {"input": {"provider": "corp", "redirectUri": PAGE}})).codes == [
        "UNAVAILABLE"
    ]


async def test_everybody_sees_the_providers(api: Api, services: Services) -> None:
    shown = {"key": "corp", "title": "Corp", "startUrl": f"{SERVER_URL}/auth/corp/start"}
    assert (await api.execute(PROVIDERS)).ok["oauthProviders"] == [shown]
    services.oauth = replace(services.oauth, server_url=None)
    assert (await api.execute(PROVIDERS)).ok["oauthProviders"] == [{**shown, "startUrl": None}]
