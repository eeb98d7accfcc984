"""Reads what accounts were given. It is read anew for each use: what is granted or revoked counts from its commit."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

import asyncpg
from sqlalchemy import Text, any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY

from adapters.database import Unit
from domain.access.holdings import Holding, Holdings, HoldingSource, require_permission
from domain.access.permissions import PERMISSIONS, ROLES_READ, Permission, is_permission_code
from domain.errors import BadRequest
from models import CustomPermission, User
from resolvers.access import missing
from resolvers.authentication import require_session
from resolvers.context import RequestContext

_HOLDINGS: Final = """
SELECT u.is_superuser, u.is_staff, p.permission, p.role_id, p.group_id
FROM users u LEFT JOIN LATERAL (
    SELECT g.permission, NULL::uuid AS role_id, NULL::uuid AS group_id
    FROM permission_grants g WHERE g.user_id = u.id
    UNION ALL
    SELECT g.permission, NULL, m.group_id
    FROM group_members m JOIN permission_grants g ON g.group_id = m.group_id WHERE m.user_id = u.id
    UNION ALL
    SELECT g.permission, h.role_id, NULL
    FROM role_grants h JOIN permission_grants g ON g.role_id = h.role_id WHERE h.user_id = u.id
    UNION ALL
    SELECT g.permission, h.role_id, m.group_id
    FROM group_members m JOIN role_grants h ON h.group_id = m.group_id
    JOIN permission_grants g ON g.role_id = h.role_id WHERE m.user_id = u.id
) p ON true
WHERE u.id = $1 AND u.is_active
"""


async def read_holdings(unit: Unit, user_id: UUID) -> Holdings:
    """What a user holds, by one statement; nothing for one who is not active."""
    rows = await unit.connection.fetch(_HOLDINGS, user_id)
    if not rows:
        return Holdings(user_id)
    granted = tuple(_holding(row) for row in rows if row["permission"] is not None)
    return Holdings(user_id, rows[0]["is_superuser"], rows[0]["is_staff"], granted)


async def permitted(unit: Unit, context: RequestContext, permission: Permission) -> Holdings:
    """What the caller holds, who must hold this and come with a session; raises `Forbidden`.

    An API key administers nothing: who has found one must not be able to look around, or to make others powerful.
    """
    require_session(context)
    mine = await read_holdings(unit, context.user_id)
    require_permission(mine, permission)
    return mine


async def permission_codes(unit: Unit) -> list[str]:
    """Every permission that there is, sorted."""
    return sorted([*PERMISSIONS, *await unit.session.scalars(select(CustomPermission.code))])


async def require_known(unit: Unit, codes: Iterable[str], argument: str) -> list[str]:
    """The codes without repetition, sorted; raises `BadRequest` for one that no permission has."""
    wanted = sorted(set(codes))
    possible = [code for code in wanted if code not in PERMISSIONS and is_permission_code(code)]
    custom: set[str] = set()
    if possible:
        statement = select(CustomPermission.code).where(CustomPermission.code == any_(literal(possible, ARRAY(Text))))
        custom = set(await unit.session.scalars(statement))
    for code in wanted:
        if code not in PERMISSIONS and code not in custom:
            raise BadRequest(f"There is no permission {code[:100]!r}.", argument=argument)
    return wanted


async def has_permission(context: RequestContext, permission: str, user_id: UUID | None) -> bool:
    """Whether the caller, or somebody else where the caller may see that, holds a permission that there is."""
    async with context.unit() as unit:
        await _require_sight(unit, context, user_id)
        await require_known(unit, [permission], "permission")
        holdings = await read_holdings(unit, user_id or context.user_id)
    return holdings.holds(permission)


async def list_my_permissions(context: RequestContext) -> list[str]:
    """The codes of what the caller holds, sorted."""
    async with context.unit() as unit:
        mine = await read_holdings(unit, context.user_id)
        every = await permission_codes(unit) if mine.is_superuser else ()
    return sorted({each.permission for each in mine.explained(every)})


async def explain_permissions(context: RequestContext, user_id: UUID) -> list[Holding]:
    """Every way in which a user holds each permission; raises `NotFound` for a user who is not there."""
    async with context.unit() as unit:
        await _require_sight(unit, context, user_id)
        if await unit.session.scalar(select(User.id).where(User.id == user_id)) is None:
            raise missing("user", user_id)
        holdings = await read_holdings(unit, user_id)
        every = await permission_codes(unit) if holdings.is_superuser else ()
    return holdings.explained(every)


async def _require_sight(unit: Unit, context: RequestContext, user_id: UUID | None) -> None:
    """Everybody may see what they hold themselves; for others it takes `roles:read`."""
    if user_id is not None and user_id != context.user_id:
        await permitted(unit, context, ROLES_READ)


def _holding(row: asyncpg.Record) -> Holding:
    role, group = row["role_id"], row["group_id"]
    if role is None:
        source = HoldingSource.DIRECT if group is None else HoldingSource.GROUP
    else:
        source = HoldingSource.ROLE if group is None else HoldingSource.GROUP_ROLE
    return Holding(row["permission"], source, role, group)
