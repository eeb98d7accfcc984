"""Makes documents of schemathesis hit something: they are right in what chance alone hardly ever gets right."""

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final, TypeVar

from graphql import (
    ArgumentNode,
    FieldNode,
    ListValueNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    StringValueNode,
    ValueNode,
    Visitor,
    parse,
    print_ast,
    visit,
)

from tests.support.fuzzed_values import RIGHT

UNTOUCHED: Final = 6
"""One in so many documents only gets its right values."""
EXCLUSIVE: Final = (
    ("first", "last", "before"),
    ("orderBy", "after"),
    ("content", "contentBase64"),
    ("email", "userId"),
)
"""Of each of these, the first that is given is left."""
OBJECTS: Final = ("fields", "records")
"""What is to be an object, or a list of them, though its type is JSON."""
_numbers = count(1)
Given = TypeVar("Given", ArgumentNode, ObjectFieldNode)


def aimed(document: str, values: Mapping[str, Sequence[str]]) -> str:
    """The document with one of the values of that name in place of each `RIGHT`."""
    aim = _Aim(values, changes_shapes=next(_numbers) % UNTOUCHED > 0)
    return print_ast(visit(parse(document, no_location=True), aim))


class _Aim(Visitor):
    """Knows where it is by the name of the argument, or of the member of an input object, that it is in."""

    def __init__(self, values: Mapping[str, Sequence[str]], *, changes_shapes: bool) -> None:
        super().__init__()
        self._values = values
        self._changes_shapes = changes_shapes
        self._names: list[str] = []

    def enter_field(self, node: FieldNode, *_: Any) -> FieldNode | None:
        if not self._changes_shapes or not node.arguments:
            return None
        arguments = _without_rivals(node.arguments)
        return FieldNode(name=node.name, alias=node.alias, arguments=arguments, selection_set=node.selection_set)

    def enter_object_value(self, node: ObjectValueNode, *_: Any) -> ObjectValueNode | None:
        return ObjectValueNode(fields=_without_rivals(node.fields)) if self._changes_shapes else None

    def enter_argument(self, node: ArgumentNode, *_: Any) -> ArgumentNode:
        self._names.append(node.name.value)
        return ArgumentNode(name=node.name, value=self._shaped(node.name.value, node.value))

    def leave_argument(self, *_: Any) -> None:
        self._names.pop()

    def enter_object_field(self, node: ObjectFieldNode, *_: Any) -> ObjectFieldNode:
        self._names.append(node.name.value)
        return ObjectFieldNode(name=node.name, value=self._shaped(node.name.value, node.value))

    def leave_object_field(self, *_: Any) -> None:
        self._names.pop()

    def enter_string_value(self, node: StringValueNode, *_: Any) -> StringValueNode | None:
        if node.value != RIGHT:
            return None
        number = next(_numbers)
        values = self._values.get(self._names[-1]) or (f"x{number}",)
        return StringValueNode(value=values[number % len(values)])

    def _shaped(self, name: str, value: ValueNode) -> ValueNode:
        if name not in OBJECTS or not self._changes_shapes or isinstance(value, ObjectValueNode):
            return value
        if isinstance(value, ListValueNode):
            return ListValueNode(values=tuple(each for each in value.values if isinstance(each, ObjectValueNode)))
        return ObjectValueNode(fields=())


def _without_rivals(given: Sequence[Given]) -> tuple[Given, ...]:
    names = [each.name.value for each in given if not isinstance(each.value, NullValueNode)]
    losers = {name for rivals in EXCLUSIVE for name in [each for each in rivals if each in names][1:]}
    return tuple(each for each in given if each.name.value not in losers)
