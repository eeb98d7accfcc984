"""What the arguments of mutations bring in: lists of records, for instance, also inside of the operations of a call.

What is inside of a JSON value does not count.
"""

from collections.abc import Iterator, Sequence

from graphql import (
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    ListValueNode,
    ObjectValueNode,
    ValueNode,
    VariableNode,
)

from graph.execution.inputs import ListedInput, has_lists


def find_batches(
    schema: GraphQLSchema, root: GraphQLObjectType, fields: Sequence[FieldNode]
) -> tuple[int, Sequence[ListedInput]]:
    """How many list items stand in the document, and the variables that may bring more, with their types."""
    items, variables = 0, []
    waiting = list(_arguments(schema, root, fields))
    while waiting:
        node, type = waiting.pop()
        if isinstance(type, GraphQLNonNull):
            type = type.of_type
        if isinstance(node, VariableNode):
            if has_lists(type):
                variables.append((node.name.value, type))
        elif isinstance(node, ListValueNode) and isinstance(type, GraphQLList):
            items += len(node.values)
            waiting.extend((each, type.of_type) for each in node.values)
        elif isinstance(node, ObjectValueNode) and isinstance(type, GraphQLInputObjectType):
            waiting.extend((each.value, type.fields[each.name.value].type) for each in node.fields)
    return items, variables


def _arguments(
    schema: GraphQLSchema, root: GraphQLObjectType, fields: Sequence[FieldNode]
) -> Iterator[tuple[ValueNode, GraphQLInputType]]:
    for field in fields:
        definition = schema.get_field(root, field.name.value)
        assert definition is not None  # validation refuses fields that are not there
        for argument in field.arguments or ():
            yield argument.value, definition.args[argument.name.value].type
