"""What a formula says, as a tree: literals, references to fields, chains of operators, calls of functions."""

from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from domain.formulas.faults import Place

_START = Place(1, 1)


@dataclass(frozen=True, slots=True)
class Number:
    """A literal number, never negative: the minus before one is an operator."""

    value: Decimal
    place: Place = field(default=_START, compare=False)


@dataclass(frozen=True, slots=True)
class Text:
    """A literal text, without its quotes and escapes."""

    value: str
    place: Place = field(default=_START, compare=False)


@dataclass(frozen=True, slots=True)
class Boolean:
    """TRUE or FALSE."""

    value: bool
    place: Place = field(default=_START, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """A field by its name or, in the stored form, by its id; `start` and `end` are its offsets in the text."""

    key: str
    place: Place = field(default=_START, compare=False)
    start: int = field(default=0, compare=False)
    end: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Negation:
    """A minus before a value."""

    operand: "Node"
    place: Place = field(default=_START, compare=False)


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one precedence, from the left: the first operand, then each operator with what is behind it."""

    first: "Node"
    rest: "tuple[tuple[str, Node, Place], ...]"
    place: Place = field(default=_START, compare=False)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Chain)
            and self.first == other.first
            and [item[:2] for item in self.rest] == [item[:2] for item in other.rest]
        )

    def __hash__(self) -> int:
        return hash((self.first, tuple(item[:2] for item in self.rest)))


@dataclass(frozen=True, slots=True)
class Call:
    """A function by its name in capitals, with its arguments."""

    name: str
    arguments: "tuple[Node, ...]"
    place: Place = field(default=_START, compare=False)


Node: TypeAlias = Number | Text | Boolean | Reference | Negation | Chain | Call


def references(node: Node) -> list[Reference]:
    """Every reference in the tree, in the order of the text."""
    match node:
        case Reference():
            return [node]
        case Negation():
            return references(node.operand)
        case Chain():
            operands = (node.first, *(operand for _, operand, _ in node.rest))
            return [found for operand in operands for found in references(operand)]
        case Call():
            return [found for argument in node.arguments for found in references(argument)]
        case _:
            return []
