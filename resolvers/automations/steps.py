"""The actions of an automation: adding, changing, deleting and ordering them. Who does becomes its owner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import select

from adapters.database import Unit
from domain.audit.actions import AuditAction
from domain.automations.configs import read_config
from domain.automations.contract import Place, Reading
from domain.automations.registry import action_type
from domain.bases.ordering import require_whole_order
from domain.errors import BadRequest
from domain.ids import Kind, new_id
from domain.unchanged import UNCHANGED
from models import Automation, AutomationAction
from resolvers.automations.access import load_action, load_automation, require_whole_rights
from resolvers.automations.auditing import audit_automation
from resolvers.automations.configs import reading_for, require_size, require_sound
from resolvers.context import RequestContext
from resolvers.services import Limits

_PLACE: Final = ("config",)


@dataclass(frozen=True, slots=True)
class ActionDraft:
    """An action as a client describes it; `type` is a key of the registry. `order` is its place among the others."""

    type: str
    config: object
    order: int | None = None


def read_drafts(drafts: Sequence[ActionDraft], place: Place, reading: Reading) -> list[tuple[str, dict[str, Any]]]:
    """The types and configs as they are kept, in their order: by `order` where it is given, as they stand else."""
    read = [read_draft(each, (*place, index, "config"), reading) for index, each in enumerate(drafts)]
    places = [index if each.order is None else each.order for index, each in enumerate(drafts)]
    return [read[index] for index in sorted(range(len(read)), key=lambda index: places[index])]


def read_draft(draft: ActionDraft, place: Place, reading: Reading) -> tuple[str, dict[str, Any]]:
    """The type and the config as they are kept."""
    return draft.type, read_config(action_type(draft.type), draft.config, place, reading)


async def add_action(context: RequestContext, automation_id: UUID, draft: ActionDraft) -> Automation:
    """The automation with one more action, the last one unless its place is given."""
    async with context.unit() as unit:
        automation, table = await load_automation(unit, context, automation_id, lock=True)
        require_whole_rights(context)
        actions = await actions_of(unit, automation.id)
        require_few(len(actions) + 1, context.services.limits)
        reading = await reading_for(context, unit, table.id)
        type, config = read_draft(draft, _PLACE, reading)
        require_sound(reading.problems)
        action = AutomationAction(
            id=new_id(Kind.AUTOMATION_ACTION),
            automation_id=automation.id,
            position=len(actions),
            type=type,
            config=config,
        )
        unit.session.add(action)
        place = len(actions) if draft.order is None else max(0, min(draft.order, len(actions)))
        actions.insert(place, action)
        await _store(unit, context, automation, actions)
    context.forget_loaded()
    return automation


async def update_action(
    context: RequestContext,
    action_id: UUID,
    *,
    type: str | None = None,
    config: object = UNCHANGED,
    order: int | None = None,
) -> Automation:
    """The automation with the action changed; an action of another type begins with a config of its own."""
    async with context.unit() as unit:
        action, automation, table = await load_action(unit, context, action_id)
        require_whole_rights(context)
        reading = await reading_for(context, unit, table.id)
        kept = action.config if type is None or type == action.type else None
        given = kept if config is UNCHANGED else config
        action.type, action.config = read_draft(ActionDraft(type or action.type, given), _PLACE, reading)
        require_sound(reading.problems)
        actions = await actions_of(unit, automation.id)
        if order is not None:
            actions.remove(action)
            actions.insert(max(0, min(order, len(actions))), action)
        await _store(unit, context, automation, actions)
    context.forget_loaded()
    return automation


async def delete_action(context: RequestContext, action_id: UUID) -> Automation:
    """The automation without the action."""
    async with context.unit() as unit:
        action, automation, _ = await load_action(unit, context, action_id)
        require_whole_rights(context)
        actions = [each for each in await actions_of(unit, automation.id) if each is not action]
        await unit.session.delete(action)
        await _store(unit, context, automation, actions)
    context.forget_loaded()
    return automation


async def reorder_actions(context: RequestContext, automation_id: UUID, action_ids: Sequence[UUID]) -> Automation:
    """The automation with its actions in a new order, which must name each of them once."""
    async with context.unit() as unit:
        automation, _ = await load_automation(unit, context, automation_id, lock=True)
        require_whole_rights(context)
        actions = {action.id: action for action in await actions_of(unit, automation.id)}
        require_whole_order(action_ids, actions, "action", "actionIds")
        await _store(unit, context, automation, [actions[id] for id in action_ids])
    context.forget_loaded()
    return automation


async def actions_of(unit: Unit, automation_id: UUID) -> list[AutomationAction]:
    """The actions of an automation in their order."""
    statement = select(AutomationAction).filter_by(automation_id=automation_id).order_by(AutomationAction.position)
    return list(await unit.session.scalars(statement))


async def _store(
    unit: Unit, context: RequestContext, automation: Automation, actions: Sequence[AutomationAction]
) -> None:
    """Write the actions down in this order; the caller is the owner from now on."""
    configs = [automation.trigger_config, [(action.type, action.config) for action in actions]]
    require_size(len(orjson.dumps(configs)), context.services.limits)
    for position, action in enumerate(actions):
        action.position = position
    automation.owner_id, automation.error = context.user_id, None
    await unit.session.flush()
    await audit_automation(unit, context, AuditAction.AUTOMATION_UPDATED, automation, changed=["actions"])


def require_few(count: int, limits: Limits) -> None:
    """Raise `BadRequest` where an automation would have too many actions."""
    most = limits.max_actions_per_automation
    if count > most:
        raise BadRequest(f"An automation may have at most {most} actions.")
