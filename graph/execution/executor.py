"""Strawberry's executor, taught four things: deferred answers get their selection, finished JSON passes through, an
answer that grows without end is given up, and one that takes long lets others have their turn."""

from collections.abc import Awaitable, Mapping
from typing import Any, TypeVar

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    OperationDefinitionNode,
)
from graphql.execution.collect_fields import FieldDetailsList, GroupedFieldSet
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain.errors import QueryTooComplex
from domain.records.rendered import Rendered
from graph.execution.deferred import Deferred, NotCovered
from graph.execution.inputs import listed_inputs, require_moderate_inputs
from graph.execution.operation import Operation

ValueT = TypeVar("ValueT")


class GraftingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Grafts a `Rendered` value into the result untouched; the encoder copies its text."""

    _values = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._turns = self.context_value.turns
        self._turns.begin()
        self._most_values = self.context_value.services.limits.max_answer_values

    @classmethod
    def build(cls, schema: GraphQLSchema, document: DocumentNode, *args: Any, **kwargs: Any) -> Any:
        """graphql-core's own, once the variables (its third further argument) were found to be of moderate size."""
        variables: Mapping[str, Any] = args[2] or {}
        operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        definitions = [each for operation in operations for each in operation.variable_definitions or ()]
        try:
            require_moderate_inputs(listed_inputs(schema, definitions), variables)
        except QueryTooComplex as error:
            return [GraphQLError(error.message, original_error=error)]
        return super().build(schema, document, *args, **kwargs)

    def execute_fields(
        self,
        parent_type: GraphQLObjectType,
        source_value: Any,
        path: Path | None,
        grouped_field_set: GroupedFieldSet,
        position_context: Any,
    ) -> AwaitableOrValue[dict[str, Any]]:
        """graphql-core's own, counted: a selection that goes round in circles (`tables { base { tables …`) multiplies
        at each round, whatever the length of the document.
        """
        self._values += len(grouped_field_set)
        if self._values > self._most_values:
            message = f"The answer has more than {self._most_values:,} values; ask for less at once."
            raise QueryTooComplex(message, limit="max_answer_values", most=self._most_values)
        return super().execute_fields(parent_type, source_value, path, grouped_field_set, position_context)

    async def with_abort_signal(self, awaitable: Awaitable[ValueT]) -> ValueT:
        """graphql-core's own, and then maybe a pause: what was waited for is completed next, with all that it selects.

        What one loader brings to hundreds of objects comes to them at once.
        """
        value: ValueT = await super().with_abort_signal(awaitable)
        if self._turns.is_over:
            await self._turns.next()
        return value

    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> AwaitableOrValue[Any]:
        """The finished value itself, or what graphql-core makes of any other."""
        if isinstance(result, Deferred):
            return self._complete_deferred(return_type, field_details_list, info, path, result, position_context)
        if isinstance(result, Rendered):
            return orjson.Fragment(result.json)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)

    async def _complete_deferred(
        self,
        return_type: GraphQLOutputType,
        field_details_list: FieldDetailsList,
        info: GraphQLResolveInfo[Any],
        path: Path,
        deferred: Deferred[Any],
        position_context: Any,
    ) -> Any:
        operation = Operation(
            self.schema, self.fragments, self.variable_values, self.operation, self.context_value.services.limits
        )
        result: object
        try:
            plan = deferred.plan(operation, field_details_list)
        except NotCovered:
            result = await deferred.object(self.context_value, operation, field_details_list)
        else:
            result = await deferred.run(self.context_value, plan)
        value = self.complete_value(return_type, field_details_list, info, path, result, position_context)
        return await value if self.is_awaitable(value) else value
