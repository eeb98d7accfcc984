"""What the server knows of an account, for its holder."""

from typing import Any, Final

import orjson
from sqlalchemy import select

from adapters.database import Unit
from domain.bases.catalog import table_name
from domain.sql import Parameters
from models import Base, Table, table_members
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.reach import is_overridden
from resolvers.visible_fields import CallersTables

MAX_ROWS: Final = 1_000
"""Of each list in an export: the newest."""
MAX_TABLES: Final = 1_000
"""In which records are counted."""
_TABLES_AT_ONCE: Final = 50

_OWN: Final = """
SELECT json_build_object(
  'account', (SELECT row_to_json(x) FROM (
      SELECT id, email, name, is_verified "isVerified", is_superuser "isSuperuser",
             password_hash IS NOT NULL "hasPassword", created_at "createdAt", updated_at "updatedAt"
        FROM users WHERE id = $1) x),
  'sessions', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT id, device, ip_address "ipAddress", user_agent "userAgent", created_at "createdAt",
             last_active_at "lastActiveAt", revoked_at "revokedAt"
        FROM sessions WHERE user_id = $1 ORDER BY id DESC LIMIT $2) x),
  'apiKeys', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT id, name, prefix, scopes, created_at "createdAt", expires_at "expiresAt", last_used_at "lastUsedAt"
        FROM api_keys WHERE user_id = $1 ORDER BY id DESC LIMIT $2) x),
  'applicationTokens', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT id, name, prefix, scopes, created_at "createdAt", expires_at "expiresAt", last_used_at "lastUsedAt"
        FROM application_tokens WHERE user_id = $1 ORDER BY id DESC LIMIT $2) x),
  'identities', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT id, provider, subject, email, created_at "createdAt", last_used_at "lastUsedAt"
        FROM identities WHERE user_id = $1 ORDER BY id DESC LIMIT $2) x),
  'passkeys', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT id, name, created_at "createdAt", last_used_at "lastUsedAt"
        FROM passkeys WHERE user_id = $1 ORDER BY id DESC LIMIT $2) x),
  'appSince', (SELECT confirmed_at FROM authenticators WHERE user_id = $1),
  'mails', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT purpose, email, created_at "createdAt", expires_at "expiresAt", ended_at "endedAt"
        FROM one_time_tokens WHERE user_id = $1 ORDER BY created_at DESC LIMIT $2) x),
  'memberships', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT w.id "workspaceId", w.name "workspaceName", m.role, m.created_at "createdAt"
        FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
       WHERE m.user_id = $1 ORDER BY m.id DESC LIMIT $2) x),
  'personalViews', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT id, table_id "tableId", name, type, created_at "createdAt"
        FROM views WHERE owner_id = $1 AND EXISTS (
             SELECT FROM table_members m WHERE m.table_id = views.table_id AND m.user_id = $1)
       ORDER BY id DESC LIMIT $2) x),
  'functionCalls', (SELECT coalesce(json_agg(x), '[]') FROM (
      SELECT id, function, input, output, error, created_at "createdAt", finished_at "finishedAt"
        FROM function_calls WHERE user_id = $1 ORDER BY id DESC LIMIT $2) x)
)::text
"""


async def export_me(context: RequestContext) -> dict[str, Any]:
    """The caller's account, sessions, keys without secrets, mails, memberships, personal views and calls, as JSON.

    `records` counts what the caller has created in each table of their workspaces, as far as they see it now.
    """
    require_session(context)
    async with context.unit() as unit:
        own = await unit.connection.fetchval(_OWN, context.user_id, MAX_ROWS)
        exported: dict[str, Any] = orjson.loads(own)
        exported["records"] = await _records(unit, context)
    return exported


async def _records(unit: Unit, context: RequestContext) -> list[dict[str, Any]]:
    mine = (table_members.c.table_id == Table.id) & (table_members.c.user_id == context.user_id)
    statement = select(Table.id, Table.name, Table.number, Base.number, is_overridden(context))
    statement = statement.join(Base, Base.id == Table.base_id).join(table_members, mine)
    tables = (await unit.session.execute(statement.order_by(Table.id).limit(MAX_TABLES))).all()
    known, counts = CallersTables(context, unit), list[int]()
    for start in range(0, len(tables), _TABLES_AT_ONCE):
        parameters = Parameters(viewer=context.user_id)
        user = parameters.input(0, "uuid")
        counted = []
        for id, _, number, base, is_concerned in tables[start : start + _TABLES_AT_ONCE]:
            seen = (await known.get(id)).source(parameters) if is_concerned else table_name(base, number)
            counted.append(f"(SELECT count(*) FROM {seen} r WHERE r.created_by = {user})")
        row = await unit.connection.fetchrow(f"SELECT {', '.join(counted)}", *parameters.bind([context.user_id]))
        assert row is not None  # a SELECT without FROM has one row
        counts += row
    return [
        {"tableId": str(table.id), "tableName": table.name, "created": count}
        for table, count in zip(tables, counts, strict=True)
        if count
    ]
