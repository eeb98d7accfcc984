"""How stored values travel to PostgreSQL: one JSON text for all rows of a statement."""

from decimal import Decimal
from uuid import UUID

import orjson


def encode_rows(rows: list[dict[str, object]]) -> str:
    """A JSON array of objects for `json_to_recordset`; the values are what the parsers of the field types return."""
    return orjson.dumps(rows, default=_encode).decode()


def encode_json(value: object) -> str:
    """The JSON text of one stored value, or of a constant of a statement."""
    return orjson.dumps(value, default=_encode).decode()


def _encode(value: object) -> object:
    """What orjson does not know itself: a Decimal becomes a plain number with all its digits, an id its text."""
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    if isinstance(value, UUID):  # asyncpg has a class of its own
        return str(value)
    raise TypeError(f"a {type(value).__name__} is not a stored value")
