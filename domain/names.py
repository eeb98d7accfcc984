"""What a name or a description that a client gives to something must look like."""

import unicodedata
from dataclasses import dataclass
from typing import Final

from domain.errors import Problem, ValidationFailed, invalid_input
from domain.ids import parse_id

MAX_NAME_LENGTH: Final = 255
MAX_DESCRIPTION_LENGTH: Final = 10_000
_UNSTORABLE: Final = frozenset({"Cs"})
_CONTROL: Final = frozenset({"Cc", "Zl", "Zp"})
_INVISIBLE: Final = frozenset({"Cf", "Zs"})

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class TextLimits:
    """How many characters names and descriptions may have."""

    name: int = MAX_NAME_LENGTH
    description: int = MAX_DESCRIPTION_LENGTH


def clean_name(text: str, what: str, *, limit: int = MAX_NAME_LENGTH, loc: Place = ("name",)) -> str:
    """The name without white space around it.

    `what` is the thing that is named, such as "table", for the message; `limit` is in characters; `loc` is where the
    name stands in the input. Raises `ValidationFailed` for a name that is empty or invisible, too long, or that
    holds control characters or half a surrogate pair.
    """
    name = text.strip()
    categories = {unicodedata.category(character) for character in name}
    if categories <= _INVISIBLE:
        raise _refused(f"A {what} needs a name: 1 to {limit} visible characters.", "value_error.required", loc, text)
    if len(name) > limit:
        message = f"The name of a {what} may have at most {limit} characters, not {len(name):,}."
        raise _refused(message, "value_error.max_length", loc, None)
    if categories & _UNSTORABLE:
        raise _refused(f"The name of this {what} is not valid Unicode.", "value_error.encoding", loc, None)
    if categories & _CONTROL:
        message = f"The name of a {what} may not hold control characters or line breaks."
        raise _refused(message, "value_error.control_character", loc, text)
    return name


def clean_field_name(text: str, *, limit: int = MAX_NAME_LENGTH, loc: Place = ("name",)) -> str:
    """The name of a field, which must also be none of those that address something else.

    A name that starts with `$` is kept for the system's own columns (`$id`, `$createdAt`, …), and a UUID would be
    read as a field's id. A dot is allowed.
    """
    name = clean_name(text, "field", limit=limit, loc=loc)
    if name.startswith("$"):
        message = f"The field name {name!r} is reserved: names that start with '$' belong to the system."
        raise _refused(message, "value_error.reserved", loc, text)
    if parse_id(name) is not None:
        message = f"The field name {name!r} is reserved: it would be read as the id of a field."
        raise _refused(message, "value_error.reserved", loc, text)
    return name


def clean_description(
    text: str | None, *, limit: int = MAX_DESCRIPTION_LENGTH, loc: Place = ("description",)
) -> str | None:
    """A description of up to `limit` characters, line breaks allowed; an empty one becomes None."""
    if text is None or not text.strip():
        return None
    if len(text) > limit:
        message = f"A description may have at most {limit:,} characters, not {len(text):,}."
        raise _refused(message, "value_error.max_length", loc, None)
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        message = "A description may not hold the character NUL or half a surrogate pair."
        raise _refused(message, "value_error.encoding", loc, None)
    return text


def _refused(message: str, type: str, loc: Place, value: str | None) -> ValidationFailed:
    return invalid_input([Problem(loc, message, type, value=value)])
