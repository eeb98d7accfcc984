"""Finds automations and their parts for a caller, and checks in the same statement that the caller may do it.

Who may change tables may see and manage the automations of a table: configs may name addresses, and hold secrets of
other services. Who may write its records may set them off. What an automation does it does by its owner's rights, so
whoever changes what it does becomes its owner.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select

from adapters.database import Unit
from domain.access.roles import Action, WorkspaceRole
from domain.errors import Forbidden
from models import Automation, AutomationAction, AutomationRun, Base, Table, table_members
from resolvers.access import missing, require
from resolvers.context import RequestContext
from resolvers.reach import sees_table

MANAGE = Action.CHANGE_SCHEMA
"""What a role must allow for seeing and changing automations."""


def require_whole_rights(context: RequestContext) -> None:
    """Raise `Forbidden` for a limited API key: an automation would act by all rights of its user."""
    if context.viewer.reach is not None:
        raise Forbidden("This API key is limited to some workspaces or bases: it may not manage automations.")


async def load_automation(
    unit: Unit, context: RequestContext, automation_id: UUID, action: Action = MANAGE, *, lock: bool = False
) -> tuple[Automation, Table]:
    """The automation and its table; locked, nobody else can change it."""
    statement = _of_mine(context, select(Automation, Table, table_members.c.role))
    row = await _allowed(unit, statement.where(Automation.id == automation_id), action, lock=lock)
    if row is None:
        raise missing("automation", automation_id)
    return row[0], row[1]


async def load_action(
    unit: Unit, context: RequestContext, action_id: UUID
) -> tuple[AutomationAction, Automation, Table]:
    """The action and its automation, which is locked, and the table."""
    statement = select(AutomationAction, Automation, Table, table_members.c.role)
    statement = statement.join(Automation, Automation.id == AutomationAction.automation_id)
    statement = _of_mine(context, statement, joined=True).where(AutomationAction.id == action_id)
    row = await _allowed(unit, statement, MANAGE, lock=True)
    if row is None:
        raise missing("action", action_id)
    return row[0], row[1], row[2]


async def load_run(unit: Unit, context: RequestContext, run_id: UUID) -> tuple[AutomationRun, Automation]:
    """The run, which is locked, and its automation."""
    statement = select(AutomationRun, Automation, table_members.c.role)
    statement = statement.join(Automation, Automation.id == AutomationRun.automation_id)
    statement = _of_mine(context, statement, joined=True).where(AutomationRun.id == run_id)
    statement = statement.with_for_update(key_share=True, of=AutomationRun)
    row = await _allowed(unit, statement, MANAGE, lock=False)
    if row is None:
        raise missing("run", run_id)
    return row[0], row[1]


def _of_mine(context: RequestContext, statement: Select[Any], *, joined: bool = False) -> Select[Any]:
    """The statement over automations of tables that the caller sees."""
    if not joined:
        statement = statement.select_from(Automation)
    statement = statement.join(Table, Table.id == Automation.table_id).join(Base, Base.id == Table.base_id)
    return statement.join(table_members, sees_table(context))


async def _allowed(unit: Unit, statement: Select[Any], action: Action, *, lock: bool) -> Row[*tuple[Any, ...]] | None:
    """The one row, whose last column is the caller's role, once the role was found to suffice."""
    if lock:
        statement = statement.with_for_update(key_share=True, of=Automation)
    result = await unit.session.execute(statement.execution_options(populate_existing=True))
    row: Row[*tuple[Any, ...]] | None = result.one_or_none()
    if row is not None:
        require(WorkspaceRole(row[-1]), action)
    return row
