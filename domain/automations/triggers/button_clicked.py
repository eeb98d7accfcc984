"""Somebody clicks a button."""

from domain.automations.config_types import TEXT
from domain.automations.contract import ConfigField, TriggerType


class ButtonClicked(TriggerType):
    """Each call of `clickButton` for a record."""

    key = "button_clicked"
    description = "Somebody who may edit the record clicks a button: the mutation `clickButton`."
    position = 100
    config = (ConfigField("buttonId", TEXT, "How the client calls the button; for its own use."),)
