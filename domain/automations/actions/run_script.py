"""A script."""

from domain.automations.config_types import TEXT
from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.step import Step
from domain.automations.template_types import TEMPLATE_OBJECT, one_of
from domain.automations.values import object_in


class RunScript(ActionType):
    """Runs a script in a sandbox."""

    key = "run_script"
    description = (
        "Runs a script without network and files, in bounded time and memory; it reaches records by the owner's rights."
    )
    position = 90
    config = (
        ConfigField("language", one_of("PYTHON", "JAVASCRIPT"), "The language.", default="PYTHON"),
        ConfigField("script", TEXT, "The script; templates are not rendered in it, its inputs are.", is_required=True),
        ConfigField("inputs", TEMPLATE_OBJECT, "What the script finds as `inputs`."),
    )
    output = "`output`: what the script makes; `logs`"
    own = frozenset({"script"})
    writes = True

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        return await step.run_script(config["language"], config["script"], object_in(config["inputs"] or {}, "inputs"))
