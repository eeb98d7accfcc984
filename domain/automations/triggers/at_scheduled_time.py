"""One moment."""

from datetime import datetime

from domain.automations.config_types import MOMENT, TEXT
from domain.automations.contract import ConfigField, ConfigJson, Place, Reading, TriggerType
from domain.schedules.contract import InvalidSchedule, Schedule
from domain.schedules.once import Once


class AtScheduledTime(TriggerType):
    """Once."""

    key = "at_scheduled_time"
    description = (
        "Once, at a moment; one that passes while no server runs is made up for. A moment of the past never comes."
    )
    position = 80
    config = (
        ConfigField(
            "datetime", MOMENT, "The moment; without an offset it is by the clock of the time zone.", is_required=True
        ),
        ConfigField("timeZone", TEXT, "IANA name of the time zone.", default="UTC", aliases=("timezone",)),
    )

    def check(self, config: ConfigJson, place: Place, reading: Reading) -> None:
        """The moment and the zone must be ones."""
        try:
            self.schedule(config)
        except InvalidSchedule as error:
            reading.refuse((*place, "datetime"), error.message, "value_error.schedule", config["datetime"])

    def schedule(self, config: ConfigJson) -> Schedule:
        """At the moment."""
        return Once.read(datetime.fromisoformat(config["datetime"]), config["timeZone"])
