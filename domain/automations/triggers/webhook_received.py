"""An incoming webhook receives a request."""

from domain.automations.config_types import ID
from domain.automations.contract import ConfigField, TriggerType


class WebhookReceived(TriggerType):
    """Each request to an incoming webhook."""

    key = "webhook_received"
    description = "An incoming webhook receives a request; `trigger.body` and `trigger.headers` are of it."
    position = 90
    config = (ConfigField("webhookId", ID, "The incoming webhook, one of the table.", is_required=True),)
