"""Leaving an account for a while: nobody can use it, and it comes back as it was."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from domain.accounts.one_time import Purpose, in_words
from domain.audit.actions import AuditAction
from domain.errors import NotFound
from models import Session, User
from resolvers.audit.writing import audit
from resolvers.context import RequestContext
from resolvers.guessing import guess_of
from resolvers.mailing.posting import post
from resolvers.self_service.keys import end_keys
from resolvers.self_service.letters import notice
from resolvers.self_service.proof import lock_proven, prove, require_another_superuser
from resolvers.self_service.tokens import end_tokens, make_token, use_token
from resolvers.sessions import end_sessions


@dataclass(frozen=True, slots=True)
class Deactivated:
    """An account that was deactivated, and until when the link in the mail brings it back."""

    user_id: UUID
    until: datetime


async def deactivate_me(context: RequestContext, password: str) -> Deactivated:
    """Deactivate the caller's account: its sessions end and its API keys are deleted; memberships and data stay.

    Raises `ValidationFailed` for a wrong password and `Conflict` for the last superuser.
    """
    services = context.services
    period = services.account_rules.reactivation_period
    proven = await prove(context, password)
    async with context.unit() as unit:
        await require_another_superuser(unit, proven.user_id)
        user = await lock_proven(unit, proven)
        user.is_active = False
        await unit.session.flush()
        await end_sessions(unit, services.authenticator, Session.user_id == user.id)
        await end_keys(unit, context, user.id)
        await end_tokens(unit, user.id)
        token = await make_token(unit, user, Purpose.REACTIVATE, period)
        link = services.letters.link("reactivate", token)
        await post(unit, services, notice(context, "account_deactivated", user, link=link, lifetime=in_words(period)))
        await audit(unit, context, AuditAction.USER_DEACTIVATED, subject=user.id)
    context.forget_loaded()
    return Deactivated(proven.user_id, datetime.now(UTC) + period)


@guess_of(wrong=(NotFound,))
async def reactivate_me(context: RequestContext, token: str) -> User:
    """Bring the token's account back; signing in takes its password, as ever. Raises `NotFound`."""
    async with context.unit() as unit:
        used = await use_token(unit, token, Purpose.REACTIVATE, is_active=False)
        used.user.is_active = True
        await unit.session.flush()
        await audit(unit, context, AuditAction.USER_REACTIVATED, subject=used.user.id, actor=used.user.id)
        unit.after_commit(context.services.authenticator.forget)
    context.forget_loaded()
    return used.user
