"""Signing in with who came back from a provider."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, func

from domain.accounts.secrets import digest, new_bare_secret
from domain.errors import Unauthenticated
from models import OAuthRequest, SignInCode, User
from resolvers.context import RequestContext
from resolvers.expiry import sweep
from resolvers.oauth.identities import user_of
from resolvers.oauth.returning import exchange, take, unknown_state
from resolvers.sign_in import SignedIn, clean_device, enter


@dataclass(frozen=True, slots=True)
class SentBack:
    """Where the browser goes on, and what it takes along for the page there: a code, or None where there is no user."""

    return_to: str
    code: str | None


async def complete_oauth(
    context: RequestContext, state: str, code: str, *, issuer: str | None = None, device: str | None = None
) -> SignedIn:
    """Sign in with what a browser has brought back to a page of the client's.

    Raises `Unauthenticated` for what is not valid, `Forbidden` where there is no account and none may be made.
    """
    device = clean_device(context, device)
    is_plain = OAuthRequest.user_id.is_(None) & OAuthRequest.browser_hash.is_(None)
    request = await take(context, state, is_plain)
    returned = await exchange(context, request, state, code, issuer)
    async with context.unit() as unit:
        user = await user_of(unit, context, returned.claim)
        return await enter(unit, context, user, device, by=returned.provider.config.key)


async def return_in_browser(
    context: RequestContext, provider: str, state: str, browser: str, code: str | None, issuer: str | None
) -> SentBack:
    """What a browser takes from a route of ours to the page that sent it; without `code` the provider has refused.

    `browser` is the value of its cookie: another browser cannot be signed in with a link to here.
    """
    is_its_own = (OAuthRequest.browser_hash == digest(browser)) & (OAuthRequest.provider == provider)
    request = await take(context, state, is_its_own)
    if request.return_to is None:
        raise unknown_state()
    if code is None:
        return SentBack(request.return_to, None)
    returned = await exchange(context, request, state, code, issuer)
    made = new_bare_secret()
    async with context.database.transaction() as unit:
        user = await user_of(unit, context, returned.claim)
        expires_at = datetime.now(UTC) + context.services.oauth.code_lifetime
        await sweep(unit, SignInCode.code_hash, SignInCode.expires_at)
        unit.session.add(SignInCode(code_hash=made.digest, user_id=user.id, expires_at=expires_at))
        await unit.session.flush()
    return SentBack(request.return_to, made.text)


async def exchange_sign_in_code(context: RequestContext, code: str, *, device: str | None = None) -> SignedIn:
    """Sign in with the code that a browser has brought to its page, once."""
    device = clean_device(context, device)
    taken = (
        delete(SignInCode)
        .where(SignInCode.code_hash == digest(code), SignInCode.expires_at > func.now())
        .returning(SignInCode.user_id)
        .execution_options(synchronize_session=False)
    )
    async with context.unit() as unit:
        user_id = await unit.session.scalar(taken)
        user = None if user_id is None else await unit.session.get(User, user_id)
        if user is None or not user.is_active:
            raise Unauthenticated("The code has expired, or was used already; sign in again.")
        return await enter(unit, context, user, device, by="provider")
