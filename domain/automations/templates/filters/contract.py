"""What a filter is: a name, its parameters, and a function from a value to a value."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from domain.automations.templates.tree import Literal as Argument

Kind = Literal["text", "whole number", "value"]
REQUIRED: Final = "\x00required"
"""The default of a parameter that has none."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """What a filter takes in brackets."""

    name: str
    kind: Kind
    default: Argument = REQUIRED

    def takes(self, argument: Argument) -> bool:
        """Whether an argument is of the right kind."""
        match self.kind:
            case "text":
                return isinstance(argument, str)
            case "whole number":
                return type(argument) is int
        return True


@dataclass(frozen=True, slots=True)
class Filter:
    """A filter. `run` gets the value and all arguments; it raises `Unfit` for a value that it cannot take."""

    name: str
    about: str
    run: Callable[..., object]
    parameters: tuple[Parameter, ...] = ()
    takes_null: bool = False
    """Whether null is something to it; to others null stays null."""
