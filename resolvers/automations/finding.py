"""Finds automations and their actions for a caller, many at a time."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import Select, select

from adapters.database import Unit
from models import Automation, AutomationAction, LogFollower, Schedule, Table
from resolvers.access import load_base, load_table, missing, of_tables
from resolvers.automations.access import MANAGE, load_automation
from resolvers.automations.reader import AUTOMATION
from resolvers.catalog_loader import among, grouped
from resolvers.context import RequestContext
from resolvers.loader import Loader


class AutomationLoader(Loader[UUID, Automation]):
    """Automations by id, of tables that the caller may change."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Automation]:
        """See `Loader.fetch`."""
        found = await unit.session.scalars(manageable(self.context).where(among(Automation.id, keys)))
        return {automation.id: automation for automation in found}


class AutomationsLoader(Loader[UUID, list[Automation]]):
    """The automations of tables in their order; none of tables that the caller may not change."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Automation]]:
        """See `Loader.fetch`."""
        statement = manageable(self.context).where(among(Automation.table_id, keys))
        found = await unit.session.scalars(statement.order_by(Automation.position, Automation.id))
        return grouped(keys, ((automation.table_id, automation) for automation in found))


class AutomationActionsLoader(Loader[UUID, list[AutomationAction]]):
    """The actions of automations in their order; for automations that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[AutomationAction]]:
        """See `Loader.fetch`."""
        statement = select(AutomationAction).where(among(AutomationAction.automation_id, keys))
        found = await unit.session.scalars(statement.order_by(AutomationAction.position))
        return grouped(keys, ((action.automation_id, action) for action in found))


class AutomationActionLoader(Loader[UUID, AutomationAction]):
    """Actions by id, of automations that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, AutomationAction]:
        """See `Loader.fetch`."""
        mine = manageable(self.context).with_only_columns(Automation.id)
        statement = select(AutomationAction).where(AutomationAction.automation_id.in_(mine))
        found = await unit.session.scalars(statement.where(among(AutomationAction.id, keys)))
        return {action.id: action for action in found}


class FollowerErrorLoader(Loader[UUID, str]):
    """Why the followers of automations rest; for automations that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, str]:
        """See `Loader.fetch`."""
        statement = select(LogFollower.id, LogFollower.error).where(among(LogFollower.id, keys))
        return {row.id: row.error for row in await unit.session.execute(statement) if row.error is not None}


class ScheduleLoader(Loader[UUID, Schedule]):
    """The schedules of automations; for automations that the caller may see."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, Schedule]:
        """See `Loader.fetch`."""
        statement = select(Schedule).where(Schedule.kind == AUTOMATION, among(Schedule.target_id, keys))
        return {schedule.target_id: schedule for schedule in await unit.session.scalars(statement)}


def manageable(context: RequestContext) -> Select[Automation]:
    """The automations of tables that the caller may change."""
    return of_tables(context, Automation, MANAGE)


class AutomationsOfBasesLoader(Loader[UUID, list[Automation]]):
    """The automations of bases, those of a table together; none of tables that the caller may not change."""

    async def fetch(self, unit: Unit, keys: list[UUID]) -> Mapping[UUID, list[Automation]]:
        """See `Loader.fetch`."""
        statement = manageable(self.context).where(among(Automation.base_id, keys))
        found = await unit.session.scalars(_in_order(statement))
        return grouped(keys, ((automation.base_id, automation) for automation in found))


def _in_order(automations: Select[Automation]) -> Select[Automation]:
    """Those of a base: tables in their order, and their automations in theirs."""
    return automations.order_by(Table.position, Table.number, Automation.position, Automation.id)


async def get_automation(context: RequestContext, automation_id: UUID) -> Automation:
    """The automation; raises `Forbidden` for members who may not manage it, `NotFound` for all others."""
    async with context.unit() as unit:
        return (await load_automation(unit, context, automation_id))[0]


async def get_action(context: RequestContext, action_id: UUID) -> AutomationAction:
    """The action; raises `NotFound` when the caller may not see it."""
    found = await context.loader(AutomationActionLoader).load(action_id)
    if found is None:
        raise missing("action", action_id)
    return found


async def list_automations_of_table(context: RequestContext, table_id: UUID) -> list[Automation]:
    """The automations of a table in their order."""
    async with context.unit() as unit:
        await load_table(unit, context, table_id, MANAGE)
    return await context.loader(AutomationsLoader).load(table_id) or []


async def list_automations_of_base(context: RequestContext, base_id: UUID) -> list[Automation]:
    """The automations of a base's tables that the caller may see, those of a table together."""
    async with context.unit() as unit:
        await load_base(unit, context, base_id, MANAGE)
        statement = manageable(context).where(Automation.base_id == base_id)
        return list(await unit.session.scalars(_in_order(statement)))
