"""The one condition by which a workspace or a base is the caller's: a membership, within reach of their API key.

Whatever finds something for a caller joins `WorkspaceMember` by `is_mine`, or asks `reaches` where the statement that
checks the membership was compiled for everybody. A test looks for conditions that go around it.
"""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import ColumnElement, TableClause, exists, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from domain.bases.catalog import TableMeta
from domain.errors import Forbidden, NotFound
from models import Base, Table, View, WorkspaceMember, base_members, limited_bases, table_members, view_members
from resolvers.context import RequestContext

Id = InstrumentedAttribute[UUID]
Member = type[WorkspaceMember]


def is_mine(
    context: RequestContext, workspace_id: Id, base_id: Id | None = None, *, member: Member = WorkspaceMember
) -> ColumnElement[bool]:
    """The condition that `member` is the caller's membership of a workspace, and that their key reaches it.

    With `base_id` it is about that base of the workspace, which a key may reach without the rest.
    """
    mine = (member.workspace_id == workspace_id) & (member.user_id == context.user_id)
    reach = context.viewer.reach
    if reach is None:
        return mine
    within = workspace_id.in_(reach.workspace_ids)
    return mine & (within if base_id is None else or_(within, base_id.in_(reach.base_ids)))


def sees_base(context: RequestContext) -> ColumnElement[bool]:
    """The condition of a join of `base_members` to `Base`: that the caller may see it, and their key reaches it."""
    return _sees(context, base_members, base_members.c.base_id == Base.id)


def sees_table(context: RequestContext) -> ColumnElement[bool]:
    """As `sees_base`, of `table_members` to `Table`, of which `Base` is the base."""
    return _sees(context, table_members, table_members.c.table_id == Table.id)


def sees_view(context: RequestContext) -> ColumnElement[bool]:
    """As `sees_base`, of `view_members` to `View`, of a table of which `Base` is the base."""
    return _sees(context, view_members, view_members.c.view_id == View.id)


def _sees(context: RequestContext, members: TableClause, same: ColumnElement[bool]) -> ColumnElement[bool]:
    mine = same & (members.c.user_id == context.user_id)
    reach = context.viewer.reach
    if reach is None:
        return mine
    return mine & or_(Base.workspace_id.in_(reach.workspace_ids), Base.id.in_(reach.base_ids))


def is_overridden(context: RequestContext) -> ColumnElement[bool]:
    """Whether the caller may see something else of `Base` than the role in its workspace says."""
    concerned = limited_bases.c.user_id
    return (
        exists()
        .select_from(limited_bases)
        .where(limited_bases.c.base_id == Base.id, or_(concerned == context.user_id, concerned.is_(None)))
    )


def is_near(context: RequestContext, workspace_id: Id) -> ColumnElement[bool] | None:
    """The condition that the caller's key reaches anything of a workspace, where its people may show; None for any."""
    reach = context.viewer.reach
    if reach is None:
        return None
    bases = select(Base.workspace_id).where(Base.id.in_(reach.base_ids)) if reach.base_ids else None
    return or_(workspace_id.in_(reach.workspace_ids), false() if bases is None else workspace_id.in_(bases))


def reaches(context: RequestContext, table: TableMeta) -> bool:
    """Whether the caller's key reaches a table; what becomes of others is for the caller's membership to say."""
    viewer = context.viewer_or_none
    reach = None if viewer is None else viewer.reach
    return reach is None or reach.has_base(table.workspace_id, table.base_id)


def require_reach(context: RequestContext, table: TableMeta, missing: Callable[[], NotFound]) -> None:
    """Raise what `missing` makes where the caller's key does not reach the table."""
    if not reaches(context, table):
        raise missing()


def require_unlimited(context: RequestContext) -> None:
    """Raise `Forbidden` for a limited API key, for what could lie in no workspace that it names."""
    if context.viewer.reach is not None:
        raise Forbidden("This API key is limited to some workspaces or bases: it may not make a workspace.")
