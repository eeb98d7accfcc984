"""One of two ways."""

from domain.automations.comparisons import CONDITION, is_true
from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.nesting import ACTIONS
from domain.automations.step import Step


class Conditional(ActionType):
    """Does some actions, or others."""

    key = "conditional"
    description = "Does some actions when a condition holds, and others when it does not."
    position = 100
    config = (
        ConfigField("condition", CONDITION, "What is asked.", is_required=True),
        ConfigField("thenActions", ACTIONS, "What is done when it holds.", default=()),
        ConfigField("elseActions", ACTIONS, "What is done when it does not.", default=()),
    )
    output = "`matched`; `then` or `else`: the outputs of the actions by their numbers"
    own = hidden = frozenset({"thenActions", "elseActions"})
    is_flow = True

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""

        async def decide() -> bool:
            return is_true(config["condition"])

        matched = await step.once(decide)
        name = "then" if matched else "else"
        await step.run(name, config[f"{name}Actions"], name, {})
        return {"matched": matched}
