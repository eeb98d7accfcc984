"""The types that expressions of a formula have."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What a single value is; the value names it in messages."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    DURATION = "duration"
    BLANK = "blank"


@dataclass(frozen=True, slots=True)
class Type:
    """A kind of value, or an array of that kind."""

    kind: Kind
    is_array: bool = False

    def __str__(self) -> str:
        if self.is_array:
            return f"an array of {self.kind}s"
        return "blank" if self.kind is Kind.BLANK else f"a {self.kind}"


SQL_TYPES: Final[Mapping[Kind, str]] = {
    Kind.NUMBER: "numeric",
    Kind.TEXT: "text",
    Kind.BOOLEAN: "boolean",
    Kind.DATE: "date",
    Kind.DATETIME: "timestamptz",
    Kind.DURATION: "numeric",
    Kind.BLANK: "text",
}
"""How PostgreSQL holds each kind; a duration is a number of seconds."""

NUMERIC: Final = frozenset({Kind.NUMBER, Kind.BOOLEAN, Kind.DURATION})
CALENDAR: Final = frozenset({Kind.DATE, Kind.DATETIME})


def common_type(types: Iterable[Type]) -> Type:
    """What values of these types become when they stand for one another: their own type, or else a text."""
    found = {type for type in types if type.kind is not Kind.BLANK}
    if not found:
        return Type(Kind.BLANK)
    if len(found) == 1:
        return found.pop()
    if any(type.is_array for type in found):
        return Type(Kind.TEXT)
    kinds = {type.kind for type in found}
    if kinds <= NUMERIC:
        return Type(Kind.NUMBER)
    return Type(Kind.DATETIME) if kinds <= CALENDAR else Type(Kind.TEXT)
