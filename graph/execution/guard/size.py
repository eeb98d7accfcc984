"""How many items a list has, as far as that is known before it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import FieldNode, GraphQLField, IntValueNode, NullValueNode, VariableNode

from resolvers.services import Limits

_ARGUMENTS = ("first", "last")


@dataclass(frozen=True, slots=True)
class Size:
    """The largest of what literals and variables ask for, `most` at most; `default` where none of them says."""

    asked: int | None
    variables: Sequence[str]
    default: int
    most: int

    @property
    def fixed(self) -> int | None:
        """The size where no variable decides it."""
        return None if self.variables else self.amount({})

    def amount(self, variables: Mapping[str, Any]) -> int:
        """The size with these variables; what they hold besides whole numbers is refused elsewhere."""
        size = self.asked
        for name in self.variables:
            value = variables.get(name)
            if isinstance(value, int) or (isinstance(value, float) and value.is_integer()):
                size = max(size or 0, int(min(value, self.most)))
        return self.default if size is None else max(0, min(size, self.most))


def size_of(definition: GraphQLField, node: FieldNode, limits: Limits) -> Size:
    """The size of the lists that a field holds: its page's, or a guess where it takes no page size."""
    if not any(name in definition.args for name in _ARGUMENTS):
        return Size(None, (), limits.assumed_list_size, limits.assumed_list_size)
    asked: int | None = None
    variables: list[str] = []
    for argument in node.arguments or ():
        value = argument.value
        if argument.name.value not in _ARGUMENTS or isinstance(value, NullValueNode):
            continue
        if isinstance(value, VariableNode):
            variables.append(value.name.value)
        elif isinstance(value, IntValueNode):
            asked = max(asked or 0, _clamped(value.value, limits.max_page_size))
    return Size(asked, variables, limits.default_page_size, limits.max_page_size)


def _clamped(digits: str, most: int) -> int:
    """The number, which may have more digits than Python reads, between 0 and `most`."""
    if digits.startswith("-"):
        return 0
    return most if len(digits) > len(str(most)) else min(int(digits), most)
