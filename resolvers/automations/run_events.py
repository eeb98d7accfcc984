"""`automationRunEvents`: the runs of an automation that are not over, and then what happens to them and to new ones.

The bus wakes it when runs are added or go on, in whatever process; a lost wake-up costs a poll interval. Each look is
one statement over the runs that are not over, and those that are new.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from domain.changes.viewers import is_signed_in, may_read
from domain.ids import least_id_of
from models import AutomationRun
from resolvers.automations.access import load_automation
from resolvers.automations.history import RunLoader
from resolvers.context import RequestContext
from resolvers.viewers import ViewerKey, signed_out

MOST: Final = 500
"""Runs that a look tells of; more of them come with the next one."""
LATE: Final = timedelta(seconds=15)
"""How late a run may be committed after its id was made."""
SECONDS_BETWEEN_LOOKS: Final = 0.1
"""At least: what comes meanwhile is seen together."""
_GOING_ON: Final = ("QUEUED", "RUNNING")

_LOOK: Final = """
SELECT r.id, r.status, count(s.path), count(s.finished_at), count(*) FILTER (WHERE s.status = 'RUNNING')
  FROM automation_runs r LEFT JOIN automation_run_steps s ON s.run_id = r.id
 WHERE r.automation_id = $1 AND (r.id >= $2 OR r.id = ANY($3::uuid[]))
 GROUP BY r.id ORDER BY r.id
"""
_OPEN: Final = """
SELECT id FROM automation_runs WHERE automation_id = $1 AND status IN ('QUEUED', 'RUNNING') ORDER BY id DESC LIMIT $2
"""
_SIGNED_IN: Final = f"""
SELECT {is_signed_in("v")} AND {may_read("v")}
  FROM (SELECT $1::uuid, $2::uuid, $3::uuid) v(user_id, session_id, api_key_id)
"""


@dataclass
class RunWatch:
    """What is known of the runs of an automation."""

    automation_id: UUID
    since: UUID
    """Runs with later ids are new."""
    open: set[UUID] = field(default_factory=set)
    """Earlier ones that may go on."""
    seen: dict[UUID, tuple[object, ...]] = field(default_factory=dict)

    async def begin(self, context: RequestContext) -> None:
        """Note which runs are over already: of these nothing is told."""
        async with context.unit() as unit:
            self.open = {row["id"] for row in await unit.connection.fetch(_OPEN, self.automation_id, MOST)}
        rows = await self._look(context)
        self.seen = {id: state for id, state in rows.items() if state[0] not in _GOING_ON}

    async def changed(self, context: RequestContext) -> list[UUID]:
        """The runs to which something has happened since the last look."""
        rows = await self._look(context)
        found = [id for id, state in rows.items() if self.seen.get(id) != state]
        told, later = found[:MOST], set(found[MOST:])
        self.seen |= {id: rows[id] for id in told}
        self._forget({id for id, state in rows.items() if state[0] in _GOING_ON} | later)
        return told

    async def _look(self, context: RequestContext) -> dict[UUID, tuple[object, ...]]:
        async with context.unit() as unit:
            rows = await unit.connection.fetch(_LOOK, self.automation_id, self.since, list(self.open))
        return {id: tuple(state) for id, *state in rows}

    def _forget(self, awaited: set[UUID]) -> None:
        """Runs that are over, and older than those that may yet come, need not be looked at."""
        self.since = max(self.since, least_id_of(datetime.now(UTC) - LATE))
        self.open = {id for id in awaited if id < self.since}
        self.seen = {id: state for id, state in self.seen.items() if id >= self.since or id in self.open}


async def follow_runs(context: RequestContext, automation_id: UUID) -> AsyncGenerator[AutomationRun, None]:
    """Runs as they are when something has happened to them; raises before it what forbids that."""
    watch = RunWatch(automation_id, least_id_of(datetime.now(UTC) - LATE))
    async with context.unit() as unit:
        await load_automation(unit, context, automation_id)
    await watch.begin(context)
    return _runs(context, watch)


async def _runs(context: RequestContext, watch: RunWatch) -> AsyncGenerator[AutomationRun, None]:
    services = context.services
    with services.bus.listening(watch.automation_id) as woken:
        while True:
            woken.clear()
            await _require_still(context, watch.automation_id)
            for id in await watch.changed(context):
                context.forget_loaded()
                run = await context.loader(RunLoader).load(id)
                if run is not None:
                    yield run
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), services.limits.event_poll_interval.total_seconds())


async def _require_still(context: RequestContext, automation_id: UUID) -> None:
    """Raise what ends the stream: the caller was signed out, or may not manage the automation any more."""
    viewer = ViewerKey.of(context.viewer)
    async with context.unit() as unit:
        key = (viewer.user_id, viewer.session_id, viewer.api_key_id)
        if not await unit.connection.fetchval(_SIGNED_IN, *key):
            raise signed_out()
        await load_automation(unit, context, automation_id)
