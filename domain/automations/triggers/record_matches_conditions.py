"""A record comes to match conditions."""

from domain.automations.config_types import CONDITIONS
from domain.automations.contract import ConfigField, ConfigJson, TriggerType
from domain.changes.selection import RecordEventType


class RecordMatchesConditions(TriggerType):
    """Each time that a record begins to match, not while it does."""

    key = "record_matches_conditions"
    description = (
        "A record comes to match conditions: a new one that matches, or one that did not before a change, "
        "also by a computed field."
    )
    position = 40
    config = (ConfigField("conditions", CONDITIONS, "What it must match.", is_required=True),)
    events = frozenset({RecordEventType.CREATED})

    def conditions(self, config: ConfigJson) -> ConfigJson | None:
        """Those of the config."""
        return dict(config["conditions"])
