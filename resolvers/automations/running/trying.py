"""Trying an automation out: a run that shows what each step would do, and does none of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.accounts.viewer import Viewer
from domain.automations.runs import RunStatus
from domain.errors import DomainError, NotFound
from domain.ids import Kind, new_id
from domain.storable import storable
from resolvers.automations.running.claim import SERVICE, Run
from resolvers.automations.running.journal import Journal
from resolvers.automations.running.play import Play
from resolvers.automations.running.step import StepEnded
from resolvers.automations.running.trial import TrialWorld
from resolvers.services import Services

_LOAD: Final = """
SELECT a.name, a.table_id,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', x.id, 'type', x.type, 'config', x.config)
                                  ORDER BY x.position)
                   FROM automation_actions x WHERE x.automation_id = a.id), '[]')::text AS actions
  FROM automations a WHERE a.id = $1
"""
_BEGIN: Final = """
INSERT INTO automation_runs (id, automation_id, owner_id, event_key, trigger, actions, status, claim, is_test,
                             started_at)
SELECT $1, a.id, $5, 'test ' || $1::uuid, $3::text::jsonb, $4::text::jsonb, 'RUNNING', 1, true,
       clock_timestamp()
  FROM automations a WHERE a.id = $2
"""
Verdict = tuple[RunStatus, str | None, str | None]
"""How it ended: the status, the message and the code of what went wrong."""


async def try_automation(services: Services, viewer: Viewer, automation_id: UUID, trigger: Mapping[str, Any]) -> UUID:
    """Try an automation out; the id of the run that shows what came of it (`is_test`).

    It has the rights of who tries: who makes a trigger up would else be shown whatever the owner sees. The caller has
    made sure that they may, and holds no connection meanwhile. Raises `NotFound`.
    """
    async with services.database.unit() as unit:
        run = await _load(unit, automation_id, trigger)
    world = TrialWorld(services, replace(viewer, session_id=None, service=SERVICE))
    play = Play(run, world, services.limits)
    status, message, code = await _tried(play, world)
    async with services.database.transaction() as unit:
        by, actions = (orjson.dumps(each).decode() for each in (run.trigger, run.actions))
        await unit.connection.execute(_BEGIN, run.id, automation_id, by, actions, viewer.user_id)
        await Journal(services, run).note(unit, list(play.entries.values()), status, message, code)
    return run.id


async def _load(unit: Unit, automation_id: UUID, trigger: Mapping[str, Any]) -> Run:
    row = await unit.connection.fetchrow(_LOAD, automation_id)
    if row is None:
        raise NotFound(f"There is no automation with id {automation_id}.", automationId=automation_id)
    return Run(
        id=new_id(Kind.AUTOMATION_RUN),
        automation_id=automation_id,
        claim=1,
        name=row["name"],
        table_id=row["table_id"],
        viewer=None,
        trigger=storable(dict(trigger)),
        actions=orjson.loads(row["actions"]),
        entries={},
    )


async def _tried(play: Play, world: TrialWorld) -> Verdict:
    try:
        async with world.running(), asyncio.timeout(play.limits.automation_step_timeout.total_seconds()):
            await play.go()
    except StepEnded as ended:
        return RunStatus.FAILED, str(ended), ended.error.code
    except DomainError as error:
        return RunStatus.FAILED, error.message, error.code
    except TimeoutError:
        for entry in play.entries.values():
            if entry.status is RunStatus.RUNNING:
                entry.end(RunStatus.CANCELLED)
        return RunStatus.FAILED, "It took too long to be tried out.", "UNAVAILABLE"
    return RunStatus.SUCCEEDED, None, None
