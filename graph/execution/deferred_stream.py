"""A subscription's answer that waits for its selection: so the events can be read as just what was selected."""

from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Generic, TypeVar

from graphql.execution.collect_fields import FieldDetailsList

from domain.records.rendered import SharedRendered
from graph.execution.deferred import NotCovered
from graph.execution.operation import Operation
from resolvers.context import RequestContext

PlanT = TypeVar("PlanT")


class DeferredStream(ABC, Generic[PlanT]):
    """Returned by the resolver of a subscription's field in place of its events; see `graph/execution/streams.py`.

    Both `open…` raise what forbids the stream before they return the generator, which raises what ends it later.
    """

    def __aiter__(self) -> AsyncIterator[object]:
        """There is one because graphql-core asks whether there is; the events come from `open`."""
        raise TypeError("a deferred stream is opened, not iterated")

    def plan(self, operation: Operation, details: FieldDetailsList) -> PlanT:
        """What the selection asks for, from the operation alone; raises `NotCovered`, by default for any."""
        raise NotCovered(operation, details)

    async def open(self, context: RequestContext, plan: PlanT) -> AsyncGenerator[SharedRendered, None]:
        """The events as finished JSON."""
        raise NotCovered(context, plan)

    @abstractmethod
    async def open_objects(self, context: RequestContext) -> AsyncGenerator[object, None]:
        """The events for ordinary resolvers, for a selection that is not covered."""
