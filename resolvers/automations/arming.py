"""Arming an automation: from then on its table is followed, or the clock is watched, for as long as it is on."""

from typing import TYPE_CHECKING

from adapters.database import Unit
from domain.automations.registry import trigger_type
from domain.schedules.missed import MissedRuns
from models import Automation
from resolvers.automations.reader import AUTOMATION
from resolvers.followers.following import follow, unfollow
from resolvers.schedules.keeping import keep_schedule, stop_schedule

if TYPE_CHECKING:
    from resolvers.services import Services


async def arm(unit: Unit, services: "Services", automation: Automation) -> None:
    """Have its trigger watched as it says now, or no longer; an event of the time when it was off sets off nothing."""
    await unit.session.flush()
    type, config = trigger_type(automation.trigger_type), automation.trigger_config
    is_on = automation.is_enabled and not automation.is_paused
    if is_on and type.events:
        await follow(unit, services.bus, automation.id, AUTOMATION, automation.table_id)
    else:
        await unfollow(unit, automation.id)
    schedule = type.schedule(config) if is_on else None
    if schedule is None:
        await stop_schedule(unit, AUTOMATION, automation.id)
    else:
        await keep_schedule(unit, services.bus, AUTOMATION, automation.id, schedule, MissedRuns.RUN_ONCE)
