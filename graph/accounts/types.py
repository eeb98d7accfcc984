"""Accounts, sessions and API keys as the API shows them."""

from datetime import UTC, datetime
from uuid import UUID

import strawberry

from graph.info import Info
from graph.node import Node
from models import ApiKey as ApiKeyModel
from models import Session as SessionModel
from models import User as UserModel
from resolvers.context import RequestContext
from resolvers.users import UserLoader


@strawberry.type(description="An account. Visible to oneself and to people who share a workspace.")
class User(Node):
    """A person or a program that can sign in."""

    email: str | None = strawberry.field(description="The e-mail address, unique without regard to case.")
    name: str | None = strawberry.field(description="What the user wants to be called.")
    is_verified: bool = strawberry.field(description="Whether the e-mail address was confirmed.")
    is_active: bool = strawberry.field(description="Whether the user may sign in.")
    is_superuser: bool = strawberry.field(description="Whether the user may administer the server.")
    is_staff: bool = strawberry.field(description="Whether the user looks after the server, with what staff may see.")
    created_at: datetime = strawberry.field(description="When the account was made.")

    @classmethod
    def from_model(cls, user: UserModel) -> "User":
        """The GraphQL object of an account."""
        return cls(
            id=strawberry.ID(str(user.id)),
            email=user.email,
            name=user.name,
            is_verified=user.is_verified,
            is_active=user.is_active,
            is_superuser=user.is_superuser,
            is_staff=user.is_staff,
            created_at=user.created_at,
        )


async def load_user(info: Info, id: UUID | None) -> User | None:
    """The user whom something names; None where it names nobody, or that account is gone."""
    found = None if id is None else await info.context.loader(UserLoader).load(id)
    return None if found is None else User.from_model(found)


@strawberry.type(description="One sign-in on one device. Ending it ends its access and refresh tokens.")
class Session(Node):
    """A session of the caller's own."""

    device: str | None = strawberry.field(description="The name that the client gave at sign-in.")
    ip_address: str | None = strawberry.field(description="The address that it was signed in or refreshed from last.")
    user_agent: str | None = strawberry.field(description="The User-Agent header that came with that.")
    created_at: datetime = strawberry.field(description="When the user signed in.")
    last_active_at: datetime = strawberry.field(description="When it was last used, to the minute.")
    is_current: bool = strawberry.field(description="Whether this very request belongs to it.")

    @classmethod
    def from_model(cls, session: SessionModel, context: RequestContext) -> "Session":
        """The GraphQL object of a session, as its user sees it now."""
        return cls(
            id=strawberry.ID(str(session.id)),
            device=session.device,
            ip_address=session.ip_address,
            user_agent=session.user_agent,
            created_at=session.created_at,
            last_active_at=session.last_active_at,
            is_current=session.id == context.viewer.session_id,
        )


@strawberry.type(
    description="A long-lived credential for a program, sent as `X-API-Key`. Its secret is shown only once."
)
class ApiKey(Node):
    """A key of the caller's own."""

    name: str = strawberry.field(description="What the key is for.")
    prefix: str = strawberry.field(description="The start of the secret, by which it can be recognised.")
    scopes: list[str] = strawberry.field(
        description="What it may be used for: `read` (queries), `write` (records), `schema` (bases, tables, fields, "
        "views), `admin` (workspaces, members)."
    )
    created_at: datetime = strawberry.field(description="When the key was made.")
    expires_at: datetime | None = strawberry.field(description="From when on it is refused; null for never.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    workspace_ids: list[strawberry.ID] | None = strawberry.field(
        description="The workspaces that it reaches; null, with `baseIds` null too, for all of the user's."
    )
    base_ids: list[strawberry.ID] | None = strawberry.field(description="Bases that it reaches besides.")
    rate_limit_per_minute: int | None = strawberry.field(
        description="How often it may be used in a minute; null for what the server allows."
    )
    former_secret_until: datetime | None = strawberry.field(
        description="Until when the secret from before the last rotation works, too; null for no longer."
    )

    @classmethod
    def from_model(cls, key: ApiKeyModel) -> "ApiKey":
        """The GraphQL object of a key, without its secret."""
        return cls(
            id=strawberry.ID(str(key.id)),
            name=key.name,
            prefix=key.prefix,
            scopes=key.scopes,
            created_at=key.created_at,
            expires_at=key.expires_at,
            last_used_at=key.last_used_at,
            workspace_ids=_ids(key.workspace_ids),
            base_ids=_ids(key.base_ids),
            rate_limit_per_minute=key.rate_limit_per_minute,
            former_secret_until=_still_to_come(key.previous_until),
        )


def _still_to_come(moment: datetime | None) -> datetime | None:
    return None if moment is None or moment <= datetime.now(UTC) else moment


def _ids(ids: list[UUID] | None) -> list[strawberry.ID] | None:
    return None if ids is None else [strawberry.ID(str(id)) for id in ids]
