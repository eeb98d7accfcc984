"""Refreshing: each refresh token is used once and replaced by the next one.

A token that comes a second time was stolen, or its holder lost the answer to the first; the two look the same, so its
session ends for both. That is strict on purpose: of two concurrent refreshes with one token exactly one is answered,
and the other one ends the session.
"""

from functools import partial
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from adapters.database import Unit
from domain.accounts.secrets import refresh_token_digest
from domain.audit.actions import AuditAction
from domain.errors import Unauthenticated
from models import RefreshToken, Session, User
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.sessions import end_sessions
from resolvers.sign_in import SignedIn, issue_tokens

logger = structlog.get_logger(__name__)


async def refresh_tokens(context: RequestContext, refresh_token: str) -> SignedIn:
    """New tokens for an unused refresh token; raises `Unauthenticated` for any other."""
    digest = refresh_token_digest(refresh_token)
    if digest is None:
        raise _refused()
    async with context.unit() as unit:
        session_id = await _use(unit, digest)
        if session_id is None:
            await _note_reuse(unit, context, digest)
            raise _refused()
        owner = select(User).join(Session, Session.user_id == User.id).where(Session.id == session_id)
        user = (await unit.session.scalars(owner)).one()
        return await issue_tokens(unit, context, user, session_id)


async def _use(unit: Unit, digest: bytes) -> UUID | None:
    """Mark the token as used and return its session; None when it cannot be used. Its row decides a race."""
    statement = (
        update(RefreshToken)
        .where(
            RefreshToken.token_hash == digest,
            RefreshToken.used_at.is_(None),
            RefreshToken.expires_at > func.now(),
            Session.id == RefreshToken.session_id,
            Session.revoked_at.is_(None),
            User.id == Session.user_id,
            User.is_active,
        )
        .values(used_at=func.now())
        .returning(RefreshToken.session_id)
        .execution_options(synchronize_session=False)
    )
    return await unit.session.scalar(statement)


async def _note_reuse(unit: Unit, context: RequestContext, digest: bytes) -> None:
    """If the token was used before, end its session once this operation, which fails, is rolled back."""
    statement = select(RefreshToken.session_id).where(
        RefreshToken.token_hash == digest, RefreshToken.used_at.is_not(None)
    )
    session_id = await unit.session.scalar(statement)
    if session_id is not None:
        context.after_rollback(partial(_end_reused, context, session_id))


async def _end_reused(context: RequestContext, session_id: UUID) -> None:
    client = context.client
    logger.warning(
        "refresh token used twice",
        session_id=str(session_id),
        request_id=client.request_id,
        ip_address=client.ip_address,
    )
    async with context.database.transaction() as unit:
        await end_sessions(unit, context.services.authenticator, Session.id == session_id)
        await audit(unit, context, AuditAction.SESSION_REFRESH_REUSED, subject=session_id)


def _refused() -> Unauthenticated:
    return Unauthenticated("The refresh token is not valid; sign in again.")
