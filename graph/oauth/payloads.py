"""Payloads of the mutations about providers of accounts."""

from datetime import datetime

import strawberry

from graph.oauth.types import Identity
from resolvers.oauth.starting import Started


@strawberry.type(name="StartOAuthPayload", description="A sign-in that has begun.")
class StartOAuthPayload:
    """Payload of `startOAuth`."""

    authorization_url: str = strawberry.field(description="Send the browser there.")
    state: str = strawberry.field(description="Keep it in the browser: it must come back with the same.")
    expires_at: datetime = strawberry.field(description="Until when it must be back.")

    @classmethod
    def from_started(cls, started: Started) -> "StartOAuthPayload":
        """The GraphQL object of a sign-in that has begun."""
        return cls(authorization_url=started.authorization_url, state=started.state, expires_at=started.expires_at)


@strawberry.type(description="An account at a provider that is linked now.")
class LinkIdentityPayload:
    """Payload of `linkIdentity`."""

    identity: Identity = strawberry.field(description="The account there.")


@strawberry.type(description="The account at a provider that is linked no longer.")
class UnlinkIdentityPayload:
    """Payload of `unlinkIdentity`."""

    unlinked_id: strawberry.ID = strawberry.field(description="Its id.")
