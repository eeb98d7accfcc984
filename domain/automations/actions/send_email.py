"""A mail."""

import re
from html import unescape
from typing import Final

from domain.accounts.emails import email_or_none
from domain.automations.config_types import BOOLEAN
from domain.automations.contract import ActionType, ConfigField, ConfigJson
from domain.automations.faults import StepFailed
from domain.automations.step import Letter, Step
from domain.automations.template_types import TEMPLATE_TEXT, TEMPLATE_TEXTS
from domain.automations.templates.texts import Escape, text_of
from domain.automations.values import texts_in

MAX_ADDRESSES: Final = 50
"""Of one mail, copies included."""
_UNSEEN: Final = re.compile(r"(?is)<(script|style|head)\b.*?</\1\s*>|<!--.*?-->")
_BREAKS: Final = re.compile(r"(?i)<(?:br|/p|/div|/h[1-6]|/li|/tr)\b[^>]*>")
_TAGS: Final = re.compile(r"<[^>]*>")


class SendEmail(ActionType):
    """Sends a mail by the server's way out for mail."""

    key = "send_email"
    description = "Sends a mail, from the server's own address."
    position = 40
    config = (
        ConfigField("to", TEMPLATE_TEXTS, "Addresses, with commas between them or as a list.", is_required=True),
        ConfigField("cc", TEMPLATE_TEXTS, "Addresses that get a copy."),
        ConfigField("subject", TEMPLATE_TEXT, "The subject.", is_required=True),
        ConfigField("body", TEMPLATE_TEXT, "The text.", is_required=True),
        ConfigField(
            "html", BOOLEAN, "Whether the body is HTML; values that templates put into it are escaped.", default=False
        ),
    )
    output = "`to`, `cc`: the addresses"
    own = frozenset({"body"})

    async def run(self, config: ConfigJson, step: Step) -> object:
        """See `ActionType.run`."""
        to, copies = _addresses(config["to"], "to"), _addresses(config["cc"], "cc")
        if not to:
            raise StepFailed("to: there is no address.", field="to")
        if len(to) + len(copies) > MAX_ADDRESSES:
            raise StepFailed(f"A mail has at most {MAX_ADDRESSES} addresses.", field="to")
        escape = Escape.HTML if config["html"] else Escape.PLAIN
        body = text_of(step.render(config["body"], escape, "body"))
        html = body if config["html"] else None
        await step.send_mail(Letter(to, copies, text_of(config["subject"]), _plain(body) if html else body, html))
        return {"to": to, "cc": copies}


def _addresses(value: object, name: str) -> list[str]:
    found: dict[str, None] = {}
    for text in texts_in(value):
        address = email_or_none(text)
        if address is None:
            raise StepFailed(f"{name}: {text[:100]!r} is no e-mail address.", field=name)
        found[address] = None
    return list(found)


def _plain(html: str) -> str:
    """What stands in a mail for those who do not read HTML."""
    text = _TAGS.sub("", _BREAKS.sub("\n", _UNSEEN.sub("", html)))
    return unescape(text).strip() + "\n"
