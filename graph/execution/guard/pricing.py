"""Finds what operations cost from their selections: each field, times the sizes of the lists that it is in.

A field that holds a value or an object costs 1, a root field more, for it takes a statement or a transaction. What is
in a list counts as often as the list has items: as many as `first` or `last` ask for, or the page size when they do
not, and a guess for lists without pages. `@skip` and `@include` are not looked at: an operation costs what it may ask
for. This is the static analysis of G. Baudart et al., "A Principled Approach to GraphQL Query Cost Analysis" (2020).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLCompositeType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_list_type,
)

from graph.execution.guard.batches import find_batches
from graph.execution.guard.cost import PER_ITEM, Cost, Price
from graph.execution.guard.size import Size, size_of
from graph.execution.guard.weight import innermost_first
from resolvers.services import Limits

ROOT_FIELD: Final = {OperationType.QUERY: 10, OperationType.MUTATION: 20, OperationType.SUBSCRIPTION: 50}
INTROSPECTION: Final = 1_000
"""Of `__schema` or `__type`, whatever is selected of it: the schema has one size."""
_INTROSPECTION_FIELDS: Final = ("__schema", "__type")


@dataclass(frozen=True, slots=True)
class _Selected:
    """What a selection costs: `single` of its fields that are one thing, `listed` each item of those that are lists.

    They are apart since a list's size may be decided further out: by the arguments of the connection that it is in.
    """

    single: Cost
    listed: Cost

    def all(self, size: Size) -> Cost:
        return self.single.plus(self.listed.times(size))


_NOTHING = _Selected(Cost(), Cost())


class Pricing:
    """The prices of one valid document's operations; fragments are priced once, and by the first operation."""

    def __init__(self, schema: GraphQLSchema, fragments: Sequence[FragmentDefinitionNode], limits: Limits) -> None:
        self._schema = schema
        self._fragments = {fragment.name.value: fragment for fragment in fragments}
        self._limits = limits
        self._priced: dict[str, _Selected] | None = None

    def price(self, operation: OperationDefinitionNode) -> Price:
        """What an operation costs."""
        if self._priced is None:
            self._priced = {}
            for fragment in innermost_first(self._fragments):
                type = self._type(fragment.type_condition.name.value)
                self._priced[fragment.name.value] = self._selection(type, fragment.selection_set)
        root = self._schema.get_root_type(operation.operation)
        assert root is not None  # validation refuses an operation without a root type
        size = Size(None, (), self._limits.assumed_list_size, self._limits.assumed_list_size)
        roots = list(self._fields(operation.selection_set))
        cost = self._selection(root, operation.selection_set).all(size)
        is_mutation = operation.operation is OperationType.MUTATION
        items, batches = find_batches(self._schema, root, roots) if is_mutation else (0, ())
        fixed = Cost(ROOT_FIELD[operation.operation] * len(roots) + PER_ITEM * items)
        return Price(cost.plus(fixed), batches, _defaults(operation))

    def _selection(self, type: GraphQLCompositeType, node: SelectionSetNode) -> _Selected:
        single, listed = Cost(), Cost()
        for each in node.selections:
            found = self._selected(type, each)
            single, listed = single.plus(found.single), listed.plus(found.listed)
        return _Selected(single, listed)

    def _selected(self, type: GraphQLCompositeType, node: SelectionNode) -> _Selected:
        if isinstance(node, FieldNode):
            return self._field(type, node)
        if isinstance(node, FragmentSpreadNode):
            assert self._priced is not None  # `price` begins with them
            return self._priced[node.name.value]
        assert isinstance(node, InlineFragmentNode)  # there are no others
        condition = node.type_condition
        return self._selection(type if condition is None else self._type(condition.name.value), node.selection_set)

    def _field(self, type: GraphQLCompositeType, node: FieldNode) -> _Selected:
        name = node.name.value
        if name == "__typename":
            return _NOTHING
        if name in _INTROSPECTION_FIELDS:
            return _Selected(Cost(INTROSPECTION), Cost())
        definition = self._schema.get_field(type, name)
        assert definition is not None  # validation refuses fields that are not there
        cost = Cost(1)
        inner = get_named_type(definition.type)
        if node.selection_set is not None and is_composite_type(inner):
            cost = cost.plus(self._selection(inner, node.selection_set).all(size_of(definition, node, self._limits)))
        is_list_of_objects = node.selection_set is not None and is_list_type(get_nullable_type(definition.type))
        return _Selected(Cost(), cost) if is_list_of_objects else _Selected(cost, Cost())

    def _fields(self, node: SelectionSetNode) -> Iterator[FieldNode]:
        """The fields of a selection with those of its fragments; of a root's, which has few."""
        for each in node.selections:
            if isinstance(each, FieldNode):
                yield each
            elif isinstance(each, FragmentSpreadNode):
                yield from self._fields(self._fragments[each.name.value].selection_set)
            elif isinstance(each, InlineFragmentNode):
                yield from self._fields(each.selection_set)

    def _type(self, name: str) -> GraphQLCompositeType:
        type = self._schema.get_type(name)
        assert is_composite_type(type)  # validation sees to that
        return type


def _defaults(operation: OperationDefinitionNode) -> Mapping[str, int]:
    """Defaults of variables that are whole numbers; the other ones say nothing about sizes."""
    return {
        definition.variable.name.value: int(definition.default_value.value)
        for definition in operation.variable_definitions or ()
        if isinstance(definition.default_value, IntValueNode)
    }
