"""Workspaces: who may see, make, rename and delete them."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Row, Select, select, update

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.audit.actions import AuditAction
from domain.bases import ddl
from domain.errors import Forbidden
from domain.ids import Kind, new_id
from domain.names import clean_name
from models import ApplicationToken, Base, User, Workspace, WorkspaceMember
from resolvers.access import load_workspace, missing
from resolvers.audit.writing import audit
from resolvers.catalog_loader import among
from resolvers.context import RequestContext
from resolvers.loader import Loader
from resolvers.people import can_sign_in
from resolvers.reach import is_mine, require_unlimited
from resolvers.schema_changes import changed, schema_change


@dataclass(frozen=True, slots=True)
class MyWorkspace:
    """A workspace and the caller's role in it."""

    workspace: Workspace
    role: WorkspaceRole


class WorkspaceLoader(Loader[UUID, MyWorkspace]):
    """Workspaces by id, as far as the caller is a member of them."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, MyWorkspace]:
        """See `Loader.fetch`."""
        statement = _mine(self.context).where(among(Workspace.id, keys))
        return {found.workspace.id: found for found in map(_my, await unit.session.execute(statement))}


async def list_workspaces(context: RequestContext) -> list[MyWorkspace]:
    """Every workspace that the caller is a member of, oldest first."""
    statement = _mine(context).order_by(Workspace.id)
    async with context.unit() as unit:
        return [_my(row) for row in await unit.session.execute(statement)]


async def get_workspace(context: RequestContext, workspace_id: UUID) -> MyWorkspace:
    """The workspace; raises `NotFound` when the caller is not a member of it."""
    found = await context.loader(WorkspaceLoader).load(workspace_id)
    if found is None:
        raise missing("workspace", workspace_id)
    return found


async def create_workspace(context: RequestContext, name: str) -> MyWorkspace:
    """A new workspace, with the caller as its owner; raises `Forbidden` for a limited API key."""
    user_id = context.user_id
    require_unlimited(context)
    workspace = Workspace(
        id=new_id(Kind.WORKSPACE), name=clean_name(name, "workspace", limit=context.services.limits.max_name_length)
    )
    owner = WorkspaceMember(
        id=new_id(Kind.WORKSPACE_MEMBER), workspace_id=workspace.id, user_id=user_id, role=WorkspaceRole.OWNER.value
    )
    async with context.unit() as unit:
        await _require_person(unit, context)
        unit.session.add(workspace)
        await unit.session.flush()
        unit.session.add(owner)
        await unit.session.flush()
        await _audit(unit, context, AuditAction.WORKSPACE_CREATED, workspace)
    context.forget_loaded()
    return MyWorkspace(workspace, WorkspaceRole.OWNER)


async def update_workspace(context: RequestContext, workspace_id: UUID, *, name: str | None) -> MyWorkspace:
    """The workspace with its new name; None leaves the name as it is."""
    async with context.unit() as unit:
        workspace, role = await load_workspace(unit, context, workspace_id, Action.MANAGE_WORKSPACE, lock=True)
        if name is not None:
            workspace.name = clean_name(name, "workspace", limit=context.services.limits.max_name_length)
            await unit.session.flush()
            await _audit(unit, context, AuditAction.WORKSPACE_UPDATED, workspace)
    context.forget_loaded()
    return MyWorkspace(workspace, role)


async def delete_workspace(context: RequestContext, workspace_id: UUID) -> None:
    """Delete the workspace with its bases, all their records, and its memberships."""
    async with schema_change(context) as unit:
        workspace, _ = await load_workspace(unit, context, workspace_id, Action.DELETE_WORKSPACE, lock=True)
        bases = select(Base).where(Base.workspace_id == workspace_id).order_by(Base.id).with_for_update()
        for base in await unit.session.scalars(bases):
            await unit.connection.execute(ddl.drop_schema(base.number))
            changed(context, unit, base)
        await _retire_token_accounts(unit, workspace_id)
        await unit.session.delete(workspace)
        await _audit(unit, context, AuditAction.WORKSPACE_DELETED, workspace)


async def _require_person(unit: Unit, context: RequestContext) -> None:
    """Raise `Forbidden` for the account of a workspace's application token, which is a member of that one alone."""
    if context.viewer.application_token_id is None:
        return
    if await unit.session.scalar(select(User.id).where(User.id == context.user_id, can_sign_in())) is None:
        raise Forbidden("The application token of a workspace makes no other one.")


async def _audit(unit: Unit, context: RequestContext, action: AuditAction, workspace: Workspace) -> None:
    details = {"name": workspace.name}
    await audit(unit, context, action, subject=workspace.id, workspace=workspace.id, details=details)


async def _retire_token_accounts(unit: Unit, workspace_id: UUID) -> None:
    """Deactivate the accounts of the workspace's application tokens, which go with it."""
    theirs = select(ApplicationToken.user_id).where(ApplicationToken.workspace_id == workspace_id)
    statement = update(User).where(User.id.in_(theirs)).values(is_active=False)
    await unit.session.execute(statement.execution_options(synchronize_session=False))


def _mine(context: RequestContext) -> Select[Workspace, str]:
    return select(Workspace, WorkspaceMember.role).join(WorkspaceMember, is_mine(context, Workspace.id))


def _my(row: Row[Workspace, str]) -> MyWorkspace:
    return MyWorkspace(row[0], WorkspaceRole(row[1]))
