"""Strawberry's executor, taught two things: deferred answers get their selection, finished JSON passes through."""

from typing import Any

import orjson
from graphql import GraphQLOutputType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain.records.rendered import Rendered
from graph.execution.deferred import Deferred, NotCovered
from graph.execution.operation import Operation


class GraftingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Grafts a `Rendered` value into the result untouched; the encoder copies its text."""

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
        operation = Operation(self.schema, self.fragments, self.variable_values, self.operation)
        result: object
        try:
            plan = deferred.plan(operation, field_details_list)
        except NotCovered:
            result = await deferred.object(self.context_value, operation, field_details_list)
        else:
            result = await deferred.run(self.context_value, plan)
        value = self.complete_value(return_type, field_details_list, info, path, result, position_context)
        return await value if self.is_awaitable(value) else value
