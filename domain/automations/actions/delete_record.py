"""The end of a record."""

from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.step import Step
from domain.automations.template_types import TEMPLATE_ID
from domain.automations.values import id_in


class DeleteRecord(ActionType):
    """Deletes a record."""

    key = "delete_record"
    description = "Deletes a record; `restoreRecords` brings it back."
    position = 30
    config = (ConfigField("recordId", TEMPLATE_ID, "The record, of whichever table.", is_required=True),)
    output = "`record_id`"
    writes = True

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        id = id_in(config["recordId"], "recordId")
        await step.records.delete(id)
        return {"record_id": str(id)}
