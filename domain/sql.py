"""The only two ways by which anything gets into an SQL text: a quoted name that we made, or a numbered parameter."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from domain.records.worlds import World


def quote_name(name: str) -> str:
    """A PostgreSQL identifier in double quotes."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A PostgreSQL string literal; for names that the catalog holds, never for values of a request.

    The `E''` form is used where there is a backslash, so that the result does not depend on a server setting.
    """
    if "\x00" in text:
        raise ValueError("PostgreSQL text cannot hold the NUL character")
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def concat(parts: Sequence[str]) -> str:
    """The text expressions in `parts`, one behind the other; a balanced tree, so that many stay shallow and quick."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return f"({concat(parts[:middle])}||{concat(parts[middle:])})"


Convert = Callable[[object], object]


@dataclass(slots=True)
class Parameters:
    """The parameters of one statement, in the order of their numbers.

    A *constant* belongs to the compiled text. An *input* comes with each request: its slot keeps the place it is
    taken from in that request's `inputs`, and how it is converted. So one compiled text serves every request of
    its shape.
    """

    _slots: list[tuple[int | None, Convert | None, object]] = field(default_factory=list)
    _constants: dict[tuple[object, str], str] = field(default_factory=dict)
    free_input: int = 0
    """The position of the first input that nobody has taken, for parts that take theirs as they are compiled."""
    world: "World | None" = None
    """Where the expressions take records and links as they were before or after a change; else as they are."""
    viewer: UUID | None = None
    """Whom the statement is run for, where it asks for that."""

    def within(self, world: "World") -> "Parameters":
        """The same parameters, for the expressions of a world."""
        return replace(self, world=world)

    def constant(self, value: object, type: str) -> str:
        """A value that is part of the compiled statement: an id or a number as a literal, others as a placeholder.

        The same value has the same one: an expression may be made twice, for its value and for its error, and be used
        once, and PostgreSQL takes no parameter that nothing uses.
        """
        if isinstance(value, UUID | int):
            return f"'{value}'::{type}"
        key = (value if isinstance(value, str) else id(value), type)
        if key not in self._constants:
            self._constants[key] = self._placeholder((None, None, value), type)
        return self._constants[key]

    def fixed(self, value: object, type: str) -> str:
        """A placeholder for a value that belongs to the statement; the text is the same for every value."""
        return self._placeholder((None, None, value), type)

    def of_viewer(self, make: Convert, type: str) -> str:
        """A placeholder for what is made of the id of whom the statement is run for."""
        return self._placeholder((None, make, None), type)

    def for_viewer(self, viewer: UUID) -> "Parameters":
        """The same parameters, of a statement that is run for this user."""
        return replace(self, viewer=viewer)

    def input(self, position: int, type: str, convert: Convert | None = None) -> str:
        """A placeholder for `inputs[position]`, put through `convert` at each request."""
        return self._placeholder((position, convert, None), type)

    def take_inputs(self, count: int) -> int:
        """The position of the first of `count` further inputs."""
        first = self.free_input
        self.free_input += count
        return first

    def bind(self, inputs: Sequence[object]) -> list[object]:
        """The values to send for one request; `convert` may raise `InvalidValue`."""
        return [
            self._own(convert, value)
            if position is None
            else inputs[position]
            if convert is None
            else convert(inputs[position])
            for position, convert, value in self._slots
        ]

    def _own(self, make: Convert | None, value: object) -> object:
        """What belongs to the statement; for nobody, where it asks for whom it is run, it is not run at all."""
        if make is None:
            return value
        if self.viewer is None:
            raise RuntimeError("a statement that asks for whom it is run has to be run for somebody")
        return make(self.viewer)

    def _placeholder(self, slot: tuple[int | None, Convert | None, object], type: str) -> str:
        self._slots.append(slot)
        return f"${len(self._slots)}::{type}"
