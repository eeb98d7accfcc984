"""A new record."""

from uuid import UUID

from domain.automations.config_types import ID
from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.step import Step
from domain.automations.template_types import TEMPLATE_OBJECT
from domain.automations.values import object_in, written


class CreateRecord(ActionType):
    """Creates a record."""

    key = "create_record"
    description = "Creates a record in a table."
    position = 10
    config = (
        ConfigField("tableId", ID, "The table; that of the automation unless given."),
        ConfigField("fields", TEMPLATE_OBJECT, "The values by names or ids of fields.", is_required=True),
    )
    output = "`record_id`, `record`: the new record"
    writes = True

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        table_id = UUID(config["tableId"]) if config["tableId"] else step.table_id
        return written(*await step.records.create(table_id, object_in(config["fields"], "fields")))
