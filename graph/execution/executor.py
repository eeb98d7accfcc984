"""Strawberry's executor, taught to let finished JSON through."""

from typing import Any

import orjson
from graphql import GraphQLOutputType, GraphQLResolveInfo
from graphql.execution.collect_fields import FieldDetailsList
from graphql.pyutils import AwaitableOrValue, Path
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from domain.records.rendered import Rendered


class GraftingExecutor(StrawberryGraphQLCoreExecutionContext):
    """Passes a `Rendered` value to the result untouched; the encoder copies its text."""

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
        if isinstance(result, Rendered):
            return orjson.Fragment(result.json)
        return super().complete_value(return_type, field_details_list, info, path, result, position_context)
