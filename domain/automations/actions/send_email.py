"""A mail."""

import re
from collections.abc import Iterator
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
_TAG: Final = re.compile(r"<!--|<(/?[a-z][a-z0-9]*+)?+[^<>]*+>", re.IGNORECASE)
"""A tag with its name, or the beginning of a comment; any text is looked through in linear time."""
_BREAKS: Final = frozenset(("br", "/p", "/div", *(f"/h{level}" for level in range(1, 7)), "/li", "/tr"))
_COMMENT: Final = "<!--"
_ENDS: Final = {
    _COMMENT: re.compile("-->"),
    **{name: re.compile(rf"</{name}\s*+>", re.IGNORECASE) for name in ("script", "style", "head")},
}
"""Where what nobody sees ends, by how it begins."""


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
    return unescape("".join(_seen(html))).strip() + "\n"


def _seen(html: str) -> Iterator[str]:
    """The texts between tags, and line breaks; behind what has no end there is nothing."""
    place = 0
    while (tag := _TAG.search(html, place)) is not None:
        yield html[place : tag.start()]
        name = tag[0] if tag[0] == _COMMENT else (tag[1] or "").lower()
        if name in _BREAKS:
            yield "\n"
        end = _ENDS[name].search(html, tag.end()) if name in _ENDS else tag
        if end is None:
            return
        place = end.end()
    yield html[place:]
