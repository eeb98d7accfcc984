"""GitHub: what its API says of somebody, in the shapes of its reference."""

from dataclasses import replace

import pytest

from adapters.providers.contract import Asked
from adapters.providers.github import GitHubProvider, profile_of
from domain.accounts.profiles import Profile
from domain.errors import Unauthenticated
from tests.support.oidc import PAGE, OidcServer, visit

USER = {"id": 583231, "login": "octocat", "name": "The Octocat", "email": None}
EMAILS = [
    {"email": "old@example.com", "primary": False, "verified": True, "visibility": None},
    {"email": "octocat@example.com", "primary": True, "verified": True, "visibility": "private"},
]


def test_the_primary_address_counts_where_it_is_verified() -> None:
    assert profile_of(USER, EMAILS) == Profile("583231", "octocat@example.com", True, "The Octocat")
    unverified = [{**EMAILS[1], "verified": False}]
    found = profile_of({**USER, "name": None}, unverified)
    assert found == Profile("583231", "octocat@example.com", False, "octocat")
    assert found is not None
    assert found.proven_email is None


@pytest.mark.parametrize(
    "emails", [None, {}, [], [None, 7], [{"primary": True}], {"message": "Requires authentication"}]
)
def test_no_address_is_none(emails: object) -> None:
    found = profile_of(USER, emails)
    assert found is not None
    assert (found.email, found.proven_email) == (None, None)


@pytest.mark.parametrize("user", [None, [], {}, {"id": "583231"}, {"message": "Bad credentials"}])
def test_who_has_no_number_is_nobody(user: object) -> None:
    assert profile_of(user, EMAILS) is None


async def test_its_endpoints_can_be_those_of_another_server_whose_code_and_tokens_work() -> None:
    with OidcServer(PAGE) as server:
        endpoints = {"authorize": "/auth", "token": "/token", "user": "/me", "emails": "/me"}
        config = replace(server.config(), endpoints={name: server.issuer + path for name, path in endpoints.items()})
        provider = GitHubProvider(replace(config, scopes=("openid",)))
        asked = Asked("state", "nonce", "v" * 43, PAGE)
        back = await visit(await provider.authorization_url(asked), "ada", ends_at=PAGE)
        assert back["state"] == "state"
        with pytest.raises(Unauthenticated, match="does not say who came"):  # it says `sub`, no `id`
            await provider.exchange(asked, back["code"])
        with pytest.raises(Unauthenticated, match="the code is not valid"):
            await provider.exchange(asked, back["code"])
