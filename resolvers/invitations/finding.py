"""Finds invitations for those who manage the workspace that they are to."""

from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from models import Invitation, Workspace, WorkspaceMember
from resolvers.access import load_workspace, missing, require
from resolvers.context import RequestContext


async def list_invitations(context: RequestContext, workspace_id: UUID) -> list[Invitation]:
    """The invitations of a workspace that nobody took up, declined or revoked, the newest first; expired ones too."""
    async with context.unit() as unit:
        await load_workspace(unit, context, workspace_id, Action.MANAGE_WORKSPACE)
        statement = select(Invitation).where(Invitation.workspace_id == workspace_id, Invitation.ended_at.is_(None))
        return list(await unit.session.scalars(statement.order_by(Invitation.id.desc())))


async def get_invitation(context: RequestContext, invitation_id: UUID) -> Invitation:
    """An invitation; raises `NotFound` for one to a workspace of which the caller is no member."""
    async with context.unit() as unit:
        return (await load_invitation(unit, context, invitation_id))[0]


async def load_invitation(
    unit: Unit, context: RequestContext, invitation_id: UUID, *, lock: bool = False
) -> tuple[Invitation, Workspace, WorkspaceRole]:
    """An invitation that has not ended, its workspace, and the caller's role there, who must manage it."""
    mine = (WorkspaceMember.workspace_id == Invitation.workspace_id) & (WorkspaceMember.user_id == context.user_id)
    statement = (
        select(Invitation, Workspace, WorkspaceMember.role)
        .join(Workspace, Workspace.id == Invitation.workspace_id)
        .join(WorkspaceMember, mine)
        .where(Invitation.id == invitation_id, Invitation.ended_at.is_(None))
        .execution_options(populate_existing=True)
    )
    if lock:
        statement = statement.with_for_update(key_share=True, of=(Workspace, Invitation, WorkspaceMember))
    row = (await unit.session.execute(statement)).one_or_none()
    if row is None:
        raise missing("invitation", invitation_id)
    role = WorkspaceRole(row[2])
    require(role, Action.MANAGE_WORKSPACE)
    return row[0], row[1], role
