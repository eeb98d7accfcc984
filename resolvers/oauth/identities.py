"""Which accounts at providers belong to which users."""

import json
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.dialects.postgresql import insert

from adapters.database import Unit
from domain.audit.actions import AuditAction
from domain.errors import Conflict, Forbidden, Unauthenticated
from domain.ids import Kind, new_id
from models import Identity, OAuthRequest, User
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.oauth.claims import Claim
from resolvers.oauth.returning import exchange, take


async def list_identities(context: RequestContext) -> list[Identity]:
    """The caller's, oldest first."""
    require_session(context)
    statement = select(Identity).where(Identity.user_id == context.user_id).order_by(Identity.id)
    async with context.unit() as unit:
        return list(await unit.session.scalars(statement))


async def link_identity(context: RequestContext, state: str, code: str, issuer: str | None = None) -> Identity:
    """Add an account at a provider to the caller's; `startOAuth` with `link` was theirs. Raises `Conflict` for one that
    is somebody's already.
    """
    require_session(context)
    request = await take(context, state, OAuthRequest.user_id == context.user_id)
    claim = (await exchange(context, request, state, code, issuer)).claim
    async with context.unit() as unit:
        known = await _find(unit, claim)
        if known is None:
            return await _add(unit, context, claim, context.user_id)
        if known.user_id != context.user_id:
            raise Conflict(f"This account at {claim.title} belongs to another user.")
        await _note_use(unit, context, known, claim)
        return known


async def unlink_identity(context: RequestContext, identity_id: UUID) -> UUID:
    """Remove one of the caller's; raises `Forbidden` for the only way in that there is, `NotFound` for others'."""
    require_session(context)
    async with context.unit() as unit:
        # Whoever removes another one at the same time waits here.
        user = await unit.session.get_one(User, context.user_id, with_for_update=True, populate_existing=True)
        mine = {each.id: each for each in await unit.session.scalars(select(Identity).where(_is_of(user)))}
        if identity_id not in mine:
            raise missing("identity", identity_id)
        if user.password_hash is None and len(mine) == 1:
            raise Forbidden("This is the only way into the account; set a password or link another provider first.")
        details = {"provider": mine[identity_id].provider}
        await unit.session.delete(mine[identity_id])
        await unit.session.flush()
        await audit(unit, context, AuditAction.IDENTITY_UNLINKED, subject=identity_id, details=details)
    return identity_id


async def user_of(unit: Unit, context: RequestContext, claim: Claim) -> User:
    """Whose account at a provider it is: a known one's, the owner's of the same proven address, or a new user's."""
    known = await _find(unit, claim)
    if known is not None:
        await _note_use(unit, context, known, claim)
        user = await unit.session.get_one(User, known.user_id)
    else:
        user = await _by_address(unit, context, claim)
        await _add(unit, context, claim, user.id)
    if not user.is_active:
        raise Unauthenticated("This account may not sign in.")
    return user


async def _by_address(unit: Unit, context: RequestContext, claim: Claim) -> User:
    """The user with the address that the provider vouches for, where they have proven it here as well.

    Who registered with an address that is not theirs would otherwise share the account with its owner from then on.
    """
    email = claim.profile.proven_email
    title = claim.title
    if email is None:
        raise Forbidden(f"{title} does not vouch for an e-mail address of this account; verify one there.")
    may_register = context.services.registration_open or claim.makes_users
    made = await _register(unit, context, claim, email) if may_register else None
    if made is not None:
        return made
    found = await unit.session.scalar(select(User).where(func.lower(User.email) == func.lower(email)))
    if found is None:
        raise Forbidden("Registration is closed on this server.")
    if not found.is_verified:
        advice = f"Sign in to it, and link {title} there." if claim.is_linked_by_users else "Confirm the address first."
        raise Forbidden(f"There is an account with this address. {advice}")
    return found


async def _register(unit: Unit, context: RequestContext, claim: Claim, email: str) -> User | None:
    """A new user without a password; None where the address is known. The unique index decides a race."""
    name = claim.profile.shown_name(context.services.limits.max_name_length)
    statement = insert(User).values(id=new_id(Kind.USER), email=email, name=name, is_verified=True)
    made = await unit.session.scalar(statement.on_conflict_do_nothing().returning(User))
    if made is not None:
        await audit(unit, context, AuditAction.USER_REGISTERED, subject=made.id, actor=made.id)
    return made


async def _find(unit: Unit, claim: Claim) -> Identity | None:
    statement = select(Identity).where(Identity.provider == claim.provider, Identity.subject == claim.profile.subject)
    return await unit.session.scalar(statement.with_for_update())


async def _add(unit: Unit, context: RequestContext, claim: Claim, user_id: UUID) -> Identity:
    statement = (
        insert(Identity)
        .values(
            id=new_id(Kind.IDENTITY),
            user_id=user_id,
            provider=claim.provider,
            subject=claim.profile.subject,
            email=claim.profile.known_email,
            tokens=_sealed(context, claim),
        )
        .on_conflict_do_nothing()
        .returning(Identity)
    )
    added = await unit.session.scalar(statement)
    if added is None:
        raise Conflict("Somebody has just signed in with the same account; try again.")
    details = {"provider": added.provider, "email": added.email}
    await audit(unit, context, AuditAction.IDENTITY_LINKED, subject=added.id, actor=user_id, details=details)
    return added


async def _note_use(unit: Unit, context: RequestContext, identity: Identity, claim: Claim) -> None:
    identity.last_used_at = func.now()
    identity.email = claim.profile.known_email
    identity.tokens = _sealed(context, claim)
    await unit.session.flush()
    await unit.session.refresh(identity)


def _sealed(context: RequestContext, claim: Claim) -> bytes:
    return context.services.seal.close(json.dumps(claim.tokens))


def _is_of(user: User) -> ColumnElement[bool]:
    return Identity.user_id == user.id
