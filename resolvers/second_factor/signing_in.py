"""Signing in with a password and a code."""

from domain.accounts.secrets import digest
from domain.errors import Unauthenticated
from models import User
from resolvers.context import RequestContext
from resolvers.second_factor.challenges import Purpose, find_challenge, take_challenge
from resolvers.second_factor.codes import require_code
from resolvers.second_factor.failures import note_attempt
from resolvers.sign_in import SignedIn, clean_device, start_session


async def complete_login(context: RequestContext, challenge: str, code: str, *, device: str | None = None) -> SignedIn:
    """Sign in with the challenge of `login`, and a code of the app or a recovery code."""
    device = clean_device(context, device)
    async with context.lasting_unit() as unit:
        found = await find_challenge(unit, Purpose.SIGN_IN, challenge)
    assert found.user_id is not None
    await note_attempt(context, found.user_id)
    async with context.unit() as unit:
        await require_code(unit, context, found.user_id, code)
        await take_challenge(unit, Purpose.SIGN_IN, challenge)
        user = await unit.session.get_one(User, found.user_id, with_for_update={"read": True}, populate_existing=True)
        if not user.is_active or digest(user.password_hash or "") != found.content:
            raise Unauthenticated("The account was changed meanwhile; sign in again.")
        return await start_session(unit, context, user, device)
