"""The common types of values in configs."""

from datetime import datetime
from typing import Final

from domain.automations.conditions import read_conditions
from domain.automations.contract import ConfigType, Place, Reading
from domain.errors import BadRequest
from domain.fields.faults import InvalidValue
from domain.fields.texts import check_storable
from domain.ids import parse_id
from domain.views.filters import filter_json

MAX_FIELDS: Final = 1_400
"""How many fields a list of them may name: as many as a table has at most."""

UNSTORABLE: Final = "It has a character that no text can contain (NUL or half a surrogate)."


def _text(value: object, place: Place, reading: Reading) -> str | None:
    if not isinstance(value, str):
        reading.refuse(place, "It must be a text.", "value_error.type", value)
        return None
    try:
        check_storable(value)
    except (InvalidValue, ValueError):
        reading.refuse(place, UNSTORABLE)
        return None
    return value


def _whole(value: object, place: Place, reading: Reading) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    reading.refuse(place, "It must be a whole number.", "value_error.type", value)
    return None


def _boolean(value: object, place: Place, reading: Reading) -> bool | None:
    if isinstance(value, bool):
        return value
    reading.refuse(place, "It must be true or false.", "value_error.type", value)
    return None


def _id(value: object, place: Place, reading: Reading) -> str | None:
    id = parse_id(value)
    if id is None:
        reading.refuse(place, "It must be an id, a UUID of 36 characters.", "value_error.type", value)
        return None
    return str(id)


def _field(value: object, place: Place, reading: Reading) -> str | None:
    """By id or by name; what is kept is the id, so that it may be renamed."""
    field = reading.table.find_field(value) if isinstance(value, str) else None
    if field is None:
        message = f"The table {reading.table.name!r} has no field with id or name {value!r}."
        reading.refuse(place, message, "value_error.unknown_field", value)
        return None
    return str(field.id)


def _fields(value: object, place: Place, reading: Reading) -> list[str] | None:
    if not isinstance(value, list) or len(value) > MAX_FIELDS:
        reading.refuse(place, f"It must be a list of at most {MAX_FIELDS} fields.", "value_error.type")
        return None
    found = [_field(each, (*place, index), reading) for index, each in enumerate(value)]
    return list(dict.fromkeys(id for id in found if id is not None))


def _conditions(value: object, place: Place, reading: Reading) -> object:
    try:
        return filter_json(read_conditions(value, reading.filter_limits), reading.table)
    except BadRequest as error:
        reading.refuse(place, error.message, "value_error.filter")
        return None


def _moment(value: object, place: Place, reading: Reading) -> str | None:
    try:
        if isinstance(value, str):
            datetime.fromisoformat(value)
            return value
    except ValueError:
        pass
    reading.refuse(place, "It must be a moment (ISO 8601), such as 2027-01-31T09:00.", "value_error.type", value)
    return None


TEXT: Final = ConfigType("text", _text)
WHOLE: Final = ConfigType("whole number", _whole)
BOOLEAN: Final = ConfigType("true or false", _boolean)
ID: Final = ConfigType("id", _id)
FIELD: Final = ConfigType("id or name of a field", _field)
FIELDS: Final = ConfigType("list of ids or names of fields", _fields)
CONDITIONS: Final = ConfigType("`RecordFilter`", _conditions)
"""Kept as a view keeps its filter: `domain.views.filters.read_filter_json` makes the filter of it."""
MOMENT: Final = ConfigType("moment (ISO 8601)", _moment)
