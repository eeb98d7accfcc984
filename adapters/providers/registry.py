"""The kinds of providers, and which ones a server has."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from adapters.providers.contract import Provider, ProviderConfig
from adapters.providers.github import GitHubProvider
from adapters.providers.oidc import OidcProvider
from domain.errors import NotFound


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of provider: what an operator need not say of it."""

    make: Callable[[ProviderConfig], Provider]
    title: str
    issuer: str | None
    """None where each has its own."""
    scopes: tuple[str, ...]


_OIDC_SCOPES: Final = ("openid", "email", "profile")
KINDS: Final[Mapping[str, Kind]] = {
    "google": Kind(OidcProvider, "Google", "https://accounts.google.com", _OIDC_SCOPES),
    "microsoft": Kind(OidcProvider, "Microsoft", "https://login.microsoftonline.com/common/v2.0", _OIDC_SCOPES),
    "github": Kind(GitHubProvider, "GitHub", "https://github.com", ("read:user", "user:email")),
    "oidc": Kind(OidcProvider, "OpenID Connect", None, _OIDC_SCOPES),
}


class Providers:
    """The providers of one server, by their keys."""

    def __init__(self, providers: Iterable[Provider] = ()) -> None:
        self._by_key = {provider.config.key: provider for provider in providers}

    def all(self) -> list[Provider]:
        """In the order in which they were configured."""
        return list(self._by_key.values())

    def get(self, key: str) -> Provider:
        """The provider with this key; raises `NotFound` that names those that there are."""
        found = self._by_key.get(key)
        if found is None:
            known = ", ".join(map(repr, self._by_key)) or "none"
            raise NotFound(f"There is no provider {key[:60]!r}; there are: {known}.")
        return found
