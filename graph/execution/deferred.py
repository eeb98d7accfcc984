"""A resolver's answer that waits for its selection: so one statement can read just what was selected."""

from abc import ABC, abstractmethod
from typing import Generic, TypeVar

from graphql.execution.collect_fields import FieldDetailsList

from domain.records.rendered import Rendered
from graph.execution.operation import Operation
from resolvers.context import RequestContext

PlanT = TypeVar("PlanT")


class NotCovered(Exception):
    """The selection has a part that the compiler does not know; ordinary resolvers answer it."""


class Deferred(ABC, Generic[PlanT]):
    """Returned by a resolver in place of its object; the executor completes it with the field's selection.

    What a selection means is planned apart from running it, so that a known operation's plan can be kept.
    """

    @abstractmethod
    def plan(self, operation: Operation, details: FieldDetailsList) -> PlanT:
        """What the selection asks for, from the operation alone; raises `NotCovered`."""

    @abstractmethod
    async def run(self, context: RequestContext, plan: PlanT) -> Rendered:
        """The finished JSON."""

    @abstractmethod
    async def object(self, context: RequestContext, operation: Operation, details: FieldDetailsList) -> object:
        """The object for ordinary resolvers, for a selection that is not covered."""
