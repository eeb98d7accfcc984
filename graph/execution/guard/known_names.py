"""What there is, behind the errors of graphql-core that only say what there is not: values, input fields, arguments."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
)

MAX_NAMES: Final = 40
_TYPE: Final = re.compile(
    r"does not exist in '(\w+)' enum\.|Enum '(\w+)' cannot represent|"
    r"Expected value of type '(\w+)' not to include unknown field"
)
_ARGUMENT: Final = re.compile(r"Unknown argument '\w+' on field '(\w+)\.(\w+)'\.")


def list_known_names(errors: Sequence[GraphQLError], schema: GraphQLSchema) -> None:
    """Have the errors of a request about a name that is not there list the names that are.

    Only for servers that show their schema.
    """
    for error in errors:
        is_of_request = error.path is None and isinstance(error.original_error, GraphQLError | None)
        if is_of_request and (names := _names(error.message, schema)):
            error.message = f"{error.message} There are: {', '.join(names)}."


def _names(message: str, schema: GraphQLSchema) -> Sequence[str]:
    if found := _ARGUMENT.match(message):
        parent = schema.get_type(found[1])
        if isinstance(parent, GraphQLObjectType | GraphQLInterfaceType) and found[2] in parent.fields:
            return _first(parent.fields[found[2]].args)
        return ()
    if found := _TYPE.search(message):
        named = schema.get_type(next(filter(None, found.groups())))
        if isinstance(named, GraphQLEnumType):
            return _first(named.values)
        if isinstance(named, GraphQLInputObjectType):
            return _first(named.fields)
    return ()


def _first(names: Iterable[str]) -> Sequence[str]:
    """The names, unless they are too many to be of use."""
    listed = list(names)
    return listed if len(listed) <= MAX_NAMES else ()
