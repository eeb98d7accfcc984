"""Making, changing and deleting timers, and reading one's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, select

from adapters.database import Unit
from domain.access.roles import Action
from domain.audit.actions import AuditAction
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, NotFound, PayloadTooLarge
from domain.fields.storage import encode_json
from domain.ids import Kind, new_id
from domain.names import clean_name
from domain.schedules.missed import MissedRuns
from domain.schedules.rules import Rule
from models import Automation, Schedule, Timer
from resolvers.authentication import require_session
from resolvers.context import RequestContext
from resolvers.functions.finding import find_function
from resolvers.records.tables import require_current, with_table
from resolvers.schedules.keeping import keep_schedule, stop_schedule
from resolvers.timers.auditing import audit_timer
from resolvers.timers.clock import TIMER

_FIELDS: Final = (Timer, Schedule.next_run_at, Schedule.last_run_at, Schedule.error)
_WITH_TIMES: Final = select(*_FIELDS).outerjoin(Schedule, (Schedule.kind == TIMER) & (Schedule.target_id == Timer.id))


@dataclass(frozen=True, slots=True)
class Found:
    """A timer, and what the clock knows of it; nothing where it is off."""

    timer: Timer
    next_run_at: datetime | None
    last_run_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a timer sets off: one of both."""

    function: str | None
    arguments: object
    automation_id: UUID | None


async def create_timer(
    context: RequestContext, name: str, wanted: Wanted, rule: Rule, missed: MissedRuns, *, is_enabled: bool
) -> Found:
    """Make one; raises what calling the function, or setting the automation off, would, and `InvalidSchedule`."""
    require_session(context)
    services = context.services
    rule.schedule(services.limits.least_interval)
    if (wanted.function is None) == (wanted.automation_id is None):
        raise BadRequest("Exactly one of 'functionName' and 'automationId' says what is set off.")
    timer = Timer(
        id=new_id(Kind.SCHEDULE),
        owner_id=context.user_id,
        name=clean_name(name, "schedule", limit=services.limits.max_name_length),
        function=wanted.function,
        sealed_arguments=_sealed(context, wanted),
        automation_id=wanted.automation_id,
        rule=rule.as_json(),
        missed_runs=missed.value,
        is_enabled=is_enabled,
    )
    if wanted.automation_id is not None:
        await _require_automation(context, wanted.automation_id)
    async with context.unit() as unit:
        await _require_room(unit, context)
        unit.session.add(timer)
        await _keep(unit, context, timer)
        await audit_timer(unit, context, AuditAction.SCHEDULE_CREATED, timer)
        return await _find(unit, context, timer.id)


async def update_timer(
    context: RequestContext,
    id: UUID,
    *,
    name: str | None = None,
    arguments: object = None,
    rule: Rule | None = None,
    missed: MissedRuns | None = None,
    is_enabled: bool | None = None,
) -> Found:
    """Change what is given of one of one's own; from now on it is due by the new rule."""
    require_session(context)
    if rule is not None:
        rule.schedule(context.services.limits.least_interval)
    async with context.unit() as unit:
        timer = (await _find(unit, context, id, locked=True)).timer
        if name is not None:
            timer.name = clean_name(name, "schedule", limit=context.services.limits.max_name_length)
        if arguments is not None:
            timer.sealed_arguments = _sealed(context, Wanted(timer.function, arguments, timer.automation_id))
        if rule is not None:
            timer.rule = rule.as_json()
        if missed is not None:
            timer.missed_runs = missed.value
        if is_enabled is not None:
            timer.is_enabled = is_enabled
        await _keep(unit, context, timer)
        await audit_timer(unit, context, AuditAction.SCHEDULE_UPDATED, timer, isEnabled=timer.is_enabled)
        return await _find(unit, context, id)


async def delete_timer(context: RequestContext, id: UUID) -> None:
    """Delete one of one's own."""
    require_session(context)
    async with context.unit() as unit:
        timer = (await _find(unit, context, id, locked=True)).timer
        await audit_timer(unit, context, AuditAction.SCHEDULE_DELETED, timer)
        await stop_schedule(unit, TIMER, id)
        await unit.session.execute(delete(Timer).where(Timer.id == id))


async def read_timers(context: RequestContext) -> Sequence[Found]:
    """One's own, the oldest first."""
    require_session(context)
    async with context.unit() as unit:
        mine = _WITH_TIMES.where(Timer.owner_id == context.user_id).order_by(Timer.id)
        return [Found(*row) for row in await unit.session.execute(mine)]


async def read_timer(context: RequestContext, id: UUID) -> Found:
    """One of one's own; raises `NotFound`."""
    require_session(context)
    async with context.unit() as unit:
        return await _find(unit, context, id)


async def _find(unit: Unit, context: RequestContext, id: UUID, *, locked: bool = False) -> Found:
    await unit.session.flush()
    statement = _WITH_TIMES.where(Timer.id == id, Timer.owner_id == context.user_id)
    if locked:
        statement = statement.with_for_update(of=Timer)
    found = (await unit.session.execute(statement)).one_or_none()
    if found is None:
        raise NotFound(f"You have no schedule with id {id}.")
    return Found(*found)


async def _keep(unit: Unit, context: RequestContext, timer: Timer) -> None:
    """Have the clock watched for it as it says now."""
    await unit.session.flush()
    services = context.services
    if timer.is_enabled:
        schedule = Rule.from_json(timer.rule).schedule(services.limits.least_interval)
        await keep_schedule(unit, services.bus, TIMER, timer.id, schedule, MissedRuns(timer.missed_runs))
    else:
        await stop_schedule(unit, TIMER, timer.id)


def _sealed(context: RequestContext, wanted: Wanted) -> bytes | None:
    """What the function is given, checked; raises `ValidationFailed`."""
    if wanted.function is None:
        if wanted.arguments is not None:
            raise BadRequest("Only functions take arguments.", argument="arguments")
        return None
    arguments = {} if wanted.arguments is None else wanted.arguments
    find_function(context, wanted.function).read(arguments)
    text, most = encode_json(arguments), context.services.limits.max_queued_argument_bytes
    if len(text.encode()) > most:
        raise PayloadTooLarge(f"A scheduled call takes arguments of {most:,} bytes at most.")
    return context.services.seal.close(text)


async def _require_automation(context: RequestContext, id: UUID) -> None:
    """Raise `NotFound` for an automation that one does not see, `Forbidden` where one may not set it off."""
    missing = NotFound(f"There is no automation with id {id}.")
    async with context.unit() as unit:
        table_id = await unit.session.scalar(select(Automation.table_id).where(Automation.id == id))
        if table_id is None:
            raise missing

        async def check(table: TableMeta) -> None:
            await require_current(context, unit, table, Action.WRITE_RECORDS, lambda: missing)

        try:
            await with_table(context, unit, table_id, check, Action.WRITE_RECORDS)
        except NotFound:
            raise missing from None


async def _require_room(unit: Unit, context: RequestContext) -> None:
    most = context.services.limits.max_schedules_per_user
    count = await unit.session.scalar(select(func.count()).where(Timer.owner_id == context.user_id))
    if count is not None and count >= most:
        raise BadRequest(f"A user may have {most:,} schedules.")
