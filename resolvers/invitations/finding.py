"""Finds invitations for those who manage the workspace that they are to."""

from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.errors import NotFound
from models import Invitation, Workspace
from resolvers.access import load_workspace, missing
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
    _ = context.user_id
    open_one = select(Invitation).where(Invitation.id == invitation_id, Invitation.ended_at.is_(None))
    named = await unit.session.scalar(open_one)
    if named is None:
        raise missing("invitation", invitation_id)
    try:
        workspace, role = await load_workspace(unit, context, named.workspace_id, Action.MANAGE_WORKSPACE, lock=lock)
    except NotFound:
        raise missing("invitation", invitation_id) from None
    if not lock:
        return named, workspace, role
    locked = open_one.with_for_update(key_share=True).execution_options(populate_existing=True)
    found = await unit.session.scalar(locked)  # it may have ended while this one waited
    if found is None:
        raise missing("invitation", invitation_id)
    return found, workspace, role
