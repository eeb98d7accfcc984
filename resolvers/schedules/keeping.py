"""Keeping schedules: each kind says what its targets' schedules are; here is when they are due next."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID, uuid4

from adapters.bus import Bus
from adapters.database import Unit
from domain.schedules.contract import Schedule
from domain.schedules.missed import MissedRuns

SCHEDULES: Final = UUID(int=2)
"""The topic of the bus that wakes whoever watches the clock, when something is due at another time."""

_KEEP: Final = """
INSERT INTO schedules (id, kind, target_id, spec, policy, next_run_at) VALUES ($1, $2, $3, '{}', $4, $5)
ON CONFLICT (kind, target_id) DO UPDATE SET policy = $4, next_run_at = $5, seen_at = now(), error = NULL,
   is_enabled = true
"""
_STOP: Final = "DELETE FROM schedules WHERE kind = $1 AND target_id = $2"


async def keep_schedule(
    unit: Unit, bus: Bus, kind: str, target_id: UUID, schedule: Schedule, policy: MissedRuns
) -> None:
    """Have a target set off by a schedule from now on; what was due before counts for nothing."""
    next = schedule.next_after(datetime.now(UTC))
    await unit.connection.execute(_KEEP, uuid4(), kind, target_id, policy.value, next)
    unit.after_commit(lambda: bus.publish(SCHEDULES))


async def stop_schedule(unit: Unit, kind: str, target_id: UUID) -> None:
    """Have it set off by the clock no longer."""
    await unit.connection.execute(_STOP, kind, target_id)
