"""Calls resolvers that answer a `Deferred`, past the layers that Strawberry puts around every resolver."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

import strawberry
from strawberry.types import get_object_definition
from strawberry.types.arguments import InputContext
from strawberry.types.field import StrawberryField
from strawberry.types.fields.resolver import StrawberryResolver

from graph.execution.conversion import converter
from graph.execution.deferred import Deferred
from resolvers.context import RequestContext


@dataclass(frozen=True, slots=True)
class _Info:
    """What such a resolver may read of its `info`."""

    context: RequestContext


class DirectResolver:
    """A resolver of a root field that is a method and answers a `Deferred`."""

    def __init__(self, field: StrawberryField, resolver: StrawberryResolver[Any], schema: strawberry.Schema) -> None:
        self._resolve = cast(Callable[..., Deferred[Any]], resolver.wrapped_func)
        self._info = resolver.info_parameter.name if resolver.info_parameter else None
        self._context = InputContext(None, schema.config, schema.schema_converter.scalar_registry, ())
        name_of = schema.config.name_converter.from_argument
        self._arguments = {name_of(each): (each.python_name, converter(each.type)) for each in field.arguments}

    def __call__(self, context: RequestContext, arguments: Mapping[str, Any]) -> Deferred[Any]:
        """What the resolver answers to arguments that graphql-core has coerced."""
        given: dict[str, Any] = {} if self._info is None else {self._info: _Info(context)}
        for key, item in arguments.items():
            name, convert = self._arguments[key]
            given[name] = item if convert is None or item is None else convert(item, self._context)
        return self._resolve(None, **given)


def deferred_fields(schema: strawberry.Schema) -> Mapping[tuple[str, str], DirectResolver]:
    """The root fields whose resolvers are declared to return a `Deferred`, by type and field name."""
    roots = [definition for definition in (schema.query, schema.mutation) if definition is not None]
    return {
        (root.__name__, schema.config.name_converter.get_graphql_name(field)): DirectResolver(field, resolver, schema)
        for root in roots
        for field in get_object_definition(root, strict=True).fields
        if (resolver := field.base_resolver) is not None and not field.extensions and _returns_deferred(resolver)
    }


def _returns_deferred(resolver: StrawberryResolver[Any]) -> bool:
    returned = getattr(resolver.wrapped_func, "__annotations__", {}).get("return")
    return resolver.self_parameter is not None and isinstance(returned, type) and issubclass(returned, Deferred)
