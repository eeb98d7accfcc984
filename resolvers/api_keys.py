"""API keys: the credentials that people make for their programs. Only a session may manage them, never a key."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import Select, delete, func, select

from adapters.database import Unit
from domain.accounts.expiry import clean_expiry
from domain.accounts.scopes import clean_scopes
from domain.accounts.secrets import new_api_key
from domain.audit.actions import AuditAction
from domain.errors import BadRequest
from domain.ids import Kind, new_id
from domain.names import clean_name
from domain.unchanged import UNCHANGED, Unchanged
from models import ApiKey, User
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key that was just made; its secret is told now and never again."""

    key: ApiKey
    secret: str = field(repr=False)


async def list_api_keys(context: RequestContext) -> list[ApiKey]:
    """The caller's keys, oldest first, expired ones too."""
    require_session(context)
    async with context.unit() as unit:
        return list(await unit.session.scalars(_mine(context).order_by(ApiKey.id)))


async def get_api_key(context: RequestContext, key_id: UUID) -> ApiKey:
    """One of the caller's keys; raises `NotFound` for any other."""
    require_session(context)
    async with context.unit() as unit:
        return await _load(unit, context, key_id)


async def create_api_key(
    context: RequestContext, name: str, *, scopes: Sequence[str] | None = None, expires_at: datetime | None = None
) -> MadeKey:
    """A new key of the caller with these scopes (all for None); without `expires_at` it lives until it is deleted."""
    require_session(context)
    made = new_api_key()
    key = ApiKey(
        id=new_id(Kind.API_KEY),
        user_id=context.user_id,
        name=_clean_name(context, name),
        prefix=made.prefix,
        secret_hash=made.digest,
        scopes=clean_scopes(scopes),
        expires_at=_clean_expiry(expires_at),
    )
    async with context.unit() as unit:
        await _require_room(unit, context)
        unit.session.add(key)
        await unit.session.flush()
        await audit(unit, context, AuditAction.API_KEY_CREATED, subject=key.id, details=_described(key))
    return MadeKey(key, made.text)


async def update_api_key(
    context: RequestContext,
    key_id: UUID,
    *,
    name: str | Unchanged = UNCHANGED,
    scopes: Sequence[str] | Unchanged = UNCHANGED,
    expires_at: datetime | Unchanged | None = UNCHANGED,
) -> ApiKey:
    """Change a key of the caller's, whose secret stays the same."""
    require_session(context)
    async with context.unit() as unit:
        key = await _load(unit, context, key_id)
        if not isinstance(name, Unchanged):
            key.name = _clean_name(context, name)
        if not isinstance(scopes, Unchanged):
            key.scopes = clean_scopes(scopes)
        if not isinstance(expires_at, Unchanged):
            key.expires_at = _clean_expiry(expires_at)
        await unit.session.flush()
        unit.after_commit(context.services.authenticator.forget)
        await audit(unit, context, AuditAction.API_KEY_UPDATED, subject=key.id, details=_described(key))
    return key


async def delete_api_key(context: RequestContext, key_id: UUID) -> UUID:
    """Delete a key of the caller's and return its id; who holds its secret is refused from now on."""
    require_session(context)
    statement = delete(ApiKey).where(ApiKey.id == key_id, ApiKey.user_id == context.user_id).returning(ApiKey.id)
    async with context.unit() as unit:
        deleted = await unit.session.scalar(statement.execution_options(synchronize_session=False))
        unit.after_commit(context.services.authenticator.forget)
        if deleted is None:
            raise missing("API key", key_id)
        await audit(unit, context, AuditAction.API_KEY_DELETED, subject=key_id)
    return deleted


def _mine(context: RequestContext) -> Select[ApiKey]:
    return select(ApiKey).where(ApiKey.user_id == context.user_id)


async def _load(unit: Unit, context: RequestContext, key_id: UUID) -> ApiKey:
    found = await unit.session.scalar(_mine(context).where(ApiKey.id == key_id))
    if found is None:
        raise missing("API key", key_id)
    return found


async def _require_room(unit: Unit, context: RequestContext) -> None:
    """Raise `BadRequest` when the caller has as many keys as there may be; others of theirs wait for the answer."""
    limit = context.services.limits.max_api_keys_per_user
    await unit.session.execute(select(User.id).where(User.id == context.user_id).with_for_update(key_share=True))
    count = await unit.session.scalar(select(func.count()).where(ApiKey.user_id == context.user_id))
    if count is not None and count >= limit:
        raise BadRequest(f"A user may have at most {limit} API keys; delete one first.")


def _described(key: ApiKey) -> dict[str, object]:
    """What the audit log tells of a key."""
    expires_at = None if key.expires_at is None else key.expires_at.isoformat()
    return {"name": key.name, "prefix": key.prefix, "scopes": key.scopes, "expiresAt": expires_at}


def _clean_name(context: RequestContext, name: str) -> str:
    return clean_name(name, "API key", limit=context.services.limits.max_name_length)


def _clean_expiry(expires_at: datetime | None) -> datetime | None:
    return clean_expiry(expires_at, datetime.now(UTC))
