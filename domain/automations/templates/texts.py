"""How a value is written where a template stands within a text.

| value | text |
|---|---|
| null | nothing |
| true, false | `true`, `false` |
| numbers | digits, with `.` before decimals and without an exponent: `1200`, `0.35`; `2.0` is `2` |
| texts | themselves |
| dates, moments | ISO 8601: `2026-01-31`, `2026-01-31T12:00:00Z` |
| durations | seconds, as numbers |
| lists | their items with `, ` between them |
| objects | JSON |
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from html import escape as escape_html
from typing import Final
from urllib.parse import quote
from uuid import UUID

BETWEEN: Final = ", "
"""What stands between the items of a list."""


class Escape(StrEnum):
    """What the text around a template is, for which values that are put into it are escaped."""

    PLAIN = "PLAIN"
    """A text of its own: nothing is escaped."""
    HTML = "HTML"
    """Markup, also within the quotes of an attribute."""
    JSON = "JSON"
    """A JSON document, within the quotes of a text; what comes of the filter `json` is one of its values, as it is."""
    SLACK = "SLACK"
    """A message in Slack's markup: nothing in a value is a link, or calls people."""
    URL = "URL"
    """An address, in a part of its path or its query."""


class JsonText(str):
    """What the filter `json` has made."""

    __slots__ = ()


def text_of(value: object) -> str:
    """A value as a text, see above."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, (list, tuple)):
        return BETWEEN.join(map(text_of, value))
    if isinstance(value, Mapping):
        return json_of(value)
    return _atom(value)


def json_of(value: object) -> JsonText:
    """A value as JSON."""
    return JsonText(json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_json_atom))


def escaped(value: object, escape: Escape) -> str:
    """The text of a value as it is put into another text."""
    text = text_of(value)
    match escape:
        case Escape.HTML:
            return escape_html(text)
        case Escape.SLACK:
            return escape_html(text, quote=False)  # the three that Slack asks for
        case Escape.JSON:
            return text if isinstance(value, JsonText) else json.dumps(text, ensure_ascii=False)[1:-1]
        case Escape.URL:
            return quote(text, safe="")
    return str(text)


def number_text(value: float | Decimal) -> str:
    """A number without an exponent and without zeros at its end."""
    if isinstance(value, int):
        return str(value)
    text = format(Decimal(str(value)), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def moment_text(value: datetime) -> str:
    """A moment in ISO 8601; in UTC it ends in `Z`."""
    text = value.isoformat()
    return f"{text.removesuffix('+00:00')}Z" if value.tzinfo is UTC else text


def _atom(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, Decimal)):
        return number_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, timedelta):
        return number_text(value.total_seconds())
    if isinstance(value, (date, UUID)):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no value of a template")


def _json_atom(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return dict(value)
    return _atom(value)
