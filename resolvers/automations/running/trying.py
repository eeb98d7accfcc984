"""Trying an automation out: a run that shows what each step would do, and does none of it."""

import asyncio
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.automations.runs import RunStatus
from domain.errors import DomainError, NotFound
from domain.ids import Kind, new_id
from domain.storable import storable
from resolvers.automations.running.claim import Run, owner_of
from resolvers.automations.running.journal import Journal
from resolvers.automations.running.play import Play
from resolvers.automations.running.step import StepEnded
from resolvers.automations.running.trial import TrialWorld
from resolvers.services import Services

_LOAD: Final = """
SELECT a.name, a.table_id, a.owner_id,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', x.id, 'type', x.type, 'config', x.config)
                                  ORDER BY x.position)
                   FROM automation_actions x WHERE x.automation_id = a.id), '[]')::text AS actions,
       (SELECT ARRAY[u.is_superuser, u.is_verified] FROM users u WHERE u.id = a.owner_id AND u.is_active) AS owner
  FROM automations a WHERE a.id = $1
"""
_BEGIN: Final = """
INSERT INTO automation_runs (id, automation_id, owner_id, event_key, trigger, actions, status, claim, is_test,
                             started_at)
SELECT $1, a.id, a.owner_id, 'test ' || $1::uuid, $3::text::jsonb, $4::text::jsonb, 'RUNNING', 1, true,
       clock_timestamp()
  FROM automations a WHERE a.id = $2
"""
_NO_OWNER: Final = "Its owner has no account here any more, or one that is deactivated."

Verdict = tuple[RunStatus, str | None, str | None]
"""How it ended: the status, the message and the code of what went wrong."""


async def try_automation(services: Services, automation_id: UUID, trigger: Mapping[str, Any]) -> UUID:
    """Try an automation out, with its owner's rights; the id of the run that shows what came of it (`is_test`).

    The caller has made sure who asks, and holds no connection meanwhile. Raises `NotFound`.
    """
    async with services.database.unit() as unit:
        run = await _load(unit, automation_id, trigger)
    play, (status, message, code) = await _tried(services, run)
    async with services.database.transaction() as unit:
        by, actions = (orjson.dumps(each).decode() for each in (run.trigger, run.actions))
        await unit.connection.execute(_BEGIN, run.id, automation_id, by, actions)
        await Journal(services, run).note(unit, list(play.entries.values()) if play else [], status, message, code)
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
        viewer=owner_of(row),
        trigger=storable(dict(trigger)),
        actions=orjson.loads(row["actions"]),
        entries={},
    )


async def _tried(services: Services, run: Run) -> tuple[Play | None, Verdict]:
    if run.viewer is None:
        return None, (RunStatus.FAILED, _NO_OWNER, "UNAUTHENTICATED")
    world = TrialWorld(services, run.viewer)
    play = Play(run, world, services.limits)
    try:
        async with world.running(), asyncio.timeout(services.limits.automation_step_timeout.total_seconds()):
            await play.go()
    except StepEnded as ended:
        return play, (RunStatus.FAILED, str(ended), ended.error.code)
    except DomainError as error:
        return play, (RunStatus.FAILED, error.message, error.code)
    except TimeoutError:
        for entry in play.entries.values():
            if entry.status is RunStatus.RUNNING:
                entry.end(RunStatus.CANCELLED)
        return play, (RunStatus.FAILED, "It took too long to be tried out.", "UNAVAILABLE")
    return play, (RunStatus.SUCCEEDED, None, None)
