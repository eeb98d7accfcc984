"""Inputs of the mutations about accounts, sessions and API keys."""

from datetime import datetime

import strawberry

ACCEPTABLE = (
    "At least as many characters as the server asks for (8 unless set otherwise), at most 1,024; neither the e-mail "
    "address nor the part of it before the @, and none that the server knows to have leaked."
)
SCOPES = "`read` (queries), `write` (records), `schema` (bases, tables, fields, views), `admin` (workspaces, members)"
DEVICE = "A name for the device, shown in the list of sessions."


@strawberry.input(description="A new account.")
class RegisterInput:
    """Input of `register`."""

    email: str = strawberry.field(description="The e-mail address; nobody else's, without regard to case.")
    password: str = strawberry.field(description=ACCEPTABLE)
    name: str | None = strawberry.field(default=None, description="What the user wants to be called.")
    device: str | None = strawberry.field(default=None, description=DEVICE)


@strawberry.input(description="An e-mail address and its password.")
class LoginInput:
    """Input of `login`."""

    email: str = strawberry.field(
        description="The account's e-mail address; case does not count. Where the server asks a directory, the name "
        "there does as well."
    )
    password: str = strawberry.field(description="The account's password, or the one in the directory.")
    device: str | None = strawberry.field(default=None, description=DEVICE)


@strawberry.input(description="A refresh token that was not used yet.")
class RefreshTokensInput:
    """Input of `refreshTokens`."""

    refresh_token: str = strawberry.field(description="The token from the last sign-in or refresh; good for one use.")


@strawberry.input(description="Which sessions to end.")
class LogoutInput:
    """Input of `logout`."""

    all_sessions: bool = strawberry.field(
        default=False, description="End every session of the user, not only this request's."
    )


@strawberry.input(description="One of the caller's sessions.")
class RevokeSessionInput:
    """Input of `revokeSession`."""

    id: strawberry.ID = strawberry.field(description="The session's id.")


@strawberry.input(description="What changes in the caller's own account; what is left out stays as it is.")
class UpdateMeInput:
    """Input of `updateMe`."""

    name: strawberry.Maybe[str | None] = strawberry.field(
        description="What the user wants to be called; null or an empty text removes it."
    )


@strawberry.input(description="The caller's present and next password.")
class ChangePasswordInput:
    """Input of `changePassword`."""

    current_password: str = strawberry.field(description="The present password.")
    new_password: str = strawberry.field(description=ACCEPTABLE)


@strawberry.input(description="A new API key of the caller.")
class CreateApiKeyInput:
    """Input of `createApiKey`."""

    name: str = strawberry.field(description="What the key is for.")
    scopes: list[str] | None = strawberry.field(default=None, description=f"{SCOPES}; all of them when left out.")
    expires_at: datetime | None = strawberry.field(
        default=None, description="From when on it is refused, in the future; never when left out."
    )
    workspace_ids: list[strawberry.ID] | None = strawberry.field(
        default=None,
        description="The workspaces that it reaches, with their bases; all of the user's when this and `baseIds` are "
        "left out.",
    )
    base_ids: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Bases that it reaches besides; without the rest of their workspaces."
    )
    rate_limit_per_minute: int | None = strawberry.field(
        default=None, description="How often it may be used in a minute; as often as the server allows when left out."
    )


@strawberry.input(description="What changes in an API key; what is left out stays as it is.")
class UpdateApiKeyInput:
    """Input of `updateApiKey`."""

    id: strawberry.ID = strawberry.field(description="The key's id.")
    name: strawberry.Maybe[str] = strawberry.field(description="What the key is for.")
    scopes: strawberry.Maybe[list[str]] = strawberry.field(description=f"{SCOPES}.")
    expires_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="From when on it is refused, in the future; null for never."
    )
    workspace_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="The workspaces that it reaches; null, with `baseIds` null too, for all of the user's."
    )
    base_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(
        description="Bases that it reaches besides; null for none."
    )
    rate_limit_per_minute: strawberry.Maybe[int | None] = strawberry.field(
        description="How often it may be used in a minute; null for what the server allows."
    )


@strawberry.input(description="An API key that gets a new secret.")
class RotateApiKeyInput:
    """Input of `rotateApiKey`."""

    id: strawberry.ID = strawberry.field(description="The key's id.")
    overlap_seconds: int = strawberry.field(
        default=0, description="How long the secret until now goes on working, so that nobody is cut off."
    )


@strawberry.input(description="One of the caller's API keys.")
class DeleteApiKeyInput:
    """Input of `deleteApiKey`."""

    id: strawberry.ID = strawberry.field(description="The key's id.")
