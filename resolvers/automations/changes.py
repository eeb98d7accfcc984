"""Making, changing, copying, pausing and deleting automations."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import func, select

from adapters.database import Unit
from domain.audit.actions import AuditAction
from domain.automations.configs import read_config
from domain.automations.registry import trigger_type
from domain.errors import BadRequest
from domain.ids import Kind, new_id, new_ids
from domain.names import clean_description, clean_name
from domain.unchanged import UNCHANGED, Unchanged
from models import Automation, AutomationAction, Table
from resolvers.access import load_table
from resolvers.automations.access import MANAGE, load_automation, require_whole_rights
from resolvers.automations.arming import arm
from resolvers.automations.auditing import audit_automation
from resolvers.automations.configs import reading_for, require_size, require_sound
from resolvers.automations.reader import AUTOMATION
from resolvers.automations.steps import ActionDraft, actions_of, read_drafts, require_few
from resolvers.automations.targets import check_targets
from resolvers.context import RequestContext
from resolvers.followers.following import unfollow
from resolvers.schedules.keeping import stop_schedule

_SUFFIX = " (copy)"


@dataclass(frozen=True, slots=True)
class AutomationDraft:
    """An automation as a client describes it; `trigger_type` is a key of the registry."""

    name: str
    description: str | None
    trigger_type: str
    trigger_config: object
    is_enabled: bool
    actions: Sequence[ActionDraft]


@dataclass(frozen=True, slots=True)
class AutomationChanges:
    """Changes of an automation; None for anything but the description leaves it as it is."""

    name: str | None = None
    description: str | Unchanged | None = UNCHANGED
    trigger_type: str | None = None
    trigger_config: object = UNCHANGED
    is_enabled: bool | None = None

    @property
    def names(self) -> list[str]:
        """What it changes."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        kept = {"description": UNCHANGED, "trigger_config": UNCHANGED}
        return [name for name, value in given.items() if value is not kept.get(name)]

    @property
    def changes_trigger(self) -> bool:
        """Whether it is set off by something else then."""
        return self.trigger_type is not None or self.trigger_config is not UNCHANGED


async def create_automation(context: RequestContext, table_id: UUID, draft: AutomationDraft) -> Automation:
    """A new automation of the caller's, the last of its table."""
    async with context.unit() as unit:
        table, _ = await load_table(unit, context, table_id, MANAGE, lock=True)
        require_whole_rights(context)
        reading = await reading_for(context, unit, table.id)
        type = trigger_type(draft.trigger_type)
        config = read_config(type, draft.trigger_config, ("triggerConfig",), reading)
        configs = read_drafts(draft.actions, ("actions",), reading)
        require_sound(reading.problems)
        await check_targets(unit, context, table, config)
        automation = await _add(unit, context, table, draft.name, draft.description)
        automation.trigger_type, automation.trigger_config = type.key, config
        automation.is_enabled = draft.is_enabled
        unit.session.add(automation)
        await unit.session.flush()
        await _put_actions(unit, context, automation, configs)
        await arm(unit, context.services, automation)
        await audit_automation(unit, context, AuditAction.AUTOMATION_CREATED, automation)
    context.forget_loaded()
    return automation


async def update_automation(context: RequestContext, automation_id: UUID, changes: AutomationChanges) -> Automation:
    """The automation with the changes; a caller who changes its trigger becomes its owner."""
    limits = context.services.limits
    async with context.unit() as unit:
        automation, table = await load_automation(unit, context, automation_id, lock=True)
        require_whole_rights(context)
        if changes.name is not None:
            automation.name = clean_name(changes.name, "automation", limit=limits.max_name_length)
        if not isinstance(changes.description, Unchanged):
            automation.description = clean_description(changes.description, limit=limits.max_description_length)
        if changes.is_enabled is not None:
            automation.is_enabled = changes.is_enabled
        if changes.changes_trigger:
            await _change_trigger(unit, context, automation, table, changes)
        await touch(unit, automation)
        await arm(unit, context.services, automation)
        await audit_automation(unit, context, AuditAction.AUTOMATION_UPDATED, automation, changed=changes.names)
    context.forget_loaded()
    return automation


async def _change_trigger(
    unit: Unit, context: RequestContext, automation: Automation, table: Table, changes: AutomationChanges
) -> None:
    """A trigger of another type begins with a config of its own."""
    reading = await reading_for(context, unit, table.id)
    type = trigger_type(changes.trigger_type or automation.trigger_type)
    given = changes.trigger_config
    if given is UNCHANGED:
        given = automation.trigger_config if type.key == automation.trigger_type else None
    config = read_config(type, given, ("triggerConfig",), reading)
    require_sound(reading.problems)
    await check_targets(unit, context, table, config)
    automation.trigger_type, automation.trigger_config = type.key, config
    await own(unit, context, automation)


async def delete_automation(context: RequestContext, automation_id: UUID) -> None:
    """Delete the automation and its runs; a run that is under way does nothing more."""
    async with context.unit() as unit:
        automation, _ = await load_automation(unit, context, automation_id, lock=True)
        await audit_automation(unit, context, AuditAction.AUTOMATION_DELETED, automation)
        await unfollow(unit, automation.id)
        await stop_schedule(unit, AUTOMATION, automation.id)
        await unit.session.delete(automation)
        await unit.session.flush()
        unit.after_commit(lambda: context.services.bus.publish(automation_id))
    context.forget_loaded()


async def pause_automation(context: RequestContext, automation_id: UUID, *, is_paused: bool) -> Automation:
    """The automation, which nothing sets off any more; or again, from now on: what came meanwhile is passed over."""
    async with context.unit() as unit:
        automation, _ = await load_automation(unit, context, automation_id, lock=True)
        if automation.is_paused != is_paused:
            automation.is_paused = is_paused
            await touch(unit, automation)
            await arm(unit, context.services, automation)
            action = AuditAction.AUTOMATION_PAUSED if is_paused else AuditAction.AUTOMATION_RESUMED
            await audit_automation(unit, context, action, automation)
    context.forget_loaded()
    return automation


async def take_over_automation(context: RequestContext, automation_id: UUID) -> Automation:
    """The automation, by the caller's rights from now on."""
    async with context.unit() as unit:
        automation, _ = await load_automation(unit, context, automation_id, lock=True)
        require_whole_rights(context)
        await own(unit, context, automation)
        await touch(unit, automation)
        await arm(unit, context.services, automation)
        await audit_automation(unit, context, AuditAction.AUTOMATION_TAKEN_OVER, automation)
    context.forget_loaded()
    return automation


async def duplicate_automation(context: RequestContext, automation_id: UUID, name: str | None = None) -> Automation:
    """A copy of the caller's that is disabled, the last of the table."""
    async with context.unit() as unit:
        source, table = await load_automation(unit, context, automation_id)
        require_whole_rights(context)
        table, _ = await load_table(unit, context, table.id, MANAGE, lock=True)
        limit = context.services.limits.max_name_length
        given = name if name is not None else source.name[: limit - len(_SUFFIX)] + _SUFFIX
        copy = await _add(unit, context, table, given, source.description)
        copy.trigger_type, copy.trigger_config, copy.is_enabled = source.trigger_type, source.trigger_config, False
        unit.session.add(copy)
        await unit.session.flush()
        actions = [(action.type, action.config) for action in await actions_of(unit, source.id)]
        await _put_actions(unit, context, copy, actions)
        await audit_automation(unit, context, AuditAction.AUTOMATION_CREATED, copy, copyOf=str(source.id))
    context.forget_loaded()
    return copy


async def own(unit: Unit, context: RequestContext, automation: Automation) -> None:
    """Have the automation act by the caller's rights."""
    automation.owner_id = context.user_id
    automation.error = None
    await unit.session.flush()


async def touch(unit: Unit, automation: Automation) -> None:
    """Note that it was changed."""
    automation.updated_at = func.now()
    await unit.session.flush()
    await unit.session.refresh(automation, ["updated_at"])


async def _add(unit: Unit, context: RequestContext, table: Table, name: str, description: str | None) -> Automation:
    limits = context.services.limits
    statement = select(func.count(), func.max(Automation.position)).where(Automation.table_id == table.id)
    count, last = (await unit.session.execute(statement)).one()
    if count >= limits.max_automations_per_table:
        raise BadRequest(f"A table may have at most {limits.max_automations_per_table} automations.")
    return Automation(
        id=new_id(Kind.AUTOMATION),
        base_id=table.base_id,
        table_id=table.id,
        owner_id=context.user_id,
        created_by=context.user_id,
        name=clean_name(name, "automation", limit=limits.max_name_length),
        description=clean_description(description, limit=limits.max_description_length),
        position=0 if last is None else last + 1,
    )


async def _put_actions(
    unit: Unit, context: RequestContext, automation: Automation, configs: Sequence[tuple[str, dict[str, Any]]]
) -> None:
    limits = context.services.limits
    require_few(len(configs), limits)
    require_size(len(orjson.dumps([automation.trigger_config, configs])), limits)
    ids = new_ids(Kind.AUTOMATION_ACTION, len(configs))
    unit.session.add_all(
        AutomationAction(id=id, automation_id=automation.id, position=position, type=type, config=config)
        for position, (id, (type, config)) in enumerate(zip(ids, configs, strict=True))
    )
    await unit.session.flush()
