"""Root fields of Mutation about accounts, sessions and API keys."""

from datetime import timedelta
from typing import Annotated
from uuid import UUID

import strawberry

from domain.unchanged import UNCHANGED, Unchanged
from graph.accounts.inputs import (
    ChangePasswordInput,
    CreateApiKeyInput,
    DeleteApiKeyInput,
    LoginInput,
    LogoutInput,
    RefreshTokensInput,
    RegisterInput,
    RevokeSessionInput,
    RotateApiKeyInput,
    UpdateApiKeyInput,
    UpdateMeInput,
)
from graph.accounts.payloads import (
    ApiKeyPayload,
    AuthPayload,
    CreateApiKeyPayload,
    DeleteApiKeyPayload,
    LogoutPayload,
    RevokeSessionPayload,
    UserPayload,
)
from graph.accounts.types import ApiKey, User
from graph.info import Info
from graph.node import read_id, read_optional_ids
from resolvers import accounts, api_keys, refresh, sessions, sign_in, users


@strawberry.type
class SignInMutations:
    """Coming in: for anonymous callers too."""

    @strawberry.mutation(description="Make an account and sign in. Forbidden where registration is closed.")
    async def register(
        self, info: Info, input: Annotated[RegisterInput, strawberry.argument(description="The account.")]
    ) -> AuthPayload:
        made = await accounts.register(info.context, input.email, input.password, name=input.name, device=input.device)
        return AuthPayload.from_signed_in(made)

    @strawberry.mutation(description="Sign in with e-mail address and password.")
    async def login(
        self, info: Info, input: Annotated[LoginInput, strawberry.argument(description="Who signs in.")]
    ) -> AuthPayload:
        signed_in = await sign_in.login(info.context, input.email, input.password, device=input.device)
        return AuthPayload.from_signed_in(signed_in)

    @strawberry.mutation(
        description="Exchange a refresh token for new tokens of the same session. Each is good for one use: using it "
        "again ends its session, unless the same client does so within seconds (`refresh_grace`). Send it without an "
        "expired access token in the headers."
    )
    async def refresh_tokens(
        self, info: Info, input: Annotated[RefreshTokensInput, strawberry.argument(description="The token.")]
    ) -> AuthPayload:
        return AuthPayload.from_signed_in(await refresh.refresh_tokens(info.context, input.refresh_token))


@strawberry.type
class SessionMutations:
    """Sessions and the caller's own account; not for API keys."""

    @strawberry.mutation(description="End the caller's session, or all of them. Needs a session.")
    async def logout(
        self, info: Info, input: Annotated[LogoutInput | None, strawberry.argument(description="Which ones.")] = None
    ) -> LogoutPayload:
        all_sessions = input is not None and input.all_sessions
        return LogoutPayload(ended_sessions=await sessions.logout(info.context, all_sessions=all_sessions))

    @strawberry.mutation(description="End one of the caller's sessions. Needs a session.")
    async def revoke_session(
        self, info: Info, input: Annotated[RevokeSessionInput, strawberry.argument(description="Which one.")]
    ) -> RevokeSessionPayload:
        revoked = await sessions.revoke_session(info.context, read_id(input.id))
        return RevokeSessionPayload(revoked_id=strawberry.ID(str(revoked)))

    @strawberry.mutation(description="End all of the caller's sessions but this request's. Needs a session.")
    async def revoke_other_sessions(self, info: Info) -> LogoutPayload:
        return LogoutPayload(ended_sessions=await sessions.revoke_other_sessions(info.context))

    @strawberry.mutation(description="Change the caller's account. Needs a session.")
    async def update_me(
        self, info: Info, input: Annotated[UpdateMeInput, strawberry.argument(description="What changes.")]
    ) -> UserPayload:
        name = UNCHANGED if input.name is None else input.name.value
        return UserPayload(user=User.from_model(await users.update_me(info.context, name=name)))

    @strawberry.mutation(description="Change the caller's password and end their other sessions. Needs a session.")
    async def change_password(
        self, info: Info, input: Annotated[ChangePasswordInput, strawberry.argument(description="Both passwords.")]
    ) -> UserPayload:
        user = await accounts.change_password(info.context, input.current_password, input.new_password)
        return UserPayload(user=User.from_model(user))


@strawberry.type
class ApiKeyMutations:
    """API keys; not for API keys themselves."""

    @strawberry.mutation(
        description="Make an API key; the answer is the only one that shows its secret. Needs a session."
    )
    async def create_api_key(
        self, info: Info, input: Annotated[CreateApiKeyInput, strawberry.argument(description="The key.")]
    ) -> CreateApiKeyPayload:
        made = await api_keys.create_api_key(
            info.context,
            input.name,
            scopes=input.scopes,
            expires_at=input.expires_at,
            workspace_ids=read_optional_ids(input.workspace_ids, "workspaceIds"),
            base_ids=read_optional_ids(input.base_ids, "baseIds"),
            rate_limit_per_minute=input.rate_limit_per_minute,
        )
        return CreateApiKeyPayload.from_made(made)

    @strawberry.mutation(description="Change an API key; its secret stays the same. Needs a session.")
    async def update_api_key(
        self, info: Info, input: Annotated[UpdateApiKeyInput, strawberry.argument(description="What changes.")]
    ) -> ApiKeyPayload:
        key = await api_keys.update_api_key(
            info.context,
            read_id(input.id),
            name=UNCHANGED if input.name is None else input.name.value,
            scopes=UNCHANGED if input.scopes is None else input.scopes.value,
            expires_at=UNCHANGED if input.expires_at is None else input.expires_at.value,
            workspace_ids=_ids(input.workspace_ids, "workspaceIds"),
            base_ids=_ids(input.base_ids, "baseIds"),
            rate_limit_per_minute=(
                UNCHANGED if input.rate_limit_per_minute is None else input.rate_limit_per_minute.value
            ),
        )
        return ApiKeyPayload(api_key=ApiKey.from_model(key))

    @strawberry.mutation(
        description="Give an API key a new secret, which only this answer shows; the one until now goes on for a while "
        "when asked to. Needs a session."
    )
    async def rotate_api_key(
        self, info: Info, input: Annotated[RotateApiKeyInput, strawberry.argument(description="Which one, and how.")]
    ) -> CreateApiKeyPayload:
        overlap = timedelta(seconds=input.overlap_seconds)
        return CreateApiKeyPayload.from_made(
            await api_keys.rotate_api_key(info.context, read_id(input.id), overlap=overlap)
        )

    @strawberry.mutation(description="Delete an API key; its secret is refused from then on. Needs a session.")
    async def delete_api_key(
        self, info: Info, input: Annotated[DeleteApiKeyInput, strawberry.argument(description="Which one.")]
    ) -> DeleteApiKeyPayload:
        deleted = await api_keys.delete_api_key(info.context, read_id(input.id))
        return DeleteApiKeyPayload(deleted_id=strawberry.ID(str(deleted)))


def _ids(given: strawberry.Some[list[strawberry.ID] | None] | None, argument: str) -> list[UUID] | Unchanged | None:
    return UNCHANGED if given is None else read_optional_ids(given.value, argument)


@strawberry.type
class AccountMutations(SignInMutations, SessionMutations, ApiKeyMutations):
    """Accounts, sessions and API keys."""
