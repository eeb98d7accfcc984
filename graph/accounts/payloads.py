"""Payloads of the mutations about accounts, sessions and API keys."""

import strawberry

from graph.accounts.types import ApiKey, User
from resolvers.api_keys import MadeKey
from resolvers.sign_in import SignedIn


@strawberry.type(description="A signed-in user with the tokens of the session.")
class AuthPayload:
    """Payload of `register`, `login` and `refreshTokens`."""

    user: User = strawberry.field(description="Who is signed in.")
    access_token: str = strawberry.field(description="Send it as `Authorization: Bearer <access token>`.")
    refresh_token: str = strawberry.field(description="Good for one `refreshTokens`; keep it safe.")
    token_type: str = strawberry.field(description="Always `Bearer`.")
    expires_in: int = strawberry.field(description="Seconds until the access token expires.")

    @classmethod
    def from_signed_in(cls, signed_in: SignedIn) -> "AuthPayload":
        """The GraphQL object of a sign-in."""
        return cls(
            user=User.from_model(signed_in.user),
            access_token=signed_in.access_token,
            refresh_token=signed_in.refresh_token,
            token_type="Bearer",  # noqa: S106  # the name of a scheme, not a password
            expires_in=signed_in.expires_in,
        )


@strawberry.type(description="How many sessions have ended.")
class LogoutPayload:
    """Payload of `logout` and `revokeOtherSessions`."""

    ended_sessions: int = strawberry.field(description="Sessions that were open and now are not.")


@strawberry.type(description="The session that has ended.")
class RevokeSessionPayload:
    """Payload of `revokeSession`."""

    revoked_id: strawberry.ID = strawberry.field(description="Its id.")


@strawberry.type(description="The caller's account after the change.")
class UserPayload:
    """Payload of `updateMe` and `changePassword`."""

    user: User = strawberry.field(description="The account.")


@strawberry.type(description="An API key, and its new secret.")
class CreateApiKeyPayload:
    """Payload of `createApiKey` and `rotateApiKey`."""

    api_key: ApiKey = strawberry.field(description="The key.")
    secret: str = strawberry.field(description="Send it as `X-API-Key`. It is shown now and never again.")

    @classmethod
    def from_made(cls, made: MadeKey) -> "CreateApiKeyPayload":
        """The GraphQL object of a key that was just made."""
        return cls(api_key=ApiKey.from_model(made.key), secret=made.secret)


@strawberry.type(description="The API key after the change.")
class ApiKeyPayload:
    """Payload of `updateApiKey`."""

    api_key: ApiKey = strawberry.field(description="The key.")


@strawberry.type(description="The API key that is gone.")
class DeleteApiKeyPayload:
    """Payload of `deleteApiKey`."""

    deleted_id: strawberry.ID = strawberry.field(description="Its id.")
