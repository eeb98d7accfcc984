"""Automations that the clock sets off."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.automations.registry import trigger_type
from domain.schedules.contract import Schedule
from resolvers.automations.starting import Start, start_runs

if TYPE_CHECKING:
    from resolvers.services import Services

_FIND: Final = """
SELECT trigger_type, trigger_config::text AS config FROM automations
 WHERE id = $1 AND is_enabled AND NOT is_paused
"""
_TYPE: Final = "SELECT trigger_type FROM automations WHERE id = $1"


class AutomationClock:
    """Fires automations; see `resolvers.schedules.ticker.Fired`."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    async def schedule(self, unit: Unit, target_id: UUID) -> Schedule | None:
        """By the config of its trigger."""
        row = await unit.connection.fetchrow(_FIND, target_id)
        return None if row is None else trigger_type(row["trigger_type"]).schedule(orjson.loads(row["config"]))

    async def fire(self, unit: Unit, target_id: UUID, moments: Sequence[datetime]) -> None:
        """A run for each moment."""
        type = await unit.connection.fetchval(_TYPE, target_id)
        starts = [Start(target_id, f"at:{moment.isoformat()}", _trigger(type, moment)) for moment in moments]
        await start_runs(unit, self._services, starts)


def _trigger(type: str, moment: datetime) -> dict[str, object]:
    """What templates see as `trigger`."""
    return {"type": type, "record": None, "previous_record": None, "user": None, "at": moment.isoformat()}
