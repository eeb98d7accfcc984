"""API keys: the credentials that people make for their programs. Only a session may manage them, never a key."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import Select, delete, func, select

from adapters.database import Unit
from domain.accounts.expiry import clean_expiry, clean_overlap
from domain.accounts.rates import clean_rate
from domain.accounts.reach import clean_reach
from domain.accounts.scopes import clean_scopes
from domain.accounts.secrets import new_api_key
from domain.audit.actions import AuditAction
from domain.errors import BadRequest
from domain.ids import Kind, new_id
from domain.names import clean_name
from domain.unchanged import UNCHANGED, Unchanged
from models import ApiKey, Base, User, Workspace, WorkspaceMember, base_members
from resolvers.access import missing
from resolvers.audit.writing import audit
from resolvers.authentication import require_session
from resolvers.catalog_loader import among
from resolvers.context import RequestContext
from resolvers.reach import is_mine, sees_base


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
    context: RequestContext,
    name: str,
    *,
    scopes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    workspace_ids: Sequence[UUID] | None = None,
    base_ids: Sequence[UUID] | None = None,
    rate_limit_per_minute: int | None = None,
) -> MadeKey:
    """A new key of the caller with these scopes (all for None); without `expires_at` it lives until it is deleted.

    It reaches what its user does, or only the workspaces and bases that are given; raises `NotFound` for those that
    the caller may not see.
    """
    require_session(context)
    reach = _clean_reach(context, workspace_ids, base_ids)
    made = new_api_key()
    key = ApiKey(
        id=new_id(Kind.API_KEY),
        user_id=context.user_id,
        name=_clean_name(context, name),
        prefix=made.prefix,
        secret_hash=made.digest,
        scopes=clean_scopes(scopes),
        expires_at=_clean_expiry(expires_at),
        workspace_ids=reach and reach[0],
        base_ids=reach and reach[1],
        rate_limit_per_minute=clean_rate(rate_limit_per_minute),
    )
    async with context.unit() as unit:
        await _require_visible(unit, context, key)
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
    workspace_ids: Sequence[UUID] | Unchanged | None = UNCHANGED,
    base_ids: Sequence[UUID] | Unchanged | None = UNCHANGED,
    rate_limit_per_minute: int | Unchanged | None = UNCHANGED,
) -> ApiKey:
    """Change a key of the caller's, whose secret stays the same."""
    require_session(context)
    async with context.unit() as unit:
        key = await _load(unit, context, key_id, lock=True)
        if not isinstance(name, Unchanged):
            key.name = _clean_name(context, name)
        if not isinstance(scopes, Unchanged):
            key.scopes = clean_scopes(scopes)
        if not isinstance(expires_at, Unchanged):
            key.expires_at = _clean_expiry(expires_at)
        if not isinstance(rate_limit_per_minute, Unchanged):
            key.rate_limit_per_minute = clean_rate(rate_limit_per_minute)
        await _update_reach(unit, context, key, workspace_ids, base_ids)
        await unit.session.flush()
        unit.after_commit(context.services.authenticator.forget)
        await audit(unit, context, AuditAction.API_KEY_UPDATED, subject=key.id, details=_described(key))
    return key


async def rotate_api_key(context: RequestContext, key_id: UUID, overlap: timedelta) -> MadeKey:
    """Give a key of the caller's a new secret; the one until now goes on for as long as `overlap`, if the key does.

    A secret from before that, which may have been within its own overlap, ends at once.
    """
    require_session(context)
    overlap = clean_overlap(overlap, most=context.services.limits.max_key_overlap)
    made = new_api_key()
    async with context.unit() as unit:
        key = await _load(unit, context, key_id, lock=True)
        goes_on = overlap > timedelta(0)
        key.previous_hash = key.secret_hash if goes_on else None
        key.previous_secret_id = key.secret_id if goes_on else None
        key.previous_until = datetime.now(UTC) + overlap if goes_on else None
        key.secret_hash, key.prefix, key.secret_id = made.digest, made.prefix, uuid4()
        await unit.session.flush()
        unit.after_commit(context.services.authenticator.forget)
        details = {"overlapSeconds": int(overlap.total_seconds())}
        await audit(unit, context, AuditAction.API_KEY_ROTATED, subject=key_id, details=details)
    return MadeKey(key, made.text)


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


async def _load(unit: Unit, context: RequestContext, key_id: UUID, *, lock: bool = False) -> ApiKey:
    statement = _mine(context).where(ApiKey.id == key_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await unit.session.scalar(statement)
    if found is None:
        raise missing("API key", key_id)
    return found


async def _update_reach(
    unit: Unit,
    context: RequestContext,
    key: ApiKey,
    workspace_ids: Sequence[UUID] | Unchanged | None,
    base_ids: Sequence[UUID] | Unchanged | None,
) -> None:
    """Change what the key reaches; what is not given stays."""
    if isinstance(workspace_ids, Unchanged) and isinstance(base_ids, Unchanged):
        return
    workspaces = key.workspace_ids if isinstance(workspace_ids, Unchanged) else workspace_ids
    bases = key.base_ids if isinstance(base_ids, Unchanged) else base_ids
    reach = _clean_reach(context, workspaces, bases)
    kept = {*(key.workspace_ids or ()), *(key.base_ids or ())}
    key.workspace_ids, key.base_ids = reach or (None, None)
    await _require_visible(unit, context, key, kept)


async def _require_visible(
    unit: Unit, context: RequestContext, key: ApiKey, kept: Collection[UUID] = frozenset()
) -> None:
    """Raise `NotFound` for a workspace or base that the caller may not see, unless the key named it before."""
    workspaces = [id for id in key.workspace_ids or () if id not in kept]
    bases = [id for id in key.base_ids or () if id not in kept]
    if not workspaces and not bases:
        return
    mine = select(Workspace.id).join(WorkspaceMember, is_mine(context, Workspace.id))
    of_mine = select(Base.id).join(base_members, sees_base(context))
    found = mine.where(among(Workspace.id, workspaces)).union_all(of_mine.where(among(Base.id, bases)))
    visible = set(await unit.session.scalars(found))
    for what, ids in (("workspace", workspaces), ("base", bases)):
        for id in ids:
            if id not in visible:
                raise missing(what, id)


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
    return {
        "name": key.name,
        "prefix": key.prefix,
        "scopes": key.scopes,
        "expiresAt": expires_at,
        "workspaceIds": None if key.workspace_ids is None else [str(id) for id in key.workspace_ids],
        "baseIds": None if key.base_ids is None else [str(id) for id in key.base_ids],
        "rateLimitPerMinute": key.rate_limit_per_minute,
    }


def _clean_name(context: RequestContext, name: str) -> str:
    return clean_name(name, "API key", limit=context.services.limits.max_name_length)


def _clean_reach(
    context: RequestContext, workspace_ids: Sequence[UUID] | None, base_ids: Sequence[UUID] | None
) -> tuple[list[UUID], list[UUID]] | None:
    return clean_reach(workspace_ids, base_ids, most=context.services.limits.max_api_key_targets)


def _clean_expiry(expires_at: datetime | None) -> datetime | None:
    return clean_expiry(expires_at, datetime.now(UTC))
