"""The short way of operations whose root fields are all deferred: no executor, the finished JSON is put together.

Arguments and variables are coerced by graphql-core, resolvers are the schema's own, and what an operation's
selections ask for is planned by the same code; only the executor's walk is left out. A test runs the same documents
down both ways and compares the bytes. Whatever is not plain (directives or fragments at the root, a selection that
is not covered, several mutations, errors among several fields) takes the long way.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    coerce_input_value,
    is_non_null_type,
    located_error,
    visit,
)
from graphql.execution.collect_fields import FieldDetails, FieldDetailsList, FragmentDetails
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import (
    VariableValues,
    VariableValueSource,
    get_argument_values,
    input_is_nested_too_deeply,
)
from graphql.utilities.coerce_input_value import coerce_default_value

from domain.errors import QueryTooComplex
from domain.records.rendering import json_string
from graph.execution.deferred import NotCovered
from graph.execution.direct import DirectResolver
from graph.execution.inputs import ListedInput, listed_inputs, require_moderate_inputs
from graph.execution.operation import Operation
from resolvers.context import RequestContext


@dataclass(slots=True)
class RootField:
    """A root field of a planned operation. `plan` is kept when it does not depend on variables."""

    key: str
    prefix: str
    """The key as JSON, with its colon."""
    node: FieldNode
    definition: GraphQLField
    resolve: DirectResolver
    details: FieldDetailsList
    plan: object = None


@dataclass(frozen=True, slots=True)
class PlannedOperation:
    """An operation that can go the short way."""

    schema: GraphQLSchema
    definition: OperationDefinitionNode
    fragments: dict[str, FragmentDetails]
    fields: Sequence[RootField]
    variables: Sequence[GraphQLVariableSignature]
    inputs: Sequence[ListedInput]
    is_static: bool
    """Whether no selection depends on a variable."""

    def coerce(self, variables: Mapping[str, Any]) -> VariableValues | None:
        """The operation's variables; None when they do not fit, which the long way reports.

        As `get_variable_values`, which finds out the types of the variables again each time.
        """
        values = VariableValues({}, {})
        try:
            require_moderate_inputs(self.inputs, variables)
            if any(input_is_nested_too_deeply(variables.get(name), type) for name, type in self.inputs):
                return None
            fits = all(_coerce(each, variables.get(each.name, Undefined), values) for each in self.variables)
        except (QueryTooComplex, GraphQLError, RecursionError):  # of which scalars and `@oneOf` raise the second
            return None
        return values if fits else None

    def failed(self, error: GraphQLError) -> ExecutionResult:
        """What the operation answers when its one root field fails."""
        [field] = self.fields
        is_nullable = self.definition.operation is OperationType.QUERY and not is_non_null_type(field.definition.type)
        return ExecutionResult(data={field.key: None} if is_nullable else None, errors=[error])


def _coerce(variable: GraphQLVariableSignature, given: object, values: VariableValues) -> bool:
    """Add a variable to the values; False where what was given does not fit."""
    if given is Undefined:
        values.sources[variable.name] = VariableValueSource(variable)
        if variable.default is None:
            return not is_non_null_type(variable.type)
        coerced = coerce_default_value(variable)
    else:
        values.sources[variable.name] = VariableValueSource(variable, given)
        coerced = coerce_input_value(given, variable.type)
    values.coerced[variable.name] = coerced
    return coerced is not Undefined


def plan_operation(
    schema: GraphQLSchema,
    operation: OperationDefinitionNode,
    fragments: Sequence[FragmentDefinitionNode],
    deferred: Mapping[tuple[str, str], DirectResolver],
) -> PlannedOperation | None:
    """The operation as planned; None when it has to go the long way. `deferred` has the resolvers by type and field."""
    root = schema.query_type if operation.operation is OperationType.QUERY else schema.mutation_type
    selections = operation.selection_set.selections
    if not isinstance(root, GraphQLObjectType) or operation.directives:
        return None
    if any(definition.variable_definitions for definition in fragments):
        return None
    fields: dict[str, RootField] = {}
    for node in selections:
        if not isinstance(node, FieldNode) or node.directives or (root.name, node.name.value) not in deferred:
            return None
        field = _root_field(node, root.fields[node.name.value], deferred[root.name, node.name.value])
        if field.key in fields:
            return None
        fields[field.key] = field
    if len(fields) > 1 and operation.operation is OperationType.MUTATION:
        return None
    by_name = {definition.name.value: FragmentDetails(definition) for definition in fragments}
    is_static = not _mentions_variables([*(f.node.selection_set for f in fields.values()), *fragments])
    definitions = operation.variable_definitions or ()
    variables = [signature for each in definitions if (signature := _signature(schema, each)) is not None]
    if len(variables) < len(definitions):
        return None
    inputs = listed_inputs(schema, definitions)
    return PlannedOperation(schema, operation, by_name, list(fields.values()), variables, inputs, is_static)


def _signature(schema: GraphQLSchema, definition: VariableDefinitionNode) -> GraphQLVariableSignature | None:
    found = get_variable_signature(schema, definition)
    return None if isinstance(found, GraphQLError) else found


def _root_field(node: FieldNode, definition: GraphQLField, resolve: DirectResolver) -> RootField:
    key = node.alias.value if node.alias else node.name.value
    return RootField(key, f"{json_string(key)}:", node, definition, resolve, [FieldDetails(node, None)])


class _VariableFinder(Visitor):
    found = False

    def enter_variable(self, _node: VariableNode, *_args: object) -> None:
        self.found = True


def _mentions_variables(nodes: Sequence[Any]) -> bool:
    finder = _VariableFinder()
    for node in nodes:
        if node is not None:
            visit(node, finder)
    return finder.found


class NotPlanned(Exception):
    """The operation has to go the long way after all; nothing was written."""


async def run_planned(planned: PlannedOperation, values: VariableValues, context: RequestContext) -> str:
    """The JSON of `data`; raises `NotPlanned`, or the located error of the one root field."""
    operation = Operation(planned.schema, planned.fragments, values, planned.definition, context.services.limits)
    runs = [_run(field, planned, operation, context) for field in planned.fields]
    if len(runs) == 1:
        return "{" + await runs[0] + "}"
    try:
        return "{" + ",".join(await asyncio.gather(*runs)) + "}"
    except GraphQLError as error:  # which fields fail, and what becomes of the others, is the executor's to say
        raise NotPlanned from error


async def _run(field: RootField, planned: PlannedOperation, operation: Operation, context: RequestContext) -> str:
    """The field's key and JSON."""
    try:
        arguments = get_argument_values(field.definition, field.node, operation.variable_values)
        deferred = field.resolve(context, arguments)
        plan = field.plan
        if plan is None:
            plan = deferred.plan(operation, field.details)
            field.plan = plan if planned.is_static else None
        rendered = await deferred.run(context, plan)
    except NotCovered as error:
        raise NotPlanned from error
    except Exception as error:  # whatever a resolver raises is the field's error
        raise located_error(error, [field.node], [field.key]) from error
    return f"{field.prefix}{rendered.json}"
