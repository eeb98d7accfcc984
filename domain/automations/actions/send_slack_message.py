"""A message in Slack, or where the same is understood."""

import json

from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.step import Call, Step
from domain.automations.template_types import TEMPLATE_TEXT
from domain.automations.templates.texts import Escape, text_of


class SendSlackMessage(ActionType):
    """Posts to an incoming webhook of Slack."""

    key = "send_slack_message"
    description = "Posts a message to an incoming webhook of Slack, Mattermost or whoever understands the same."
    position = 50
    config = (
        ConfigField(
            "webhookUrl",
            TEMPLATE_TEXT,
            "The address of the incoming webhook. Whoever knows it can post, so the history of runs does not show it.",
            is_required=True,
        ),
        ConfigField(
            "message",
            TEMPLATE_TEXT,
            "The text, with Slack's markup; what templates put into it is none.",
            is_required=True,
        ),
    )
    output = "`status`, `headers`, `body` of the answer"
    own = frozenset({"webhookUrl", "message"})
    hidden = frozenset({"webhookUrl"})

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        url = text_of(step.render(config["webhookUrl"], Escape.PLAIN, "webhookUrl"))
        message = text_of(step.render(config["message"], Escape.SLACK, "message"))
        body = json.dumps({"text": message}, ensure_ascii=False).encode()
        return await step.send(Call("POST", url, {"Content-Type": "application/json"}, body))
