"""Copies of automations for a copy of the base that they are in."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.automations.configs import renamed_config
from domain.ids import Kind, new_id
from models import Automation, AutomationAction, Table
from resolvers.automations.finding import manageable
from resolvers.catalog_loader import among
from resolvers.context import RequestContext


async def copy_automations(
    unit: Unit, context: RequestContext, tables: Mapping[UUID, Table], ids: Mapping[str, str]
) -> None:
    """Copy the automations that the caller may manage to the copies of their tables: disabled, and the caller's.

    `ids` are those of copied tables, fields and views, by those of the first ones. A caller whose key is limited
    copies none, for they would act by all rights of its user.
    """
    if context.viewer.reach is not None:
        return
    statement = manageable(context).where(among(Automation.table_id, tables))
    copies: dict[UUID, Automation] = {}
    for automation in list(await unit.session.scalars(statement.order_by(Automation.position, Automation.id))):
        copies[automation.id] = copy = _copy(automation, tables[automation.table_id], context.user_id, ids)
        unit.session.add(copy)
    await unit.session.flush()
    actions = select(AutomationAction).where(among(AutomationAction.automation_id, copies))
    for action in list(await unit.session.scalars(actions.order_by(AutomationAction.position))):
        unit.session.add(
            AutomationAction(
                id=new_id(Kind.AUTOMATION_ACTION),
                automation_id=copies[action.automation_id].id,
                position=action.position,
                type=action.type,
                config=renamed_config(action.config, ids),
            )
        )
    await unit.session.flush()


def _copy(automation: Automation, table: Table, owner_id: UUID, ids: Mapping[str, str]) -> Automation:
    return Automation(
        id=new_id(Kind.AUTOMATION),
        base_id=table.base_id,
        table_id=table.id,
        owner_id=owner_id,
        created_by=owner_id,
        name=automation.name,
        description=automation.description,
        trigger_type=automation.trigger_type,
        trigger_config=renamed_config(automation.trigger_config, ids),
        is_enabled=False,
        position=automation.position,
    )
