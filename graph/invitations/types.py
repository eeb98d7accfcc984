"""The GraphQL type of an invitation."""

from datetime import UTC, datetime
from uuid import UUID

import strawberry

from graph.accounts.types import User, load_user
from graph.info import Info
from graph.node import Node
from graph.workspaces.roles import WorkspaceRole
from models import Invitation as InvitationModel


@strawberry.type(description="An invitation to a workspace, which went to an e-mail address.")
class Invitation(Node):
    """An invitation as those see it who manage the workspace."""

    inviter_id: strawberry.Private[UUID | None]
    workspace_id: strawberry.ID = strawberry.field(description="Id of the workspace.")
    email: str = strawberry.field(description="The address that it went to, and whose account alone can accept it.")
    role: WorkspaceRole = strawberry.field(description="The role that who accepts it gets.")
    created_at: datetime = strawberry.field(description="When it was made.")
    sent_at: datetime = strawberry.field(description="When it was sent last.")
    expires_at: datetime = strawberry.field(description="Until when it can be accepted.")
    is_expired: bool = strawberry.field(description="Whether that is over; it can be sent once more.")

    @classmethod
    def from_model(cls, invitation: InvitationModel) -> "Invitation":
        """The GraphQL object of an invitation, without its token."""
        return cls(
            id=strawberry.ID(str(invitation.id)),
            inviter_id=invitation.invited_by,
            workspace_id=strawberry.ID(str(invitation.workspace_id)),
            email=invitation.email,
            role=WorkspaceRole(invitation.role),
            created_at=invitation.created_at,
            sent_at=invitation.sent_at,
            expires_at=invitation.expires_at,
            is_expired=invitation.expires_at <= datetime.now(UTC),
        )

    @strawberry.field(description="Who sent it last; null when that account is gone.")
    async def invited_by(self, info: Info) -> User | None:
        return await load_user(info, self.inviter_id)
