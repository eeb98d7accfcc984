"""What a provider of accounts can do, and how one is configured."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from domain.accounts.profiles import Profile
from domain.errors import DomainError, Unauthenticated, Unavailable

SECONDS: Final = 10.0
"""How long a provider may take to answer."""
MAX_BYTES: Final = 1 << 20
"""Of an answer of a provider."""


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """One provider as the operator has set it up. `key` names it in URLs and in the API."""

    key: str
    title: str
    client_id: str
    client_secret: str = field(repr=False)
    issuer: str
    scopes: tuple[str, ...]
    endpoints: Mapping[str, str] = field(default_factory=dict)
    """Of a provider without a discovery document."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What was made for one sign-in, and must come back: all three are random and good for one use."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Granted:
    """Who came back, and the tokens that the provider gave for them."""

    profile: Profile
    tokens: Mapping[str, Any] = field(repr=False)


class Provider(Protocol):
    """One provider. What goes wrong is a `DomainError`: `refused` or `away`."""

    config: ProviderConfig

    async def authorization_url(self, asked: Asked) -> str:
        """Where to send the browser."""

    async def exchange(self, asked: Asked, code: str) -> Granted:
        """Who came back with this code."""


def refused(provider: ProviderConfig, why: str) -> DomainError:
    """The error for what a provider has not confirmed."""
    return Unauthenticated(f"{provider.title} did not confirm the sign-in: {why}")


def away(provider: ProviderConfig) -> DomainError:
    """The error for a provider that cannot be reached, or that answers nonsense."""
    return Unavailable(f"{provider.title} cannot be reached now; try again.")
