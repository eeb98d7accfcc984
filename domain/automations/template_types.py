"""The types of values in configs of actions, most of which may be templates.

When an automation is saved, templates are only read; what they make is looked at by `domain.automations.values` when
the step runs.
"""

import math
from typing import Final

from domain.automations.config_types import TEXT, UNSTORABLE
from domain.automations.contract import ConfigType, Place, Reading
from domain.automations.templates.check import check
from domain.automations.templates.faults import InvalidTemplate
from domain.automations.templates.grammar import parse
from domain.errors import BadRequest
from domain.ids import parse_id
from domain.storable import storable
from domain.webhooks.signing import check_secret

ROOTS: Final = frozenset({"trigger", "steps", "now", "automation", "item", "index"})
"""The first names of templates. `item` and `index` are there inside of loops."""


def has_template(text: str) -> bool:
    """Whether there is a template in a text."""
    return any(not isinstance(part, str) for part in parse(text))


def one_of(*values: str) -> ConfigType:
    """One of these words; case does not count."""

    def read(value: object, place: Place, reading: Reading) -> str | None:
        word = value.upper() if isinstance(value, str) else None
        if word in values:
            return word
        reading.refuse(place, f"It must be one of {', '.join(values)}.", "value_error.choice", value)
        return None

    return ConfigType(" or ".join(f"`{value}`" for value in values), read)


def _any(value: object, place: Place, reading: Reading) -> object:
    """JSON with templates in its texts."""
    try:
        check(value, ROOTS, reading.trigger_records, str(place[-1]))
        if storable(value) != value:
            reading.refuse(place, UNSTORABLE)
    except InvalidTemplate as error:
        reading.refuse(place, error.message, "value_error.template")
    return value


def _text(value: object, place: Place, reading: Reading) -> str | None:
    text = TEXT.read(value, place, reading)
    return None if text is None else str(_any(text, place, reading))


def _object(value: object, place: Place, reading: Reading) -> object:
    if isinstance(value, dict) or _is_template(value):
        return _any(value, place, reading)
    reading.refuse(place, "It must be a JSON object.", "value_error.type", value)
    return None


def _texts(value: object, place: Place, reading: Reading) -> object:
    if isinstance(value, str):
        return _text(value, place, reading)
    if isinstance(value, list):
        return [_text(each, (*place, index), reading) for index, each in enumerate(value)]
    reading.refuse(place, "It must be a text, or a list of texts.", "value_error.type", value)
    return None


def _id(value: object, place: Place, reading: Reading) -> str | None:
    if _is_template(value):
        return _text(value, place, reading)
    id = parse_id(value)
    if id is None:
        reading.refuse(
            place, "It must be an id, a UUID of 36 characters, or a template of one.", "value_error.type", value
        )
    return None if id is None else str(id)


def _ids(value: object, place: Place, reading: Reading) -> object:
    if isinstance(value, list):
        return [_id(each, (*place, index), reading) for index, each in enumerate(value)]
    return _id(value, place, reading)


def _seconds(value: object, place: Place, reading: Reading) -> object:
    if _is_template(value):
        return _text(value, place, reading)
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value) and value >= 0:
        return value
    reading.refuse(place, "It must be a number of seconds that is not negative, or a template of one.", value=value)
    return None


def _records(value: object, place: Place, reading: Reading) -> object:
    if _is_template(value) or isinstance(value, list):
        return _any(value, place, reading)
    if not isinstance(value, dict):
        reading.refuse(place, "It must be a template of a list, a list, or an object with `tableId`.", value=value)
        return None
    for key in set(value) - {"tableId", "filter", "limit"}:
        reading.refuse((*place, key), f"A query has no {key!r}; it has tableId, filter and limit.", "value_error.extra")
    if "tableId" in value:
        _id(value["tableId"], (*place, "tableId"), reading)
    return _any(value, place, reading)


def _secret(value: object, place: Place, reading: Reading) -> str | None:
    text = TEXT.read(value, place, reading)
    try:
        if isinstance(text, str):
            check_secret(text)
            return text
    except BadRequest as error:
        reading.refuse(place, error.message, "value_error.secret")
    return None


def _is_template(value: object) -> bool:
    try:
        return isinstance(value, str) and has_template(value)
    except InvalidTemplate:
        return True  # one that cannot be read, which whoever reads it says


TEMPLATE_TEXT: Final = ConfigType("text with templates", _text)
TEMPLATE_TEXTS: Final = ConfigType("text with templates, or a list of such", _texts)
TEMPLATE_ID: Final = ConfigType("id, or template of one", _id)
TEMPLATE_IDS: Final = ConfigType("id or template of one, or a list of such", _ids)
TEMPLATE_OBJECT: Final = ConfigType("object whose texts may have templates", _object)
TEMPLATE_JSON: Final = ConfigType("JSON whose texts may have templates", _any)
SECONDS: Final = ConfigType("number, or template of one", _seconds)
RECORDS: Final = ConfigType("template of a list, a list, or `{tableId, filter, limit}`", _records)
SECRET: Final = ConfigType("secret of Standard Webhooks, `whsec_…`", _secret)
