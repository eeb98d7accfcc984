"""The text that stands for a JSON value when it becomes the value of a text field."""

import math
from decimal import Decimal

from domain.fields import faults
from domain.fields.faults import InvalidValue
from domain.fields.storage import encode_json

_LABELS = ("designation", "filename", "name")
_HUGE = 10**400


def only_item(value: object) -> object:
    """The item of a list of one, which a converted list field often is; any other value as it is."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def readable(value: object) -> str:
    """A JSON value as a person would write it: a list with commas, an object by its label where it has one.

    The label is the `designation` of a thread, the `filename` of an attachment, the `name` of a material, and value
    and unit of a dimension; any other object, and a list in a list, is its JSON.
    """
    if isinstance(value, list):
        return ", ".join(_item(item) for item in value)
    return _item(value)


def _item(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value):
        return format(Decimal(repr(value)).normalize(), "f")
    if isinstance(value, dict):
        return _label(value)
    if isinstance(value, list):
        return _json(value)
    if isinstance(value, int) and abs(value) >= _HUGE:
        raise InvalidValue("The number is too large to be written as a text.", faults.RANGE)
    return "" if value is None else str(value)


def _label(value: dict[str, object]) -> str:
    for key in _LABELS:
        label = value.get(key)
        if isinstance(label, str):
            return label
    size, unit = value.get("value"), value.get("unit")
    if isinstance(size, int | float) and isinstance(unit, str):
        return f"{_item(size)} {unit}"
    return _json(value)


def _json(value: object) -> str:
    try:
        return encode_json(value)
    except TypeError:  # orjson: nested too deeply, a number or a text that JSON cannot carry
        raise InvalidValue("The value cannot be written as a text.", faults.TYPE) from None
