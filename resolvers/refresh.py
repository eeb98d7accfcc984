"""Refreshing: each refresh token is used once and replaced by the next one, its only successor.

A token that comes a second time was stolen, or its holder lost the answer to the first, or asked twice at once. Shortly
after the first use, and from the same address and user agent, it is taken for the latter and gets that successor once
more, unless somebody has used the successor already; there is never more than one line of tokens, so a thief gains
nothing that stealing the successor would not have given. Any other second use ends the session for both.
"""

from datetime import timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID

import structlog
from sqlalchemy import func, select, update

from adapters.database import Unit
from domain.accounts.secrets import NewSecret, new_seed, refresh_successor, refresh_token_digest
from domain.audit.actions import AuditAction
from domain.errors import Unauthenticated
from models import RefreshToken, Session, User
from resolvers.audit.writing import audit
from resolvers.clients import printable
from resolvers.context import Client, RequestContext
from resolvers.sessions import end_sessions
from resolvers.sign_in import SignedIn, issue_tokens, with_access_token

logger = structlog.get_logger(__name__)


async def refresh_tokens(context: RequestContext, refresh_token: str) -> SignedIn:
    """New tokens for an unused refresh token; raises `Unauthenticated` for one that cannot be used (any more)."""
    digest = refresh_token_digest(refresh_token)
    if digest is None:
        raise _refused()
    seed = new_seed()
    async with context.unit() as unit:
        session_id = await _use(unit, context.client, digest, seed)
        if session_id is not None:
            successor = refresh_successor(context.services.refresh_key, refresh_token, seed)
            return await issue_tokens(unit, context, await _owner(unit, session_id), session_id, successor)
        repeated = await _repeat(unit, context, refresh_token, digest)
        if repeated is None:
            await _note_reuse(unit, context, digest)
            raise _refused()
        return repeated


async def _use(unit: Unit, client: Client, digest: bytes, seed: bytes) -> UUID | None:
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
        .values(used_at=func.now(), used_by=_digest_of(client), seed=seed)
        .returning(RefreshToken.session_id)
        .execution_options(synchronize_session=False)
    )
    session_id = await unit.session.scalar(statement)
    if session_id is not None:
        await _note_client(unit, client, session_id)
    return session_id


async def _note_client(unit: Unit, client: Client, session_id: UUID) -> None:
    """Have the session show where it is used from now."""
    seen = {"ip_address": client.ip_address, "user_agent": printable(client.user_agent), "last_active_at": func.now()}
    statement = update(Session).where(Session.id == session_id).values(seen)
    await unit.session.execute(statement.execution_options(synchronize_session=False))


async def _owner(unit: Unit, session_id: UUID) -> User:
    owner = select(User).join(Session, Session.user_id == User.id).where(Session.id == session_id)
    return (await unit.session.scalars(owner)).one()


async def _repeat(unit: Unit, context: RequestContext, refresh_token: str, digest: bytes) -> SignedIn | None:
    """The answer to the first use of a token once more, for its client alone, within the grace, and while it is of use.

    The access token is a new one: of the first one nothing is kept.
    """
    grace, client = context.services.refresh_grace, context.client
    found = await _used_just_now(unit, client, digest, grace) if grace else None
    if found is None:
        return None
    session_id, seed = found
    successor = refresh_successor(context.services.refresh_key, refresh_token, seed)
    if not await _is_unused(unit, successor):
        return None
    logger.info("refresh token repeated", session_id=str(session_id), request_id=client.request_id)
    return with_access_token(context, await _owner(unit, session_id), session_id, successor)


async def _used_just_now(unit: Unit, client: Client, digest: bytes, grace: timedelta) -> tuple[UUID, bytes] | None:
    """The session of a token that this client has used within the grace, and the seed of its successor."""
    statement = (
        select(RefreshToken.session_id, RefreshToken.seed)
        .join(Session, Session.id == RefreshToken.session_id)
        .join(User, User.id == Session.user_id)
        .where(
            RefreshToken.token_hash == digest,
            RefreshToken.used_at > func.now() - grace,
            RefreshToken.used_by == _digest_of(client),
            Session.revoked_at.is_(None),
            User.is_active,
        )
    )
    row = (await unit.session.execute(statement)).one_or_none()
    return None if row is None or row.seed is None else (row.session_id, row.seed)


async def _is_unused(unit: Unit, successor: NewSecret) -> bool:
    statement = select(RefreshToken.session_id).where(
        RefreshToken.token_hash == successor.digest,
        RefreshToken.used_at.is_(None),
        RefreshToken.expires_at > func.now(),
    )
    return await unit.session.scalar(statement) is not None


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


def _digest_of(client: Client) -> bytes:
    """What two requests of one client have in common; it is compared, and nothing else."""
    return sha256(f"{client.ip_address}\n{client.user_agent}".encode(errors="surrogatepass")).digest()


def _refused() -> Unauthenticated:
    return Unauthenticated("The refresh token is not valid; sign in again.")
