"""Automations that the submission of a form sets off."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson

from adapters.database import Unit
from domain.automations.triggers.form_submitted import FormSubmitted
from domain.views.forms import FormMeta
from resolvers.automations.reader import record_json
from resolvers.automations.starting import Start, start_runs

if TYPE_CHECKING:
    from resolvers.services import Services

_FIND: Final = """
SELECT id FROM automations
 WHERE table_id = $1 AND trigger_type = 'form_submitted' AND is_enabled AND NOT is_paused
   AND coalesce(trigger_config->>'viewId', $2) = $2
"""


async def automations_of_form(unit: Unit, form: FormMeta) -> list[UUID]:
    """The ids of those that a submission sets off."""
    rows = await unit.connection.fetch(_FIND, form.table_id, str(form.view_id))
    return [row["id"] for row in rows]


async def form_submitted(
    unit: Unit, services: "Services", form: FormMeta, ids: list[UUID], record: str, mutation_id: UUID
) -> None:
    """Set automations off by a submission, of which the record's JSON is given; part of its transaction."""
    values = record_json(orjson.loads(record))
    trigger = {
        "type": FormSubmitted.key,
        "record_id": values["id"],
        "record": values,
        "previous_record": None,
        "user": None,
        "form": {"id": str(form.view_id), "name": form.title},
        "at": datetime.now(UTC).isoformat(),
    }
    starts = [Start(id, f"form:{values['id']}", trigger, mutation_id) for id in ids]
    await start_runs(unit, services, starts)
