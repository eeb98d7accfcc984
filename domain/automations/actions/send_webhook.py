"""A request to any address."""

from collections.abc import Mapping

from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.step import Call, Step
from domain.automations.template_types import (
    SECRET,
    TEMPLATE_JSON,
    TEMPLATE_OBJECT,
    TEMPLATE_TEXT,
    one_of,
)
from domain.automations.templates.grammar import parse
from domain.automations.templates.texts import Escape, json_of, text_of
from domain.automations.values import object_in


class SendWebhook(ActionType):
    """Sends an HTTP request."""

    key = "send_webhook"
    description = "Sends a request over HTTP. Each has a header `webhook-id`, the same when it is sent again."
    position = 60
    config = (
        ConfigField(
            "url", TEMPLATE_TEXT, "The address; values that templates put into it are escaped.", is_required=True
        ),
        ConfigField("method", one_of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"), "The method.", default="POST"),
        ConfigField("headers", TEMPLATE_OBJECT, "Headers by their names."),
        ConfigField(
            "body",
            TEMPLATE_JSON,
            "An object or list is sent as JSON; a text as it is, values escaped for JSON where it begins with { or [.",
        ),
        ConfigField("secret", SECRET, "Signs the request by the scheme of Standard Webhooks."),
    )
    output = "`status`, `headers`, `body` of the answer: JSON where it is such, else text"
    own = frozenset({"url", "body", "secret"})
    hidden = frozenset({"secret"})

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        url = config["url"]
        is_whole = len(parse(url)) == 1  # an address that comes from elsewhere as it is
        url = text_of(step.render(url, Escape.PLAIN if is_whole else Escape.URL, "url"))
        headers = {name: text_of(value) for name, value in object_in(config["headers"] or {}, "headers").items()}
        body, is_json = _body(config["body"], step)
        if is_json and "content-type" not in map(str.lower, headers):
            headers["Content-Type"] = "application/json"
        return await step.send(Call(config["method"], url, headers, body, config["secret"]))


def _body(given: object, step: Step) -> tuple[bytes, bool]:
    """The bytes, and whether they are JSON."""
    if given is None:
        return b"", False
    if isinstance(given, str):
        is_json = given.lstrip().startswith(("{", "[")) and not given.lstrip().startswith("{{")
        rendered = step.render(given, Escape.JSON if is_json else Escape.PLAIN, "body")
    else:
        is_json, rendered = True, json_of(step.render(given, Escape.PLAIN, "body"))
    if isinstance(rendered, Mapping | list):
        return json_of(rendered).encode(), True
    return text_of(rendered).encode(), is_json
