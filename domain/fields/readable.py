"""The text that stands for a JSON value when it becomes the value of a text field."""

import math
from decimal import Decimal

from domain.fields.storage import encode_json

_LABELS = ("designation", "filename", "name")


def readable(value: object) -> str:
    """A JSON value as a person would write it: lists with commas, objects by their label where they have one.

    The label is the `designation` of a thread, the `filename` of an attachment, the `name` of a material, and value
    and unit of a dimension; any other object is its JSON.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(readable(item) for item in value)
    if isinstance(value, dict):
        return _label(value)
    if isinstance(value, float) and math.isfinite(value):
        return format(Decimal(repr(value)).normalize(), "f")
    return "" if value is None else str(value)


def _label(value: dict[str, object]) -> str:
    for key in _LABELS:
        label = value.get(key)
        if isinstance(label, str):
            return label
    if "value" in value and isinstance(value.get("unit"), str):
        return f"{readable(value['value'])} {value['unit']}"
    return encode_json(value)
