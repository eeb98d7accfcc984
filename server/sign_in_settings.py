"""The settings of signing in by way of providers."""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from adapters.providers.contract import Provider, ProviderConfig
from adapters.providers.registry import KINDS, Providers
from resolvers.second_factor.setup import PasskeySetup
from server.settings_section import Section, listed

_KEY: Final = re.compile(r"[a-z][a-z0-9-]{0,39}")


class ProviderSettings(BaseModel):
    """One provider; what its kind knows need not be said."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: str | None = None
    client_id: str
    client_secret: SecretStr
    issuer: str | None = None
    title: str | None = None
    scopes: list[str] | None = None
    endpoints: dict[str, str] = {}  # pydantic copies it

    def provider(self, key: str) -> Provider:
        """The provider that this describes; raises `ValueError` that says what is missing."""
        kind = KINDS.get(self.kind or (key if key in KINDS else "oidc"))
        if kind is None:
            raise ValueError(f"{key}: there is no kind {self.kind!r}; there are {', '.join(KINDS)}")
        issuer = self.issuer or kind.issuer
        if issuer is None:
            raise ValueError(
                f"{key}: `issuer` is missing, the address whose /.well-known/openid-configuration there is"
            )
        config = ProviderConfig(
            key=key,
            title=self.title or (kind.title if kind.issuer else key),
            client_id=self.client_id,
            client_secret=self.client_secret.get_secret_value(),
            issuer=issuer,
            scopes=tuple(self.scopes) if self.scopes is not None else kind.scopes,
            endpoints=self.endpoints,
        )
        return kind.make(config)


class SignIn(Section):
    """How people can sign in besides by password; see docs/sign-in.md."""

    server_url: str | None = Field(
        None,
        pattern=r"^https?://[^/?#]+[^?#]*[^/?#]$",
        description="Where browsers reach this server, such as `https://api.example.com`, without a slash at its end. "
        "With it the server has routes of its own for providers to come back to.",
    )
    oauth_providers: dict[str, ProviderSettings] = Field(
        {},
        description='Providers by their keys, as JSON: `{"google": {"client_id": "…", "client_secret": '
        '"…"}}`. The keys `google`, `microsoft` and `github` need no more; others have an `issuer`, and may have '
        "`kind`, `title`, `scopes` and (GitHub Enterprise) `endpoints`.",
    )
    oauth_redirect_uris: str = Field(
        "", description="Addresses that browsers may be sent back to, whole ones, separated by commas."
    )
    oauth_request_lifetime: timedelta = Field(
        timedelta(minutes=10), gt=timedelta(0), description="How long a user may take at a provider (ISO 8601)."
    )

    passkey_origins: str = Field(
        "",
        description="Origins of the pages that passkeys are for, such as `https://app.example.com`, separated by "
        "commas. Without it there are none.",
    )
    passkey_domain: str | None = Field(
        None,
        description="The domain that passkeys are bound to: the host of all those origins, or one above it. Without it "
        "the host of the first one. Another one later makes all passkeys useless.",
    )

    @field_validator("oauth_providers")
    @classmethod
    def _are_whole(cls, given: Mapping[str, ProviderSettings]) -> Mapping[str, ProviderSettings]:
        for key, each in given.items():
            if not _KEY.fullmatch(key):
                raise ValueError(f"{key!r} cannot be a key: 1 to 40 small letters, digits and hyphens")
            each.provider(key)
        return given

    @property
    def passkeys(self) -> PasskeySetup | None:
        """For which site they are; None where there are none."""
        origins = listed(self.passkey_origins)
        if not origins:
            return None
        return PasskeySetup(self.passkey_domain or urlsplit(origins[0]).hostname or "", origins)

    @property
    def providers(self) -> Providers:
        """Those that are configured."""
        return Providers(each.provider(key) for key, each in self.oauth_providers.items())
