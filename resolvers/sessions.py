"""Sessions: which there are, and how they end."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select, update

from adapters.database import Unit
from domain.audit.actions import AuditAction
from models import RefreshToken, Session
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.authenticator import Authenticator
from resolvers.context import RequestContext

MAX_LISTED = 100


async def list_sessions(context: RequestContext) -> list[Session]:
    """The caller's sessions that can still be used, most recently active first; at most `MAX_LISTED`."""
    require_session(context)
    can_be_prolonged = exists().where(
        RefreshToken.session_id == Session.id, RefreshToken.used_at.is_(None), RefreshToken.expires_at > func.now()
    )
    statement = (
        select(Session)
        .where(_live(context) & can_be_prolonged)
        .order_by(Session.last_active_at.desc(), Session.id.desc())
        .limit(MAX_LISTED)
    )
    async with context.unit() as unit:
        return list(await unit.session.scalars(statement))


async def get_session(context: RequestContext, session_id: UUID) -> Session:
    """One of the caller's sessions that has not ended; raises `NotFound` for any other."""
    require_session(context)
    async with context.unit() as unit:
        found = await unit.session.scalar(select(Session).where(_live(context), Session.id == session_id))
    if found is None:
        raise missing("session", session_id)
    return found


async def revoke_session(context: RequestContext, session_id: UUID) -> UUID:
    """End one of the caller's sessions and return its id; raises `NotFound` when it is not theirs or has ended."""
    require_session(context)
    async with context.unit() as unit:
        ended = await end_sessions(unit, context.services.authenticator, _live(context), Session.id == session_id)
        if not ended:
            raise missing("session", session_id)
        await audit(unit, context, AuditAction.SESSION_REVOKED, subject=session_id)
    return session_id


async def logout(context: RequestContext, *, all_sessions: bool = False) -> int:
    """End the caller's session, or all of them, and return how many had not ended yet."""
    session_id = require_session(context)
    which = Session.user_id == context.user_id if all_sessions else Session.id == session_id
    async with context.unit() as unit:
        ended = await end_sessions(unit, context.services.authenticator, which)
        details = {"endedSessions": ended}
        await audit(unit, context, AuditAction.SESSION_LOGOUT, subject=context.user_id, details=details)
    return ended


async def revoke_other_sessions(context: RequestContext) -> int:
    """End the caller's sessions except this one and return how many had not ended yet."""
    session_id = require_session(context)
    async with context.unit() as unit:
        ended = await end_sessions(unit, context.services.authenticator, _live(context), Session.id != session_id)
        details = {"endedSessions": ended}
        await audit(unit, context, AuditAction.SESSION_OTHERS_REVOKED, subject=context.user_id, details=details)
    return ended


async def end_sessions(unit: Unit, authenticator: Authenticator, *which: ColumnElement[bool]) -> int:
    """Revoke the sessions that match and return how many had not been; their tokens end with them.

    In this process that counts from the commit on, in every other within a second.
    """
    statement = update(Session).where(Session.revoked_at.is_(None), *which).values(revoked_at=func.now())
    ended = await unit.session.scalars(statement.returning(Session.id).execution_options(synchronize_session=False))
    unit.after_commit(authenticator.forget)
    return len(ended.all())


def _live(context: RequestContext) -> ColumnElement[bool]:
    return (Session.user_id == context.user_id) & Session.revoked_at.is_(None)
