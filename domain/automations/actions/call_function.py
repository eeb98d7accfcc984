"""A function of an extension."""

from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.step import Step
from domain.automations.template_types import TEMPLATE_OBJECT, TEMPLATE_TEXT
from domain.automations.templates.texts import text_of
from domain.automations.values import object_in


class CallFunction(ActionType):
    """Calls a function of an extension."""

    key = "call_function"
    description = "Calls a function that an extension of the server brings, by the rights of the automation's owner."
    position = 95
    config = (
        ConfigField("name", TEMPLATE_TEXT, "The name of the function.", is_required=True),
        ConfigField("arguments", TEMPLATE_OBJECT, "What it is given, by its `inputSchema`."),
    )
    writes = True
    output = "`output`: what the function answers; `call`: the id of its record among `functionCalls`"

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        return await step.call_function(text_of(config["name"]), object_in(config["arguments"] or {}, "arguments"))
