"""The settings of providers."""

import os
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.providers.contract import ProviderConfig
from server.run import hand_down
from server.settings import Settings

SECRET = SecretStr("a secret for tests only, 32+ letters")
CLIENT = {"client_id": "id", "client_secret": "secret"}


def made(given: dict[str, Any]) -> dict[str, ProviderConfig]:
    settings = Settings(secret_key=SECRET, oauth_providers=given)
    return {provider.config.key: provider.config for provider in settings.providers.all()}


def test_what_a_kind_knows_need_not_be_said() -> None:
    found = made({"google": CLIENT, "microsoft": CLIENT, "github": CLIENT})
    assert [(each.title, each.issuer) for each in found.values()] == [
        ("Google", "https://accounts.google.com"),
        ("Microsoft", "https://login.microsoftonline.com/common/v2.0"),
        ("GitHub", "https://github.com"),
    ]
    assert found["google"].scopes == ("openid", "email", "profile")


def test_any_issuer_can_be_one() -> None:
    issuer = "https://login.corp.example.com/realm"
    [corp] = made({"corp": {**CLIENT, "issuer": issuer, "title": "The Corp", "scopes": ["openid", "mail"]}}).values()
    assert (corp.title, corp.issuer, corp.scopes) == ("The Corp", issuer, ("openid", "mail"))
    [tenant] = made({"ours": {**CLIENT, "kind": "microsoft", "issuer": "https://login.example.com/us/v2.0"}}).values()
    assert (tenant.key, tenant.issuer) == ("ours", "https://login.example.com/us/v2.0")


def test_they_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TABLEGRAPH_OAUTH_PROVIDERS", '{"google": {"client_id": "a", "client_secret": "b"}}')
    settings = Settings(secret_key=SECRET)
    assert settings.oauth_providers["google"].client_id == "a"
    assert "client_secret='b'" not in repr(settings) + repr(settings.providers.all()[0].config)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"corp": CLIENT}, "`issuer` is missing"),
        ({"corp": {**CLIENT, "kind": "facebook"}}, "there is no kind 'facebook'"),
        ({"A/b": CLIENT}, "cannot be a key"),
        ({"google": {"client_id": "id"}}, "client_secret"),
        ({"google": {**CLIENT, "colour": "red"}}, "colour"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        made(given)


@pytest.mark.parametrize("url", ["api.example.com", "https://api.example.com/", "https://a.example.com?x=1", "ftp://a"])
def test_the_server_url_has_no_slash_at_its_end(url: str) -> None:
    with pytest.raises(ValidationError):
        Settings(secret_key=SECRET, server_url=url)


def test_passkeys_are_for_the_host_of_their_first_origin_or_a_domain_above_it() -> None:
    assert Settings(secret_key=SECRET).passkeys is None
    origins = "https://app.example.com, https://admin.example.com"
    given = Settings(secret_key=SECRET, passkey_origins=origins).passkeys
    assert given is not None
    assert (given.domain, given.origins) == (
        "app.example.com",
        ["https://app.example.com", "https://admin.example.com"],
    )
    above = Settings(secret_key=SECRET, passkey_origins=origins, passkey_domain="example.com").passkeys
    assert above is not None
    assert above.domain == "example.com"


def test_they_reach_the_processes_that_serve(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    issuer = "https://login.corp.example.com/realm"
    corp = {**CLIENT, "client_secret": 'a "quoted" s\u00e9cret', "issuer": issuer, "scopes": ["openid", "mail"]}
    settings = Settings(secret_key=SECRET, oauth_providers={"google": CLIENT, "corp": corp})

    hand_down(settings, "postgresql:///tablegraph", SECRET.get_secret_value())

    assert Settings().oauth_providers == settings.oauth_providers
