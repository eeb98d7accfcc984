"""An operation in progress, as far as reading selections and arguments needs it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, OperationDefinitionNode
from graphql.execution.collect_fields import FieldDetailsList, FragmentDetails, collect_subfields
from graphql.execution.values import VariableValues, get_argument_values

from resolvers.services import Limits


@dataclass(frozen=True, slots=True)
class Selected:
    """One selected field of an object: response key, name, arguments, and where its own selection stands."""

    key: str
    name: str
    arguments: dict[str, Any]
    details: FieldDetailsList


@dataclass(frozen=True, slots=True)
class Operation:
    """The operation with its coerced variables, and the limits of what its arguments may ask for."""

    schema: GraphQLSchema
    fragments: dict[str, FragmentDetails]
    variable_values: VariableValues
    definition: OperationDefinitionNode
    limits: Limits

    def selected(self, type_name: str, details: FieldDetailsList) -> Iterator[Selected]:
        """The fields that are selected of an object of this type, fragments and directives applied."""
        type = self.schema.type_map[type_name]
        if not isinstance(type, GraphQLObjectType):
            raise TypeError(f"{type_name} is not an object type")
        collected = collect_subfields(self.schema, self.fragments, self.variable_values, self.definition, type, details)
        for key, field_details in collected.grouped_field_set.items():
            node = field_details[0].node
            definition = self.schema.get_field(type, node.name.value)
            arguments = (
                get_argument_values(definition, node, self.variable_values, field_details[0].fragment_variable_values)
                if definition is not None and definition.args
                else {}
            )
            yield Selected(key, node.name.value, arguments, field_details)
