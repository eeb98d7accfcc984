"""What goes wrong with templates.

InvalidTemplate   its text cannot be read: found when an automation is saved
TemplateFailed    it has no value now: found when an automation runs
├── MissingName   it names something that is not there
└── TooMuch       what comes of it is too large, or too deep
"""

from typing import Final

from domain.automations.templates.tree import Place
from domain.errors import DomainError

SHOWN: Final = 100
"""Characters of a template that a message has."""


class InvalidTemplate(DomainError):
    """A template that cannot be read; the message has where it stands in the config, and where in its text."""

    code = "VALIDATION_ERROR"

    def __init__(self, message: str, place: Place | None = None) -> None:
        super().__init__(
            f"{message} ({place})" if place else message,
            line=place.line if place else None,
            column=place.column if place else None,
        )
        self.reason = message
        self.place = place


class TemplateFailed(DomainError):
    """A template that has no value; the message has where it stands in the config, and the template."""

    code = "VALIDATION_ERROR"


class MissingName(TemplateFailed):
    """A template names something that is not there."""


class TooMuch(TemplateFailed):
    """What comes of a config is larger or deeper than allowed."""

    code = "PAYLOAD_TOO_LARGE"


class Unfit(Exception):
    """A filter cannot take a value; the message says why, and whoever applies it says where."""


def shown(source: str) -> str:
    """A template for a message."""
    return source if len(source) <= SHOWN else f"{source[:SHOWN]}…"
