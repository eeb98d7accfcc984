"""A formula after it was checked: each node knows its type, names are fields, operators are functions."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias
from uuid import UUID

from domain.formulas.contract import Environment, Fragment, Function
from domain.formulas.faults import Place
from domain.formulas.types import Type


@dataclass(frozen=True, slots=True)
class Source:
    """A field as formulas see it: its type, and its value as SQL in an environment."""

    id: UUID
    name: str
    type: Type
    fragment: Callable[[Environment], Fragment]


@dataclass(frozen=True, slots=True)
class Constant:
    """A literal; None is blank."""

    value: Decimal | str | bool | None
    type: Type
    place: Place


@dataclass(frozen=True, slots=True)
class FieldValue:
    """The value of a field of the record."""

    source: Source
    place: Place

    @property
    def type(self) -> Type:
        """The field's type."""
        return self.source.type


@dataclass(frozen=True, slots=True)
class Application:
    """A function on its arguments, which are converted to what its parameters want."""

    function: Function
    arguments: "tuple[Typed, ...]"
    type: Type
    place: Place


Typed: TypeAlias = Constant | FieldValue | Application
