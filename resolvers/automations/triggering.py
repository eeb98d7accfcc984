"""Setting an automation off by hand, or by a button: whoever may write the records of its table."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from adapters.database import Unit
from domain.access.roles import Action
from domain.automations.triggers.button_clicked import ButtonClicked
from domain.bases.catalog import TableMeta
from domain.errors import BadRequest, Conflict, Forbidden
from domain.ids import Kind, new_id, table_number_of
from models import Automation, AutomationRun, Table
from resolvers.automations.access import load_automation
from resolvers.automations.records import names_of_record
from resolvers.automations.starting import Start, overtaken, start_runs
from resolvers.context import RequestContext
from resolvers.records.idempotency import check_key
from resolvers.records.reading import read_record
from resolvers.records.sight import may_write
from resolvers.records.tables import no_record, with_table_of_record

_USER: Final = "SELECT id::text, name, email FROM users WHERE id = $1"


async def trigger_automation(
    context: RequestContext, automation_id: UUID, record_id: UUID | None = None, *, idempotency_key: str | None = None
) -> AutomationRun:
    """The run, of an automation of any trigger, that is off or paused, too; with a record where one is named.

    With an idempotency key that the caller has used for the automation it is the run of that time.
    """
    if record_id is not None:
        await _require_theirs(context, record_id)
    async with context.unit() as unit:
        automation, table = await load_automation(unit, context, automation_id, Action.WRITE_RECORDS)
        require_of(table, record_id)
        return await _start(unit, context, automation, "manual", record_id, idempotency_key, by_hand=True)


async def click_button(
    context: RequestContext, automation_id: UUID, record_id: UUID, *, idempotency_key: str | None = None
) -> AutomationRun:
    """The run, with a record, of an automation that buttons set off; raises `Conflict` for one that is off."""
    await _require_theirs(context, record_id)
    async with context.unit() as unit:
        automation, table = await load_automation(unit, context, automation_id, Action.WRITE_RECORDS)
        require_of(table, record_id)
        if automation.trigger_type != ButtonClicked.key:
            raise BadRequest("No button sets this automation off: its trigger is another one.", argument="automationId")
        if automation.is_paused or not automation.is_enabled:
            raise Conflict("This automation is off for now.", automationId=str(automation.id))
        return await _start(unit, context, automation, ButtonClicked.key, record_id, idempotency_key, by_hand=False)


async def _start(
    unit: Unit,
    context: RequestContext,
    automation: Automation,
    type: str,
    record_id: UUID | None,
    key: str | None,
    *,
    by_hand: bool,
) -> AutomationRun:
    if key is not None:
        check_key(key)
    name = f"{context.user_id}:{key}" if key is not None else str(new_id(Kind.MUTATION))
    user = await unit.connection.fetchrow(_USER, context.user_id)
    trigger = {
        "type": type,
        **await names_of_record(unit, context.services, automation.owner_id, record_id),
        "user": user and dict(user),
        "at": datetime.now(UTC).isoformat(),
    }
    start = Start(automation.id, f"{type}:{name}", trigger, context.mutation_id)
    await start_runs(unit, context.services, [start], by_hand=by_hand)
    found = select(AutomationRun).filter_by(automation_id=automation.id, event_key=start.event_key)
    run: AutomationRun | None = (await unit.session.scalars(found)).one_or_none()
    if run is None:
        raise overtaken(automation.id)
    return run


async def _require_theirs(context: RequestContext, record_id: UUID) -> None:
    """Raise `Forbidden` for a record that policies do not let the caller write.

    Who may not read it is told that it is not there, and who may write none in its table what its automation says.
    """
    await read_record(context, record_id, ())
    async with context.unit() as unit:

        async def check(table: TableMeta) -> None:
            if not await may_write(unit, table, record_id):
                raise Forbidden("What you may write does not include this record.", recordId=record_id)

        await with_table_of_record(context, unit, record_id, check, Action.READ)


def require_of(table: Table, record_id: UUID | None) -> None:
    """Raise `NotFound` for a record of another table."""
    if record_id is not None and table_number_of(record_id) != table.number:
        raise no_record(record_id)
