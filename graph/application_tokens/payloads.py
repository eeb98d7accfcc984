"""Payloads of the mutations about application tokens."""

import strawberry

from graph.application_tokens.types import ApplicationToken
from resolvers.application_tokens import MadeToken


@strawberry.type(description="A new application token, and its secret.")
class CreateApplicationTokenPayload:
    """Payload of `createApplicationToken`."""

    application_token: ApplicationToken = strawberry.field(description="The token.")
    secret: str = strawberry.field(
        description="Send it as `Authorization: Bearer <secret>`. It is shown now and never again."
    )

    @classmethod
    def from_made(cls, made: MadeToken) -> "CreateApplicationTokenPayload":
        """The GraphQL object of a token that was just made."""
        return cls(application_token=ApplicationToken.from_model(made.token), secret=made.secret)


@strawberry.type(description="The application token that is gone.")
class RevokeApplicationTokenPayload:
    """Payload of `revokeApplicationToken`."""

    revoked_id: strawberry.ID = strawberry.field(description="Its id.")
