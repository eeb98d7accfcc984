"""GitHub: OAuth 2.0 without an ID token, so who came is asked of its API."""

from collections.abc import Mapping
from typing import Any, Final

from adapters.providers.contract import Asked, Granted, ProviderConfig, refused
from adapters.providers.exchange import client_of, fetch_json, fetch_tokens, text_of
from domain.accounts.profiles import Profile

ENDPOINTS: Final[Mapping[str, str]] = {
    "authorize": "https://github.com/login/oauth/authorize",
    "token": "https://github.com/login/oauth/access_token",
    "user": "https://api.github.com/user",
    "emails": "https://api.github.com/user/emails",
}
"""https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps"""


class GitHubProvider:
    """github.com, or a server of GitHub Enterprise whose endpoints are configured."""

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config
        self._endpoints = {**ENDPOINTS, **config.endpoints}

    async def authorization_url(self, asked: Asked) -> str:
        """Where to send the browser, see `Provider`."""
        async with client_of(self.config, redirect_uri=asked.redirect_uri) as client:
            url, _ = client.create_authorization_url(
                self._endpoints["authorize"], state=asked.state, code_verifier=asked.verifier
            )
        return str(url)

    async def exchange(self, asked: Asked, code: str) -> Granted:
        """Who came back with this code, see `Provider`."""
        tokens = await fetch_tokens(self.config, self._endpoints["token"], asked, code, "client_secret_post")
        bearer = text_of(tokens, "access_token")
        if bearer is None:
            raise refused(self.config, "there is no token in its answer.")
        user = await fetch_json(self.config, self._endpoints["user"], bearer=bearer)
        emails = await fetch_json(self.config, self._endpoints["emails"], bearer=bearer)
        profile = profile_of(user, emails)
        if profile is None:
            raise refused(self.config, "it does not say who came.")
        return Granted(profile, tokens)


def profile_of(user: Any, emails: Any) -> Profile | None:
    """Who it is by the answers of `/user` and `/user/emails`: the number of the account, and its primary address."""
    if not isinstance(user, dict) or not isinstance(user.get("id"), int):
        return None
    known = [each for each in emails if isinstance(each, dict)] if isinstance(emails, list) else []
    primary = next((each for each in known if each.get("primary") is True), {})
    return Profile(
        subject=str(user["id"]),
        email=text_of(primary, "email"),
        is_email_verified=primary.get("verified") is True,
        name=text_of(user, "name") or text_of(user, "login"),
    )
