"""How the values of a column are recognised and converted: what every file in `domain/imports/kinds/` builds on."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from domain.fields.faults import FORMAT, InvalidValue, wrong_type
from domain.imports.options import DateOrder, DecimalMark

Convert = Callable[[Any], object]
"""From a cell to the JSON value that a strict API call would send; None for an empty one; raises `InvalidValue`."""
Handlers = Mapping[type, Convert]
"""A conversion for each Python type of cells that can be converted; that of `str` is always there."""

NO_VALUE: Final = frozenset(
    {"", "-", "--", "—", "?", "n/a", "na", "#n/a", "nan", "null", "none", "nil", "\\n", "(null)", "(blank)"}
)
"""What stands in files where a number, a date or the like is missing, in lower case; in a text it is a text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """What only a whole column can tell about each of its values."""

    decimal_mark: DecimalMark = "."
    date_order: DateOrder = "ymd"
    """How the days of dates such as 05/06/2024 are read; `ymd`: not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What a guess may consider beside the values of its column."""

    name: str
    """The name of the column."""
    is_complete: bool
    """Whether the guess has seen the whole column."""
    decimal_mark: DecimalMark = "."
    """For columns whose numbers can be read both ways."""
    date_order: DateOrder | None = None
    """For columns whose dates can be read both ways."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The field that a column should become, and how its values are to be read."""

    field_type: str
    options: Mapping[str, object] = field(default_factory=dict)
    hints: Hints = field(default_factory=Hints)


class Guess(ABC):
    """The suspicion that the texts of a column are values of a certain type; one object watches one column."""

    @abstractmethod
    def fits(self, text: str) -> bool:
        """Whether the text, which has no blanks around it, can be such a value; what it tells is remembered."""

    @abstractmethod
    def verdict(self, circumstances: Circumstances) -> Verdict | None:
        """The field that fits all texts so far; None if they contradict each other or remain unclear."""


def by_type(handlers: Handlers, expected: str) -> Convert:
    """One conversion that picks the handler of the cell's type; `expected` names the values for the message."""
    get = handlers.get

    def convert(value: object) -> object:
        if value is None:
            return None
        handler = get(type(value))
        if handler is None:
            raise wrong_type(value, expected)
        return handler(value)

    return convert


def same(value: object) -> object:
    """The value as it is."""
    return value


def not_understood(expected: str) -> InvalidValue:
    """The problem of a text that is not what its column holds."""
    return InvalidValue(f"This is not {expected}.", FORMAT)
