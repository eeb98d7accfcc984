"""A pause."""

from datetime import UTC, datetime, timedelta
from typing import Final

from domain.automations.contract import ActionType, ConfigField, ConfigJson, Place, Reading
from domain.automations.faults import StepFailed
from domain.automations.step import Step
from domain.automations.template_types import SECONDS, TEMPLATE_TEXT
from domain.automations.values import moment_in, number_in

LONGEST: Final = timedelta(days=366)
"""How far ahead a run may wait for."""


class Delay(ActionType):
    """Has the run go on later. Nothing is held meanwhile, and a restart of the server changes nothing."""

    key = "delay"
    description = "Waits for a while, or until a moment; at most a year."
    position = 120
    config = (
        ConfigField("seconds", SECONDS, "How long."),
        ConfigField(
            "until", TEMPLATE_TEXT, "The moment (ISO 8601; without an offset in UTC). One that is past is now."
        ),
    )
    output = "`until`: the moment"
    is_flow = True

    def check(self, config: ConfigJson, place: Place, reading: Reading) -> None:
        """One of the two."""
        if (config["seconds"] is None) == (config["until"] is None):
            reading.refuse(place, "A delay has either seconds or until.", "value_error.missing")

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""

        async def choose() -> str:
            return _until(config).isoformat()

        until = await step.once(choose)
        await step.wait(datetime.fromisoformat(until))
        return {"until": until}


def _until(config: ConfigJson) -> datetime:
    now = datetime.now(UTC)
    if config["until"] is None:
        seconds = number_in(config["seconds"], "seconds")
        moment = now + timedelta(seconds=min(seconds, LONGEST.total_seconds() + 1))
    else:
        moment = moment_in(config["until"], "until")
    if moment > now + LONGEST:
        raise StepFailed(f"A delay is at most {LONGEST.days} days long.", field="seconds")
    return moment
