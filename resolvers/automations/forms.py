"""Automations that the submission of a form sets off."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from adapters.database import Unit
from domain.automations.triggers.form_submitted import FormSubmitted
from domain.views.forms import FormMeta
from resolvers.automations.records import names_by_owner
from resolvers.automations.starting import Start, start_runs

if TYPE_CHECKING:
    from resolvers.services import Services

_FIND: Final = """
SELECT id, owner_id FROM automations
 WHERE table_id = $1 AND trigger_type = 'form_submitted' AND is_enabled AND NOT is_paused
   AND coalesce(trigger_config->>'viewId', $2) = $2
"""


async def form_submitted(unit: Unit, services: "Services", form: FormMeta, record_id: UUID, mutation_id: UUID) -> None:
    """Set automations off by a submission, which has made the record; part of its transaction."""
    rows = await unit.connection.fetch(_FIND, form.table_id, str(form.view_id))
    names = await names_by_owner(unit, services, (row["owner_id"] for row in rows), record_id)
    about = {
        "type": FormSubmitted.key,
        "user": None,
        "form": {"id": str(form.view_id), "name": form.title},
        "at": datetime.now(UTC).isoformat(),
    }
    starts = [Start(row["id"], f"form:{record_id}", {**about, **names[row["owner_id"]]}, mutation_id) for row in rows]
    await start_runs(unit, services, starts)
