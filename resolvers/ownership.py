"""Hands a workspace over: another member becomes its owner, and who was it becomes an admin, in one step."""

from uuid import UUID

from sqlalchemy import select

from domain.access.roles import Action, WorkspaceRole
from domain.audit.actions import AuditAction
from domain.errors import BadRequest, NotFound
from models import User, WorkspaceMember
from resolvers.access import load_workspace
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.people import can_sign_in


async def transfer_ownership(context: RequestContext, workspace_id: UUID, user_id: UUID) -> WorkspaceMember:
    """The membership of the new owner; raises `NotFound` for a user who is no member, or cannot sign in."""
    async with context.unit() as unit:
        await load_workspace(unit, context, workspace_id, Action.MANAGE_OWNERS, lock=True)
        if user_id == context.user_id:
            raise BadRequest("You are an owner already: name somebody else.", argument="userId")
        statement = (
            select(WorkspaceMember)
            .join(User, User.id == WorkspaceMember.user_id)
            .where(WorkspaceMember.workspace_id == workspace_id)
            .where((User.id == context.user_id) | ((User.id == user_id) & can_sign_in()))
            .with_for_update(key_share=True, of=WorkspaceMember)
            .execution_options(populate_existing=True)
        )
        members = {member.user_id: member for member in await unit.session.scalars(statement)}
        if user_id not in members:
            raise NotFound(f"There is no member of the workspace with the user id {user_id}.")
        members[user_id].role = WorkspaceRole.OWNER.value
        members[context.user_id].role = WorkspaceRole.ADMIN.value
        await unit.session.flush()
        await audit(unit, context, AuditAction.WORKSPACE_OWNERSHIP_TRANSFERRED, subject=user_id, workspace=workspace_id)
    context.forget_loaded()
    return members[user_id]
