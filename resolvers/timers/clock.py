"""What becomes of a timer that is due: a call in the queue, or a run; with the rights of the user who made it."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson
from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action, roles_that_may
from domain.errors import Forbidden
from domain.schedules.contract import Schedule
from domain.schedules.rules import Rule
from models import Timer
from resolvers.automations.starting import Start, start_runs
from resolvers.functions.queueing import queue_call_of

if TYPE_CHECKING:
    from resolvers.services import Services

TIMER: Final = "timer"

_MAY_SET_OFF: Final = """
SELECT FROM automations a JOIN table_members m ON m.table_id = a.table_id
  JOIN users u ON u.id = m.user_id AND u.is_active
 WHERE a.id = $1 AND m.user_id = $2 AND m.role = ANY($3)
"""


class TimerClock:
    """Fires timers; see `resolvers.schedules.ticker.Fired`."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    async def schedule(self, unit: Unit, target_id: UUID) -> Schedule | None:
        """By its rule."""
        timer = await _find(unit, target_id)
        return None if timer is None else Rule.from_json(timer.rule).schedule(self._services.limits.least_interval)

    async def fire(self, unit: Unit, target_id: UUID, moments: Sequence[datetime]) -> None:
        """A call or a run for each moment."""
        timer = await _find(unit, target_id)
        if timer is None or not moments:
            return
        if timer.function is not None:
            await self._call(unit, timer, timer.function, len(moments))
        elif timer.automation_id is not None:
            await self._start(unit, timer, timer.automation_id, moments)

    async def _call(self, unit: Unit, timer: Timer, function: str, times: int) -> None:
        text = None if timer.sealed_arguments is None else self._services.seal.open(timer.sealed_arguments)
        if text is None:
            raise Forbidden("Its arguments cannot be read: the secret key of the server is another one now.")
        for _ in range(times):
            await queue_call_of(unit, self._services, timer.owner_id, function, orjson.loads(text))

    async def _start(self, unit: Unit, timer: Timer, automation: UUID, moments: Sequence[datetime]) -> None:
        roles = [role.value for role in roles_that_may(Action.WRITE_RECORDS)]
        if await unit.connection.fetchrow(_MAY_SET_OFF, automation, timer.owner_id, roles) is None:
            raise Forbidden("Who made this schedule may not set the automation off any longer.")
        starts = [
            Start(automation, f"timer:{timer.id}:{moment.isoformat()}", _trigger(timer, moment)) for moment in moments
        ]
        await start_runs(unit, self._services, starts)


async def _find(unit: Unit, id: UUID) -> Timer | None:
    return await unit.session.scalar(select(Timer).where(Timer.id == id, Timer.is_enabled))


def _trigger(timer: Timer, moment: datetime) -> dict[str, object]:
    """What templates see as `trigger`."""
    return {
        "type": "scheduled",
        "record": None,
        "previous_record": None,
        "user": None,
        "at": moment.isoformat(),
        "schedule": {"id": str(timer.id), "name": timer.name},
    }
