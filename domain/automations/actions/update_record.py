"""Changes of a record."""

from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.step import Step
from domain.automations.template_types import TEMPLATE_ID, TEMPLATE_OBJECT
from domain.automations.values import id_in, object_in, written


class UpdateRecord(ActionType):
    """Changes a record."""

    key = "update_record"
    description = "Changes values of a record; other fields stay as they are."
    position = 20
    config = (
        ConfigField("recordId", TEMPLATE_ID, "The record, of whichever table.", is_required=True),
        ConfigField("fields", TEMPLATE_OBJECT, "The new values by names or ids of fields.", is_required=True),
    )
    output = "`record_id`, `record`: the record with the changes"
    writes = True

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        id = id_in(config["recordId"], "recordId")
        return written(id, await step.records.update(id, object_in(config["fields"], "fields")))
