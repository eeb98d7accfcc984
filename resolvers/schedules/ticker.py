"""Watches the clock in one process: what is due is fired, by exactly one process, and by none twice.

Whoever fires a schedule holds its row: what comes of it is written down in the transaction that moves its next time
on. What was missed while nobody watched comes back by its policy, see `domain.schedules.missed`.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from adapters.database import AWAY, Unit, is_away
from adapters.tasks import beside
from domain.errors import DomainError
from domain.schedules.contract import Schedule
from domain.schedules.missed import MissedRuns, due
from resolvers.schedules.keeping import SCHEDULES

if TYPE_CHECKING:
    from resolvers.services import Services

logger = logging.getLogger(__name__)

LONGEST_WAIT: Final = 30.0
"""Seconds until the next look: what another process has told nobody is seen then."""
SHORTEST_WAIT: Final = 0.05
FIRST_REST: Final = timedelta(seconds=30)
"""How long a schedule rests that cannot be fired; its moment is still on time then."""
LONGER_REST: Final = timedelta(minutes=10)
"""How long where that fails as well."""

_NEXT: Final = """
SELECT clock_timestamp() AS now, min(next_run_at) AS next FROM schedules WHERE is_enabled AND kind = ANY($1)
"""
"""By the clock of the database: those of the processes may differ."""
_HOLD: Final = """
SELECT kind, target_id, policy, seen_at FROM schedules
 WHERE is_enabled AND kind = ANY($1) AND next_run_at <= $2
 ORDER BY next_run_at LIMIT 1 FOR UPDATE SKIP LOCKED
"""
_MOVE: Final = """
UPDATE schedules SET seen_at = $3, next_run_at = $4, last_run_at = coalesce($5, last_run_at), error = NULL
 WHERE kind = $1 AND target_id = $2
"""
_FAIL: Final = """
UPDATE schedules SET next_run_at = $3::timestamptz + CASE WHEN error IS NULL THEN $5::interval ELSE $6 END, error = $4
 WHERE kind = $1 AND target_id = $2
"""
"""What was due stays so: it comes back by the policy."""
_DROP: Final = "DELETE FROM schedules WHERE kind = $1 AND target_id = $2"


class Fired(Protocol):
    """What schedules of one kind set off."""

    async def schedule(self, unit: Unit, target_id: UUID) -> Schedule | None:
        """The schedule of a target as it is now; None when it has none any more, or is gone."""

    async def fire(self, unit: Unit, target_id: UUID, moments: Sequence[datetime]) -> None:
        """Write down what comes of the moments, in their order. Nothing else: effects elsewhere go into the queue."""


class Ticker:
    """Fires what is due; `kinds` say what the schedules of each kind set off."""

    def __init__(self, services: "Services", kinds: Mapping[str, Fired]) -> None:
        self._services = services
        self._kinds = kinds

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch the clock for as long as the block lasts."""
        async with beside(self._go_on()):
            yield

    async def _go_on(self) -> None:
        with self._services.bus.listening(SCHEDULES) as woken:
            while True:
                woken.clear()
                wait = await self._look()
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), wait)

    async def _look(self) -> float:
        """Fire what is due; the seconds until the next look."""
        try:
            now, next = await self._read_clock()
            if next is not None and next <= now:
                while await self.fire_one(now):
                    pass
                now, next = await self._read_clock()
        except AWAY as error:
            logger.warning("the clock was not watched: %s", error)
            return self._services.limits.event_poll_interval.total_seconds()
        except Exception:
            logger.exception("the clock was not watched")
            return self._services.limits.event_poll_interval.total_seconds()
        return LONGEST_WAIT if next is None else min(max((next - now).total_seconds(), SHORTEST_WAIT), LONGEST_WAIT)

    async def _read_clock(self) -> tuple[datetime, datetime | None]:
        """What time it is, and when something is due next."""
        async with self._services.database.unit() as unit:
            [(now, next)] = await unit.connection.fetch(_NEXT, list(self._kinds))
        return now, next

    async def fire_one(self, now: datetime) -> bool:
        """Deal with one schedule that is due; False when there is none that nobody else has."""
        async with self._services.database.transaction() as unit:
            row = await unit.connection.fetchrow(_HOLD, list(self._kinds), now)
            if row is None:
                return False
            kind, target_id = row["kind"], row["target_id"]
            try:
                async with unit.connection.transaction():
                    await self._fire(unit, kind, target_id, row["seen_at"], now, MissedRuns(row["policy"]))
            except Exception as error:
                reason = _reason(error)
                await unit.connection.execute(_FAIL, kind, target_id, now, reason, FIRST_REST, LONGER_REST)
        return True

    async def _fire(
        self, unit: Unit, kind: str, target_id: UUID, seen: datetime, now: datetime, policy: MissedRuns
    ) -> None:
        schedule = await self._kinds[kind].schedule(unit, target_id)
        if schedule is None:
            await unit.connection.execute(_DROP, kind, target_id)
            return
        found = due(schedule, seen, now, policy)
        await self._kinds[kind].fire(unit, target_id, found.runs)
        last = found.runs[-1] if found.runs else None
        await unit.connection.execute(_MOVE, kind, target_id, now, found.next, last)


def _reason(error: Exception) -> str:
    """What is told of a failure."""
    if isinstance(error, DomainError):
        return error.message
    if is_away(error):
        return "The database was away, or too busy."
    logger.error("a schedule failed", exc_info=error)
    return f"The server failed ({type(error).__name__})."
