"""The bounds of an operation's weight, and what is said where one is passed."""

from collections.abc import Callable, Collection, Iterator
from typing import Final, NamedTuple

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    is_composite_type,
)
from graphql.type import get_named_type

from domain.errors import QueryTooComplex
from graph.execution.guard.weight import Weight, weigh_operations
from resolvers.services import Limits

_SHOWN: Final = 10**12
"""The largest count that is written out; fragments that double make numbers of any length."""


class _Bound(NamedTuple):
    """One bound: its setting, what it counts, and how to count it."""

    limit: str
    what: str
    found: Callable[[Weight], int]


BOUNDS: Final = (
    _Bound("max_query_depth", "levels of fields", lambda weight: weight.depth),
    _Bound("max_query_aliases", "aliases", lambda weight: weight.aliases),
    _Bound("max_query_directives", "directives", lambda weight: weight.directives),
    _Bound("max_root_fields", "root fields", lambda weight: weight.roots),
    _Bound("max_selected_fields", "selected fields", lambda weight: weight.fields),
    _Bound("max_field_recursion", "selections of one field within itself", lambda weight: weight.recursion),
    _Bound("max_literal_depth", "levels of lists and objects in an argument", lambda weight: weight.literal_depth),
)


def passed_bounds(document: DocumentNode, recurring: Collection[str], limits: Limits) -> list[GraphQLError]:
    """An error for each bound that an operation of the document passes; its original error is `QueryTooComplex`."""
    return [
        GraphQLError(error.message, [operation], original_error=error)
        for operation, weight in weigh_operations(document, recurring)
        for error in _passed(weight, limits)
    ]


def _passed(weight: Weight, limits: Limits) -> Iterator[QueryTooComplex]:
    for limit, what, count in BOUNDS:
        found, most = count(weight), getattr(limits, limit)
        if found > most:
            yield too_complex(limit, what, found, most)


def too_complex(limit: str, what: str, found: int, most: int) -> QueryTooComplex:
    """The error for an operation that has `found` of something of which it may have `most`."""
    is_shown = found <= _SHOWN
    has, over = (f"{found:,}", f"{found - most:,}") if is_shown else (f"over {_SHOWN:,}", f"over {_SHOWN - most:,}")
    message = f"The operation, with its fragments, has {has} {what}, {over} more than the {most:,} that are taken."
    return QueryTooComplex(message, limit=limit, found=found if is_shown else _SHOWN, most=most)


def recurring_fields(schema: GraphQLSchema) -> frozenset[str]:
    """Names of the fields that can be within themselves; those of introspection have a bound of their own."""
    return frozenset(
        name
        for type in schema.type_map.values()
        if isinstance(type, GraphQLObjectType | GraphQLInterfaceType) and not type.name.startswith("__")
        for name, field in type.fields.items()
        if is_composite_type(get_named_type(field.type))
    )
