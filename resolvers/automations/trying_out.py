"""`testAutomation`: what each step would do, for those who may manage the automation."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

from domain.automations.records import record_json
from domain.errors import BadRequest
from models import AutomationRun
from resolvers.automations.access import load_automation
from resolvers.automations.reader import RECORD
from resolvers.automations.running.trying import try_automation
from resolvers.automations.triggering import require_of
from resolvers.context import RequestContext
from resolvers.records.reading import read_record


async def try_out(
    context: RequestContext, automation_id: UUID, record_id: UUID | None, trigger: object
) -> AutomationRun:
    """A run that only shows what it would do, for a record or for a `trigger` that the caller makes up.

    Its steps have the caller's rights. It is kept whatever becomes of the operation, of which it must be the first
    root field.
    """
    if not isinstance(trigger, dict | None):
        raise BadRequest("'trigger' must be a JSON object.", argument="trigger")
    async with context.lasting_unit() as unit:
        automation, table = await load_automation(unit, context, automation_id)
        require_of(table, record_id)
        type = automation.trigger_type
    names = {**await _trigger(context, type, record_id), **(trigger or {})}
    run_id = await try_automation(context.services, context.viewer, automation_id, names)
    async with context.unit() as unit:
        return await unit.session.get_one(AutomationRun, run_id)


async def _trigger(context: RequestContext, type: str, record_id: UUID | None) -> dict[str, Any]:
    """What templates see as `trigger`; a record has been before what it is now."""
    record: Mapping[str, Any] | None = None
    if record_id is not None:
        # With a context of its own: that of the operation would keep its connection while the steps want theirs.
        aside = RequestContext(context.services, context.viewer, context.client)
        record = record_json(orjson.loads((await read_record(aside, record_id, RECORD)).json))
    at = datetime.now(UTC).isoformat()
    return {
        "type": type,
        "record_id": record and record["id"],
        "record": record,
        "previous_record": record,
        "changed_fields": [],
        "user": None,
        "at": at,
    }
