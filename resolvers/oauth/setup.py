"""What signing in by way of providers needs of the process."""

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from adapters.providers.registry import Providers

REQUEST_LIFETIME: Final = timedelta(minutes=10)
"""How long somebody may take at the provider."""
CODE_LIFETIME: Final = timedelta(minutes=1)
"""How long a page has to exchange the code that a browser brought to it."""


@dataclass(frozen=True, slots=True)
class OAuthSetup:
    """The providers, and the addresses that a browser may be sent back to."""

    providers: Providers = field(default_factory=Providers)
    redirect_uris: Set[str] = frozenset()
    server_url: str | None = None
    """Where browsers reach this server; None where its own routes are not used."""
    request_lifetime: timedelta = REQUEST_LIFETIME
    code_lifetime: timedelta = CODE_LIFETIME

    def callback_of(self, provider: str) -> str:
        """The address of ours to which a provider sends browsers back; it is registered there."""
        return f"{self.server_url}/auth/{provider}/callback"
