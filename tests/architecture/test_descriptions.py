"""Everything in the schema is described: whoever reads it in GraphiQL needs no other page."""

from collections.abc import Iterator

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    is_introspection_type,
    is_specified_scalar_type,
)

from graph.schema import build_schema


def test_everything_in_the_schema_is_described() -> None:
    types = build_schema()._schema.type_map.values()
    ours = [type for type in types if not is_introspection_type(type) and not is_specified_scalar_type(type)]

    missing = [where for type in ours for where, text in _descriptions(type) if not (text or "").strip()]

    assert missing == []


def _descriptions(type: GraphQLNamedType) -> Iterator[tuple[str, str | None]]:
    yield type.name, type.description
    if isinstance(type, GraphQLEnumType):
        for name, value in type.values.items():
            yield f"{type.name}.{name}", value.description
    if isinstance(type, GraphQLInputObjectType):
        for name, input_field in type.fields.items():
            yield f"{type.name}.{name}", input_field.description
    if isinstance(type, GraphQLObjectType | GraphQLInterfaceType):
        for name, field in type.fields.items():
            yield f"{type.name}.{name}", field.description
            for argument_name, argument in field.args.items():
                yield f"{type.name}.{name}({argument_name})", argument.description
