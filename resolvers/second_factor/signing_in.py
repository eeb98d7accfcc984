"""Signing in with a password and a code."""

from domain.accounts.secrets import digest
from domain.audit.actions import AuditAction
from domain.errors import Unauthenticated
from models import User
from resolvers.audit.writing import audit_failure
from resolvers.context import RequestContext
from resolvers.second_factor.challenges import Purpose, find_challenge, take_challenge
from resolvers.second_factor.codes import require_code
from resolvers.second_factor.failures import note_attempt
from resolvers.sign_in import SignedIn, clean_device, enter


async def complete_login(context: RequestContext, challenge: str, code: str, *, device: str | None = None) -> SignedIn:
    """Sign in with the challenge of `login`, and a code of the app or a recovery code."""
    device = clean_device(context, device)
    async with context.lasting_unit() as unit:
        found = await find_challenge(unit, Purpose.SIGN_IN, challenge)
    assert found.user_id is not None
    audit_failure(context, AuditAction.SESSION_LOGIN_FAILED, subject=found.user_id, details={"by": "code"})
    await note_attempt(context, found.user_id)
    async with context.unit() as unit:
        await require_code(unit, context, found.user_id, code)
        await take_challenge(unit, Purpose.SIGN_IN, challenge)
        user = await unit.session.get_one(User, found.user_id, with_for_update={"read": True}, populate_existing=True)
        if not user.is_active or digest(user.password_hash or "") != found.content:
            raise Unauthenticated("The account was changed meanwhile; sign in again.")
        return await enter(unit, context, user, device, by="code")
