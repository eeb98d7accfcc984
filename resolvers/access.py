"""Finds what a use case works on and checks, in the same statement, that the caller may do it.

What the caller may not see does not exist for them: `NotFound`. What they see but may not do is `Forbidden`.
With `lock=True` the rows stay locked until the transaction ends, and what is returned is their newest version.
"""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, select

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole, may, roles_that_may
from domain.errors import Forbidden, NotFound
from models import (
    Automation,
    Base,
    Field,
    IncomingWebhook,
    Model,
    Table,
    View,
    Webhook,
    Workspace,
    WorkspaceMember,
    base_members,
    table_members,
    view_members,
)
from resolvers.context import RequestContext
from resolvers.reach import is_mine, sees_base, sees_table, sees_view
from resolvers.visible_fields import CallersTables

Rows = Select[*tuple[Any, ...]]
OfTable = TypeVar("OfTable", Automation, Webhook, IncomingWebhook)


async def load_workspace(
    unit: Unit, context: RequestContext, workspace_id: UUID, action: Action, *, lock: bool = False
) -> tuple[Workspace, WorkspaceRole]:
    """The workspace and the caller's role in it; the role is locked too."""
    statement = select(Workspace, WorkspaceMember.role).join(WorkspaceMember, is_mine(context, Workspace.id))
    statement = statement.where(Workspace.id == workspace_id)
    row = await _allowed(unit, statement, (Workspace, WorkspaceMember) if lock else (), action)
    if row is None:
        raise missing("workspace", workspace_id)
    return row[0], WorkspaceRole(row[-1])


async def load_base(unit: Unit, context: RequestContext, base_id: UUID, action: Action, *, lock: bool = False) -> Base:
    """The base; locked, nobody else can change its tables and fields."""
    statement = select(Base, base_members.c.role).join(base_members, sees_base(context)).where(Base.id == base_id)
    row = await _allowed(unit, statement, (Base,) if lock else (), action)
    if row is None:
        raise missing("base", base_id)
    base: Base = row[0]
    return base


async def load_table(
    unit: Unit, context: RequestContext, table_id: UUID, action: Action, *, lock: bool = False
) -> tuple[Table, Base]:
    """The table and its base; locked, nobody else can change the base's tables and fields."""
    statement = select(Table, Base, table_members.c.role).join(Base, Base.id == Table.base_id)
    statement = statement.join(table_members, sees_table(context)).where(Table.id == table_id)
    row = await _allowed(unit, statement, (Base, Table) if lock else (), action)
    if row is None:
        raise missing("table", table_id)
    return row[0], row[1]


async def load_field(
    unit: Unit, context: RequestContext, field_id: UUID, action: Action, *, lock: bool = False
) -> tuple[Field, Table, Base]:
    """The field, its table and its base; locked, nobody else can change the base's tables and fields."""
    statement = select(Field, Table, Base, table_members.c.role).join(Table, Table.id == Field.table_id)
    statement = statement.join(Base, Base.id == Table.base_id).join(table_members, sees_table(context))
    statement = statement.where(Field.id == field_id)
    try:
        row = await _allowed(unit, statement, (Base, Table, Field) if lock else (), action)
    except Forbidden:
        await _require_visible(unit, context, field_id)
        raise
    if row is None:
        raise missing("field", field_id)
    if not may(WorkspaceRole(row[-1]), Action.CHANGE_SCHEMA):
        await _require_visible(unit, context, field_id)
    return row[0], row[1], row[2]


async def _require_visible(unit: Unit, context: RequestContext, field_id: UUID) -> None:
    """Raise `NotFound` for a field of a table that the caller may see, where the field itself is hidden."""
    table_id = await unit.session.scalar(select(Field.table_id).where(Field.id == field_id))
    if table_id is None or (await CallersTables(context, unit).get(table_id)).find_field(str(field_id)) is None:
        raise missing("field", field_id)


async def load_view(
    unit: Unit, context: RequestContext, view_id: UUID, action: Action, *, lock: bool = False
) -> tuple[View, Table, Base, WorkspaceRole]:
    """The view, its table and base, and the caller's role; locked, nobody else can change the base's views."""
    statement = select(View, Table, Base, view_members.c.role).join(Table, Table.id == View.table_id)
    statement = statement.join(Base, Base.id == Table.base_id).join(view_members, sees_view(context))
    statement = statement.where(View.id == view_id, visible_to(context))
    row = await _allowed(unit, statement, (Base, Table, View) if lock else (), action)
    if row is None:
        raise missing("view", view_id)
    return row[0], row[1], row[2], WorkspaceRole(row[-1])


def visible_to(context: RequestContext) -> ColumnElement[bool]:
    """Whether a view of a workspace of the caller's is one that all see, or a personal one of the caller's."""
    return View.owner_id.is_(None) | (View.owner_id == context.user_id)


def require(role: WorkspaceRole, action: Action) -> None:
    """Raise `Forbidden` when this role may not do this."""
    if not may(role, action):
        least = roles_that_may(action)[-1].value
        needed = least if least == WorkspaceRole.OWNER.value else f"{least} or higher"
        raise Forbidden(f"You may not {action.value}: your role is {role.value}; {needed} is needed.")


def missing(what: str, id: UUID) -> NotFound:
    """The error for a thing that does not exist, or that the caller may not see."""
    return NotFound(f"There is no {what} with id {id}.")


async def _allowed(
    unit: Unit, statement: Rows, locked: tuple[type[Model], ...], action: Action
) -> Row[*tuple[Any, ...]] | None:
    """The one row of the statement, whose last column is the caller's role, once the role was found to suffice."""
    if locked:
        statement = statement.with_for_update(key_share=True, of=locked)
    result = await unit.session.execute(statement.execution_options(populate_existing=True))
    row = result.one_or_none()
    if row is not None:
        require(WorkspaceRole(row[-1]), action)
    return row


def of_tables(context: RequestContext, model: type[OfTable], action: Action) -> Select[OfTable]:
    """Those rows of a model of parts of tables whose tables' role allows the caller the action: for loaders."""
    roles = [role.value for role in roles_that_may(action)]
    statement = select(model).join(Table, Table.id == model.table_id).join(Base, Base.id == Table.base_id)
    return statement.join(table_members, sees_table(context)).where(table_members.c.role.in_(roles))
