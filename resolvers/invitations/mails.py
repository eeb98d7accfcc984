"""How many mails with invitations somebody may have sent: the audit log knows, also of workspaces that are gone."""

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import func, select

from adapters.database import Unit
from domain.audit.actions import AuditAction
from domain.errors import RateLimited
from domain.ids import least_id_of
from models import AuditEntry, User
from resolvers.context import RequestContext

_DAY: Final = timedelta(days=1)
_SENT: Final = (AuditAction.INVITATION_CREATED.value, AuditAction.INVITATION_RESENT.value)


async def require_mails_left(unit: Unit, context: RequestContext) -> None:
    """Raise `RateLimited` when the caller has sent as many within a day as one may; others of theirs wait meanwhile."""
    limit = context.services.limits.max_invitation_mails_per_day
    await unit.session.execute(select(User.id).where(User.id == context.user_id).with_for_update(key_share=True))
    since = datetime.now(UTC) - _DAY
    statement = select(func.count(), func.min(AuditEntry.at)).where(
        AuditEntry.actor_id == context.user_id, AuditEntry.id > least_id_of(since), AuditEntry.action.in_(_SENT)
    )
    count, first = (await unit.session.execute(statement)).one()
    if count >= limit:
        seconds = max((first - since).total_seconds(), 1)
        message = f"You have sent {count:,} invitations within a day, and no more may be sent; try again later."
        raise RateLimited(message, retryAfter=round(seconds, 3))
