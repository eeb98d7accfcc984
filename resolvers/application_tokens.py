"""Application tokens: credentials of programs, which outlive the session of whoever made them.

A user's own token acts for that user. A workspace's acts for an account of its own, a member of that workspace and of
nothing else, so that it goes on when whoever made it has left; all who manage the workspace may list and revoke it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, update

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole, may
from domain.accounts.expiry import clean_expiry
from domain.accounts.scopes import clean_scopes
from domain.accounts.secrets import NewSecret, new_application_token
from domain.audit.actions import AuditAction
from domain.errors import BadRequest, Forbidden
from domain.ids import Kind, new_id
from domain.names import clean_name
from models import ApplicationToken, User, Workspace, WorkspaceMember
from resolvers.access import load_workspace, missing, require
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.members import end_membership

DOMAIN: Final = "applications.invalid"
"""Where the addresses of tokens' accounts seem to be: a name that nobody can have (RFC 2606)."""


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A token that was just made; its secret is told now and never again."""

    token: ApplicationToken
    secret: str = field(repr=False)


async def list_application_tokens(context: RequestContext, workspace_id: UUID | None) -> list[ApplicationToken]:
    """The caller's own tokens, or those of a workspace that the caller manages; oldest first, expired ones too."""
    require_session(context)
    async with context.unit() as unit:
        if workspace_id is not None:
            await load_workspace(unit, context, workspace_id, Action.MANAGE_WORKSPACE)
        statement = select(ApplicationToken).where(_belongs(context, workspace_id)).order_by(ApplicationToken.id)
        return list(await unit.session.scalars(statement))


async def get_application_token(context: RequestContext, token_id: UUID) -> ApplicationToken:
    """A token of the caller's own or of a workspace that the caller manages; raises `NotFound` for any other."""
    require_session(context)
    async with context.unit() as unit:
        return await _load(unit, context, token_id)


async def create_application_token(
    context: RequestContext,
    name: str,
    *,
    scopes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    workspace_id: UUID | None = None,
    role: WorkspaceRole | None = None,
) -> MadeToken:
    """A new token with these scopes (all for None), of the caller or, in a role, of a workspace.

    Raises `NotFound`, `Forbidden` for a role that the caller may not give, `BadRequest`, and `ValidationFailed`.
    """
    require_session(context)
    made = new_application_token()
    token = ApplicationToken(
        id=new_id(Kind.APPLICATION_TOKEN),
        user_id=context.user_id,
        workspace_id=workspace_id,
        created_by=context.user_id,
        name=clean_name(name, "application token", limit=context.services.limits.max_name_length),
        prefix=made.prefix,
        secret_hash=made.digest,
        scopes=clean_scopes(scopes),
        expires_at=clean_expiry(expires_at, datetime.now(UTC)),
    )
    async with context.unit() as unit:
        if workspace_id is not None:
            await _join(unit, context, token, workspace_id, role or WorkspaceRole.EDITOR)
        elif role is not None:
            raise BadRequest("A role is for the token of a workspace; give its workspaceId, too.")
        added = await _add(unit, context, token, made)
        details = {"name": token.name, "scopes": token.scopes}
        action, workspace = AuditAction.APPLICATION_TOKEN_CREATED, token.workspace_id
        await audit(unit, context, action, subject=token.id, workspace=workspace, details=details)
        return added


async def revoke_application_token(context: RequestContext, token_id: UUID) -> UUID:
    """Delete a token and return its id; who holds its secret is refused from now on, everywhere within a second.

    The account of a workspace's token stays, deactivated and a member no longer: records name it as their author.
    """
    require_session(context)
    async with context.unit() as unit:
        token = await _load(unit, context, token_id)
        gone = await unit.session.scalar(
            delete(ApplicationToken).where(ApplicationToken.id == token.id).returning(ApplicationToken.id)
        )
        if gone is None:
            raise missing("application token", token_id)
        if token.workspace_id is not None:
            await _retire(unit, context, token.user_id, token.workspace_id)
        unit.after_commit(context.services.authenticator.forget)
        action, workspace = AuditAction.APPLICATION_TOKEN_REVOKED, token.workspace_id
        await audit(unit, context, action, subject=token.id, workspace=workspace, details={"name": token.name})
    context.forget_loaded()
    return token_id


async def _add(unit: Unit, context: RequestContext, token: ApplicationToken, made: NewSecret) -> MadeToken:
    await _require_room(unit, context, token)
    unit.session.add(token)
    await unit.session.flush()
    context.forget_loaded()
    return MadeToken(token, made.text)


async def _join(
    unit: Unit, context: RequestContext, token: ApplicationToken, workspace_id: UUID, role: WorkspaceRole
) -> None:
    """Make the account that a workspace's token acts for, and make it a member."""
    await load_workspace(unit, context, workspace_id, Action.MANAGE_WORKSPACE)
    if may(role, Action.MANAGE_OWNERS):
        raise Forbidden("An application token cannot own a workspace; ADMIN is the most that it can be.")
    token.user_id = new_id(Kind.USER)
    email = f"{token.user_id}@{DOMAIN}"
    account = User(id=token.user_id, email=email, name=token.name, is_verified=True)  # nobody can confirm that address
    unit.session.add(account)
    await unit.session.flush()
    member = new_id(Kind.WORKSPACE_MEMBER)
    unit.session.add(WorkspaceMember(id=member, workspace_id=workspace_id, user_id=account.id, role=role.value))
    await unit.session.flush()


async def _retire(unit: Unit, context: RequestContext, user_id: UUID, workspace_id: UUID) -> None:
    """End what the account of a workspace's token was for."""
    await unit.session.execute(select(Workspace.id).where(Workspace.id == workspace_id).with_for_update(key_share=True))
    is_its = (WorkspaceMember.user_id == user_id) & (WorkspaceMember.workspace_id == workspace_id)
    member = await unit.session.scalar(select(WorkspaceMember).where(is_its))
    if member is not None:
        await end_membership(unit, context, member)
    await unit.session.execute(update(User).where(User.id == user_id).values(is_active=False))


def _belongs(context: RequestContext, workspace_id: UUID | None) -> ColumnElement[bool]:
    """Whether a token is one of a workspace, or, without one, the caller's own."""
    if workspace_id is not None:
        return ApplicationToken.workspace_id == workspace_id
    return ApplicationToken.workspace_id.is_(None) & (ApplicationToken.user_id == context.user_id)


async def _load(unit: Unit, context: RequestContext, token_id: UUID) -> ApplicationToken:
    """The token, once the caller was found to be its user or to manage its workspace."""
    mine = (WorkspaceMember.workspace_id == ApplicationToken.workspace_id) & (
        WorkspaceMember.user_id == context.user_id
    )
    statement = select(ApplicationToken, WorkspaceMember.role).outerjoin(WorkspaceMember, mine)
    row = (await unit.session.execute(statement.where(ApplicationToken.id == token_id))).one_or_none()
    if row is None:
        raise missing("application token", token_id)
    token: ApplicationToken = row[0]
    if token.workspace_id is None and token.user_id != context.user_id:
        raise missing("application token", token_id)
    if token.workspace_id is not None:
        if row.role is None:
            raise missing("application token", token_id)
        require(WorkspaceRole(row.role), Action.MANAGE_WORKSPACE)
    return token


async def _require_room(unit: Unit, context: RequestContext, token: ApplicationToken) -> None:
    """Raise `BadRequest` when the user or the workspace has as many tokens as there may be; others of theirs wait."""
    limit = context.services.limits.max_application_tokens
    owner = select(User.id).where(User.id == context.user_id)
    if token.workspace_id is not None:
        owner = select(Workspace.id).where(Workspace.id == token.workspace_id)
    await unit.session.execute(owner.with_for_update(key_share=True))
    belonging = select(func.count()).where(_belongs(context, token.workspace_id))
    count = await unit.session.scalar(belonging)
    if count is not None and count >= limit:
        raise BadRequest(f"There may be at most {limit} application tokens; revoke one first.")
