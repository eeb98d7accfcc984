"""Application tokens as the API shows them."""

from datetime import datetime
from uuid import UUID

import strawberry

from graph.accounts.types import User, load_user
from graph.info import Info
from graph.node import Node
from models import ApplicationToken as ApplicationTokenModel


@strawberry.type(
    description="A long-lived credential of a program, sent as `Authorization: Bearer`. Its secret is shown only once."
)
class ApplicationToken(Node):
    """A token of the caller's own, or of a workspace that the caller manages."""

    name: str = strawberry.field(description="What the token is for.")
    prefix: str = strawberry.field(description="The start of the secret, by which it can be recognised.")
    scopes: list[str] = strawberry.field(description="What it may be used for, as those of an API key.")
    workspace_id: strawberry.ID | None = strawberry.field(
        description="The workspace that it belongs to; null for a user's own."
    )
    created_at: datetime = strawberry.field(description="When the token was made.")
    expires_at: datetime | None = strawberry.field(description="From when on it is refused; null for never.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    user_id_: strawberry.Private[UUID]
    created_by_: strawberry.Private[UUID | None]

    @strawberry.field(
        description="Whom it acts for: its user, or the account that was made for the token of a workspace."
    )
    async def user(self, info: Info) -> User | None:
        return await load_user(info, self.user_id_)

    @strawberry.field(description="Who made it; null when that account is gone.")
    async def created_by(self, info: Info) -> User | None:
        return await load_user(info, self.created_by_)

    @classmethod
    def from_model(cls, token: ApplicationTokenModel) -> "ApplicationToken":
        """The GraphQL object of a token, without its secret."""
        return cls(
            id=strawberry.ID(str(token.id)),
            name=token.name,
            prefix=token.prefix,
            scopes=token.scopes,
            workspace_id=None if token.workspace_id is None else strawberry.ID(str(token.workspace_id)),
            created_at=token.created_at,
            expires_at=token.expires_at,
            last_used_at=token.last_used_at,
            user_id_=token.user_id,
            created_by_=token.created_by,
        )
