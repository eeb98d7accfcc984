"""Answers that are the same for everybody: what the schema says of itself. GraphiQL and codegen ask for all of it.

That takes half a second, in which the process does nothing else.
"""

from collections import OrderedDict
from typing import Final

from graphql import FieldNode, OperationDefinitionNode, OperationType

MAX_KEPT: Final = 8
"""Answers of about 1 MB each, those that were asked for last: clients have a few such documents between them."""

Key = tuple[str, str | None]
"""A document's text, and the name of its operation."""


class FixedAnswers:
    """The bodies of such answers."""

    def __init__(self) -> None:
        self._bodies: OrderedDict[Key, bytes] = OrderedDict()

    def get(self, key: Key) -> bytes | None:
        """The answer that was kept; None where there is none."""
        body = self._bodies.get(key)
        if body is not None:
            self._bodies.move_to_end(key)
        return body

    def keep(self, key: Key, body: bytes) -> None:
        """Keep an answer to an operation that `is_fixed`."""
        self._bodies[key] = body
        if len(self._bodies) > MAX_KEPT:
            self._bodies.popitem(last=False)


def is_fixed(operation: OperationDefinitionNode) -> bool:
    """Whether the schema alone decides what an operation answers: it asks for nothing else, and has no variables."""
    selections = operation.selection_set.selections
    is_of_schema = all(isinstance(each, FieldNode) and each.name.value.startswith("__") for each in selections)
    return is_of_schema and operation.operation is OperationType.QUERY and not operation.variable_definitions
