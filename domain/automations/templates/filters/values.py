"""Filters for any value."""

from typing import Final

from domain.automations.templates.filters.contract import Filter, Parameter
from domain.automations.templates.texts import json_of

DEFAULT: Final = "default"


def _default(value: object, other: object) -> object:
    return other if value is None or value == "" else value


FILTERS: Final = (
    Filter(
        DEFAULT,
        "Another value in place of null, of the empty text, and of what is behind a null.",
        _default,
        (Parameter("value", "value"),),
        takes_null=True,
    ),
    Filter("json", "The value as JSON.", json_of, takes_null=True),
)
