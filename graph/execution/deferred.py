"""A resolver's answer that waits for its selection: so one statement can read just what was selected."""

from abc import ABC, abstractmethod

from graphql.execution.collect_fields import FieldDetailsList

from graph.execution.operation import Operation
from resolvers.context import RequestContext


class Deferred(ABC):
    """Returned by a resolver in place of its object; the executor completes it with the field's selection."""

    @abstractmethod
    async def complete(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> object:
        """The finished JSON as `Rendered`; or, for a selection that SQL does not cover, the object for resolvers."""
