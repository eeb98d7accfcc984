"""A recurring schedule."""

from domain.automations.config_types import TEXT
from domain.automations.contract import ConfigField, ConfigJson, Place, Reading, TriggerType
from domain.schedules.contract import InvalidSchedule, Schedule
from domain.schedules.cron import Cron


class Scheduled(TriggerType):
    """Again and again, by a cron expression."""

    key = "scheduled"
    description = (
        "Again and again, by the clock of a time zone; of what was missed while no server ran, the last is made up for."
    )
    position = 70
    config = (
        ConfigField(
            "cron",
            TEXT,
            "Five fields, `0 9 * * 1-5`, or `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`.",
            is_required=True,
            aliases=("cronExpression", "cron_expression"),
        ),
        ConfigField("timeZone", TEXT, "IANA name of the time zone.", default="UTC", aliases=("timezone",)),
    )

    def check(self, config: ConfigJson, place: Place, reading: Reading) -> None:
        """The expression and the zone must be ones."""
        try:
            self.schedule(config)
        except InvalidSchedule as error:
            reading.refuse((*place, "cron"), error.message, "value_error.schedule", config["cron"])

    def schedule(self, config: ConfigJson) -> Schedule:
        """By the expression."""
        return Cron.read(config["cron"], config["timeZone"])
