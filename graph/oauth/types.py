"""Providers, and accounts at them, as the API shows them."""

from datetime import datetime

import strawberry

from adapters.providers.contract import ProviderConfig
from models import Identity as IdentityModel
from resolvers.context import RequestContext


@strawberry.type(name="OAuthProvider", description="Where people can sign in besides here: Google, GitHub or another.")
class OAuthProvider:
    """A provider that this server is configured for."""

    key: str = strawberry.field(description="Names it in `startOAuth`.")
    title: str = strawberry.field(description="What to write on the button.")
    start_url: str | None = strawberry.field(
        description="Where a page may send the browser, with the parameter `return_to`, an address of "
        "`oauth_redirect_uris`; null where the server has no `server_url`."
    )

    @classmethod
    def from_config(cls, config: ProviderConfig, context: RequestContext) -> "OAuthProvider":
        """The GraphQL object of a provider."""
        server_url = context.services.oauth.server_url
        start_url = None if server_url is None else f"{server_url}/auth/{config.key}/start"
        return cls(key=config.key, title=config.title, start_url=start_url)


@strawberry.type(description="An account at a provider with which its user signs in.")
class Identity:
    """One of the caller's own."""

    id: strawberry.ID = strawberry.field(description="Names it in `unlinkIdentity`.")
    provider: str = strawberry.field(description="The provider's key.")
    email: str | None = strawberry.field(description="The address that the provider knew last.")
    created_at: datetime = strawberry.field(description="When it was linked.")
    last_used_at: datetime = strawberry.field(description="When somebody last signed in with it.")

    @classmethod
    def from_model(cls, identity: IdentityModel) -> "Identity":
        """The GraphQL object of an account at a provider."""
        return cls(
            id=strawberry.ID(str(identity.id)),
            provider=identity.provider,
            email=identity.email,
            created_at=identity.created_at,
            last_used_at=identity.last_used_at,
        )
