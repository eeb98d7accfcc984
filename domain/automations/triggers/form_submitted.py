"""A form is submitted."""

from domain.automations.config_types import ID
from domain.automations.contract import ConfigField, TriggerType


class FormSubmitted(TriggerType):
    """Each record that comes by a published form."""

    key = "form_submitted"
    description = "Somebody submits a form; `trigger.record` is the new record."
    position = 60
    config = (ConfigField("viewId", ID, "The view of type FORM; left out, any form of the table."),)
