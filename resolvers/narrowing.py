"""The metadata of tables for callers whom roles or rules of the base concern; others get them as they are."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final
from uuid import UUID

import asyncpg
import orjson

from adapters.database import Unit
from domain.access.profile import Profile
from domain.access.roles import WorkspaceRole
from domain.bases.catalog import TableMeta
from domain.bases.narrowing import narrowed
from domain.records.policies import digests_of, names_viewer

if TYPE_CHECKING:
    from resolvers.context import RequestContext

_PROFILES = """
SELECT u.id,
       ARRAY(SELECT t.id FROM tables t WHERE t.base_id = $1
              AND NOT EXISTS (SELECT FROM table_members m WHERE m.table_id = t.id AND m.user_id = u.id)) AS tables,
       ARRAY(SELECT o.view_id FROM role_overrides o WHERE o.base_id = $1 AND o.user_id = u.id AND o.view_id IS NOT NULL
              AND NOT EXISTS (SELECT FROM view_members m WHERE m.view_id = o.view_id AND m.user_id = u.id)) AS views,
       f.hidden, f.fixed,
       (SELECT json_agg(json_build_array(m.table_id, m.role))::text FROM table_members m
         WHERE m.base_id = $1 AND m.user_id = u.id
           AND EXISTS (SELECT FROM record_policies p WHERE p.table_id = m.table_id AND m.role = ANY(p.roles))) AS limits
  FROM unnest($2::uuid[]) u(id)
 CROSS JOIN LATERAL (
       SELECT coalesce(array_agg(p.field_id) FILTER (WHERE NOT p.may_read), '{}') AS hidden,
              coalesce(array_agg(p.field_id) FILTER (WHERE p.may_read AND NOT p.may_write), '{}') AS fixed
         FROM (SELECT p.field_id,
                      p.read_role IS NULL OR coalesce(role_rank(m.role) <= role_rank(p.read_role), false) AS may_read,
                      p.write_role IS NULL OR coalesce(role_rank(m.role) <= role_rank(p.write_role), false) AS may_write
                 FROM field_permissions p JOIN fields f ON f.id = p.field_id
                 LEFT JOIN table_members m ON m.table_id = p.table_id AND m.user_id = u.id
                WHERE p.base_id = $1) p) f
"""
_HIDES: Final = ("tables", "views", "hidden", "fixed")
_ROLE = "SELECT role FROM table_members WHERE table_id = $1 AND user_id = $2"


async def for_caller(context: "RequestContext", unit: Unit, table: TableMeta) -> TableMeta:
    """The table as the caller may know it, who may be nobody."""
    viewer = context.viewer_or_none
    return table if viewer is None else await for_user(unit, table, viewer.user_id)


async def for_user(unit: Unit, table: TableMeta, user_id: UUID) -> TableMeta:
    """The table as a user may know it; metadata that were narrowed already stay as they are."""
    if table.profile is not None or not table.concerns(user_id):
        return table
    return narrowed(table, (await profiles_of(unit, table, [user_id]))[user_id])


async def profiles_of(unit: Unit, table: TableMeta, user_ids: Sequence[UUID]) -> dict[UUID, Profile]:
    """The profiles of those users whom roles or rules of the table's base concern."""
    concerned = [id for id in set(user_ids) if table.concerns(id)]
    if not concerned:
        return {}
    rows = await unit.connection.fetch(_PROFILES, table.base_id, concerned)
    return {row["id"]: _profile(row, table) for row in rows}


def _profile(row: asyncpg.Record, table: TableMeta) -> Profile:
    limits = frozenset((UUID(id), role) for id, role in orjson.loads(row["limits"] or "[]"))
    assert table.access is not None  # it concerns the user
    viewer = row["id"] if names_viewer(table.access.policies, limits) else None
    tables, views, hidden, fixed = (frozenset[UUID](row[name]) for name in _HIDES)
    return Profile(tables, views, hidden, fixed, limits, digests_of(table, limits), viewer)


async def role_in(
    context: "RequestContext", unit: Unit, table: TableMeta, in_workspace: WorkspaceRole
) -> WorkspaceRole | None:
    """The caller's role in a table whose metadata are current; None for who may not see it."""
    if not table.concerns(context.user_id):
        return in_workspace
    role = await unit.connection.fetchval(_ROLE, table.id, context.user_id)
    return None if role is None else WorkspaceRole(role)
