"""The one exception of a value that does not fit its field, and the dotted kinds that say in what way."""

from typing import Final

TYPE: Final = "value_error.type"
"""The JSON type is not the field's."""
FORMAT: Final = "value_error.format"
"""The right JSON type, written in a way that means nothing to the field."""
NULL: Final = "value_error.null"
"""A value is needed here and null, an empty text or nothing was given."""
RANGE: Final = "value_error.range"
"""Smaller or larger than what the field, or the server, can hold."""
PRECISION: Final = "value_error.precision"
"""More digits than the field, or a JSON number, can hold."""
MAX_LENGTH: Final = "value_error.max_length"
"""A text, or a list, is too long."""
CHOICE: Final = "value_error.choice"
"""Not one of the values that are allowed."""
DUPLICATE: Final = "value_error.duplicate"
"""The same value twice in a list that holds each at most once."""
CHECKSUM: Final = "value_error.checksum"
"""The check digit does not match the others."""
UNIT: Final = "value_error.unit"
"""An unknown unit, or one of another quantity."""
UNKNOWN_KEY: Final = "value_error.unknown_key"
"""An object with a key that means nothing here."""
MISSING_KEY: Final = "value_error.missing_key"
"""An object without a key that it must have."""
NUL: Final = "value_error.nul"
"""A text with the character NUL, which the database cannot store."""
ENCODING: Final = "value_error.encoding"
"""A text with half of a surrogate pair, which is not Unicode."""
READ_ONLY: Final = "value_error.read_only"
"""The server sets this value; a client may not."""


class InvalidValue(ValueError):
    """A value does not fit its field.

    `message` is a sentence for the API's user that names the limit; `type` is one of the kinds of this module;
    `loc` is the path inside the value, empty for the value itself.
    """

    def __init__(self, message: str, type: str = "value_error", loc: tuple[str | int, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.type = type
        self.loc = loc

    def inside(self, key: str | int) -> "InvalidValue":
        """The same fault, seen from the object or list that holds the value under `key`."""
        return InvalidValue(self.message, self.type, (key, *self.loc))


def shown(value: object, limit: int = 60) -> str:
    """A value as it stands in a message: Python's repr, cut to `limit` characters; lists and objects by their kind."""
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    if isinstance(value, int) and abs(value) >= 10**limit:
        return "a huge number"
    text = repr(value[: limit + 2]) if isinstance(value, str) else repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def wrong_type(value: object, expected: str) -> InvalidValue:
    """The fault of a value with another JSON type than `expected`, e.g. "a text"."""
    return InvalidValue(f"Expected {expected}, got {_json_type(value)}.", TYPE)


def _json_type(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    if isinstance(value, str):
        return f"the text {shown(value)}"
    if isinstance(value, int | float):
        return f"the number {shown(value)}"
    return "a list" if isinstance(value, list) else "an object"
