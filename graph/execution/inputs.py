"""How many values the variables of a request bring in; reading each costs time in which nobody else is served."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, Final

from graphql import (
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLSchema,
    VariableDefinitionNode,
    get_nullable_type,
    is_input_type,
    is_leaf_type,
    type_from_ast,
)

from domain.errors import QueryTooComplex

MAX_INPUT_VALUES: Final = 50_000
"""Items of lists in all variables of a request together; what is inside a JSON value does not count."""
MAX_INPUT_OBJECTS: Final = 12_000
"""How many of those may be input objects, which take 0.1 ms each: a batch of 10,000 changes, and room for more."""

ListedInput = tuple[str, GraphQLInputType]
"""Name and type of a variable, or of a field of an input object, that may hold lists."""


def listed_inputs(schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> Sequence[ListedInput]:
    """The variables that may hold lists."""
    found = [(each.variable.name.value, type_from_ast(schema, each.type)) for each in definitions]
    return [(name, type) for name, type in found if is_input_type(type) and has_lists(type)]


def require_moderate_inputs(inputs: Sequence[ListedInput], variables: Mapping[str, Any]) -> None:
    """Raise `QueryTooComplex` when the lists in the variables are too long, all together; call before coercion."""
    values = objects = 0
    for length, is_of_objects in list_lengths(inputs, variables):
        values += length
        objects += length if is_of_objects else 0
        if values > MAX_INPUT_VALUES or objects > MAX_INPUT_OBJECTS:
            what = f"{MAX_INPUT_VALUES:,} list items, of which {MAX_INPUT_OBJECTS:,} may be objects"
            raise QueryTooComplex(f"The variables hold too much: at most {what}.")


def list_lengths(inputs: Sequence[ListedInput], variables: Mapping[str, Any]) -> Iterator[tuple[int, bool]]:
    """The length of each list in the variables, however deep inside, and whether it is one of objects."""
    waiting: list[tuple[Any, GraphQLInputType]] = [(variables.get(name), type) for name, type in inputs]
    while waiting:
        value, type = waiting.pop()
        if isinstance(type, GraphQLNonNull):
            type = type.of_type
        if isinstance(type, GraphQLList) and isinstance(value, list):
            yield len(value), not is_leaf_type(get_nullable_type(type.of_type))
            if has_lists(type.of_type):
                waiting.extend((item, type.of_type) for item in value)
        elif isinstance(type, GraphQLInputObjectType) and isinstance(value, dict):
            waiting.extend((value[name], each) for name, each in _listed_fields(type) if name in value)


def has_lists(type: GraphQLInputType) -> bool:
    """Whether values of the type may hold lists; an input object that holds another one is taken to do so."""
    if isinstance(type, GraphQLNonNull):
        type = type.of_type
    return isinstance(type, GraphQLList) or (isinstance(type, GraphQLInputObjectType) and bool(_listed_fields(type)))


@cache
def _listed_fields(type: GraphQLInputObjectType) -> Sequence[ListedInput]:
    """The fields of an input object that hold lists or other objects."""
    return [(name, field.type) for name, field in type.fields.items() if _is_composite(field.type)]


def _is_composite(type: GraphQLInputType) -> bool:
    if isinstance(type, GraphQLNonNull):
        type = type.of_type
    return isinstance(type, GraphQLList | GraphQLInputObjectType)
