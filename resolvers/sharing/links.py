"""Links to views: making, listing and revoking them, for those who may publish."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.access.share_links import SHARE_TOKENS, check_share_password
from domain.accounts.expiry import clean_expiry
from domain.audit.actions import AuditAction
from domain.errors import BadRequest, NotFound
from domain.ids import Kind, new_id
from domain.views.registry import view_type
from models import Base, ShareLink, View
from resolvers.access import load_view, missing
from resolvers.audit.writing import audit
from resolvers.context import RequestContext


async def create_share_link(
    context: RequestContext, view_id: UUID, *, password: str | None = None, expires_at: datetime | None = None
) -> tuple[ShareLink, str]:
    """A new link to a view, and its token, which is shown this once.

    Raises `BadRequest` for a personal view and a form, and where the view has as many links as there may be.
    """
    token = SHARE_TOKENS.new()
    if password is not None:
        check_share_password(password)
    ends = clean_expiry(expires_at, datetime.now(UTC))
    async with context.early_unit() as unit:
        await load_view(unit, context, view_id, Action.PUBLISH_FORMS)
    hashed = None if password is None else await context.services.passwords.hash(password)
    async with context.unit() as unit:
        view, _, base, _ = await load_view(unit, context, view_id, Action.PUBLISH_FORMS, lock=True)
        _require_shareable(view)
        await _require_room(unit, context, view.id)
        link = ShareLink(
            id=new_id(Kind.SHARE_LINK),
            view_id=view.id,
            token_hash=token.digest,
            password_hash=hashed,
            created_by=context.user_id,
            created_at=datetime.now(UTC),
            expires_at=ends,
        )
        unit.session.add(link)
        await unit.session.flush()
        await _audit(unit, context, AuditAction.SHARE_LINK_CREATED, link, base)
    return link, token.text


async def list_share_links(context: RequestContext, view_id: UUID) -> Sequence[ShareLink]:
    """The links to a view, oldest first, those among them that have expired."""
    async with context.unit() as unit:
        view, _, _, _ = await load_view(unit, context, view_id, Action.PUBLISH_FORMS)
        statement = select(ShareLink).where(ShareLink.view_id == view.id).order_by(ShareLink.id)
        return (await unit.session.scalars(statement)).all()


async def revoke_share_link(context: RequestContext, link_id: UUID) -> None:
    """Have a link open nothing any longer; raises `NotFound` for one to a view that the caller may not see."""
    async with context.unit() as unit:
        view_id = await unit.session.scalar(select(ShareLink.view_id).where(ShareLink.id == link_id))
        if view_id is None:
            _ = context.user_id
            raise missing("share link", link_id)
        try:
            _, _, base, _ = await load_view(unit, context, view_id, Action.PUBLISH_FORMS, lock=True)
        except NotFound:
            raise missing("share link", link_id) from None
        link = await unit.session.get(ShareLink, link_id, populate_existing=True)
        if link is None:
            raise missing("share link", link_id)
        await unit.session.delete(link)
        await _audit(unit, context, AuditAction.SHARE_LINK_REVOKED, link, base)


def _require_shareable(view: View) -> None:
    if view.owner_id is not None:
        raise BadRequest(
            "A personal view cannot be shared: what is open to all must be seen by all.", argument="viewId"
        )
    if view_type(view.type).is_form:
        raise BadRequest("A form is published, see publishForm; it has no records to share.", argument="viewId")


async def _require_room(unit: Unit, context: RequestContext, view_id: UUID) -> None:
    limit = context.services.limits.max_share_links_per_view
    count = await unit.session.scalar(select(func.count()).where(ShareLink.view_id == view_id))
    if count is not None and count >= limit:
        raise BadRequest(f"A view may have at most {limit} share links; revoke one first.")


async def _audit(unit: Unit, context: RequestContext, action: AuditAction, link: ShareLink, base: Base) -> None:
    details = {
        "linkId": str(link.id),
        "viewId": str(link.view_id),
        "hasPassword": link.password_hash is not None,
        "expiresAt": None if link.expires_at is None else link.expires_at.isoformat(),
    }
    await audit(unit, context, action, workspace=base.workspace_id, details=details)
