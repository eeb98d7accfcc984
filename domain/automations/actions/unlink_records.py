"""The end of links between records."""

from domain.automations.config_types import TEXT
from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.step import Step
from domain.automations.template_types import TEMPLATE_ID, TEMPLATE_IDS
from domain.automations.values import id_in, ids_in, written


class UnlinkRecords(ActionType):
    """Takes links away."""

    key = "unlink_records"
    description = "Takes links of a LINKED_RECORD field away; those that are not there are passed over."
    position = 80
    config = (
        ConfigField("sourceRecord", TEMPLATE_ID, "The record whose field it is.", is_required=True),
        ConfigField(
            "targetRecord",
            TEMPLATE_IDS,
            "The records that it is no longer linked with: ids, or what has such.",
            is_required=True,
            aliases=("targetRecords", "target_records"),
        ),
        ConfigField("fieldId", TEXT, "Id or name of the field.", is_required=True),
    )
    output = "`record_id`, `record`: the source with the links that are left"
    writes = True

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        source = id_in(config["sourceRecord"], "sourceRecord")
        targets = ids_in(config["targetRecord"], "targetRecord")
        return written(source, await step.records.unlink(source, config["fieldId"], targets))
