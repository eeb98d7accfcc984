"""Runs operations for transports that can send several answers: a subscription's events, or the one answer of others.

The events of a subscription whose selection is covered never meet the executor: the reader of the log has rendered
them, and the answers are put together around that text. Others are completed by the executor, one event at a time.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from inspect import isawaitable
from typing import Any, cast

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    OperationDefinitionNode,
    OperationType,
    located_error,
)
from graphql.execution import create_source_event_stream, execute_subscription_event
from graphql.execution.collect_fields import collect_fields

from domain.errors import DomainError
from domain.records.rendered import Rendered
from domain.records.rendering import json_string
from graph.execution.deferred import NotCovered
from graph.execution.deferred_stream import DeferredStream
from graph.execution.documents import Prepared
from graph.execution.engine import Answer, Engine, Request, encode_result, refusal
from graph.execution.executor import GraftingExecutor
from graph.execution.operation import Operation
from resolvers.context import RequestContext

SUBSCRIPTION = OperationType.SUBSCRIPTION.value

Answers = AsyncGenerator[Answer, None]


class _Refused(Exception):
    """The subscription cannot begin, or cannot go on."""

    def __init__(self, errors: list[GraphQLError]) -> None:
        self.errors = errors


class Streams:
    """Executes operations of every kind, by way of the engine that answers single requests."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def answers(self, request: Request, context: RequestContext) -> Answers:
        """The answers to a request, of which one that was not `executed` is the last.

        Never raises for anything that the request can bring about.
        """
        prepared = self._engine.documents.get(request.query)
        operation = prepared.operations.get(request.operation_name) if isinstance(prepared, Prepared) else None
        if not isinstance(prepared, Prepared) or not _is_subscription(operation):
            yield await self._engine.answer(request, context)
            return
        try:
            context.require_scope("read")
            subscription = await self._subscribe(prepared, request, context)
            async with aclosing(subscription.answers()) as answers:
                async for answer in answers:
                    yield answer
        except DomainError as error:
            yield refusal([GraphQLError(error.message, original_error=error)], context)
        except _Refused as refused:
            yield refusal(refused.errors, context)

    async def _subscribe(self, prepared: Prepared, request: Request, context: RequestContext) -> "_Subscription":
        built = GraftingExecutor.build(
            self._engine.schema, prepared.document, None, context, request.variables, request.operation_name
        )
        executor = cast("GraftingExecutor | list[GraphQLError]", built)
        if isinstance(executor, list):
            raise _Refused(executor)
        source: object = create_source_event_stream(executor)
        if isawaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            raise _Refused(source.errors or [])
        return _Subscription(executor, cast(DeferredStream[Any], source), context)


def _is_subscription(operation: OperationDefinitionNode | None) -> bool:
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


class _Subscription:
    """A subscription in progress: its operation, and the stream that its one root field has resolved to."""

    def __init__(self, executor: GraftingExecutor, stream: DeferredStream[Any], context: RequestContext) -> None:
        self._executor = executor
        self._stream = stream
        self._context = context
        self._operation = Operation(executor.schema, executor.fragments, executor.variable_values, executor.operation)
        root = cast(GraphQLObjectType, executor.schema.subscription_type)
        fields = collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root, executor.operation
        ).grouped_field_set
        [(self._key, self._details)] = fields.items()

    async def answers(self) -> Answers:
        """The answer to each event; raises `_Refused` when the stream ends, as it does by failing only."""
        try:
            async with aclosing(await self._open()) as answers:
                async for answer in answers:
                    yield answer
        except Exception as error:  # whatever a stream raises is the field's error
            nodes = [each.node for each in self._details]
            raise _Refused([located_error(error, nodes, [self._key])]) from error

    async def _open(self) -> Answers:
        try:
            plan = self._stream.plan(self._operation, self._details)
        except NotCovered:
            return self._completed(await self._stream.open_objects(self._context))
        return self._rendered(await self._stream.open(self._context, plan))

    async def _rendered(self, events: AsyncGenerator[Rendered, None]) -> Answers:
        head = f'{{"data":{{{json_string(self._key)}:'
        async with aclosing(events):
            async for event in events:
                yield Answer(f"{head}{event.json}}}}}".encode(), executed=True, operation=SUBSCRIPTION)

    async def _completed(self, events: AsyncGenerator[object, None]) -> Answers:
        async with aclosing(events):
            async for event in events:
                self._context.forget_loaded()
                result = execute_subscription_event(self._executor.build_per_event_executor(event))
                result = await result if isawaitable(result) else result
                yield encode_result(result, SUBSCRIPTION, self._context)
