"""Runs operations for transports that can send several answers: a subscription's events, or the one answer of others.

The events of a subscription whose selection is covered never meet the executor: the reader of the log has rendered
them, and the answers are put together around that text. Others are completed by the executor, one event at a time.
"""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from inspect import isawaitable
from time import perf_counter
from typing import Any, cast

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    OperationType,
    located_error,
)
from graphql.execution import create_source_event_stream, execute_subscription_event
from graphql.execution.collect_fields import collect_fields

from domain.errors import DomainError
from domain.records.rendered import SharedRendered
from domain.records.rendering import json_string
from graph.execution.deferred import NotCovered
from graph.execution.deferred_stream import DeferredStream
from graph.execution.documents import Prepared
from graph.execution.engine import Answer, Engine, Request, encode_result, gave_up, refusal
from graph.execution.executor import GraftingExecutor
from graph.execution.guard.charge import charge
from graph.execution.guard.deadline import Deadline
from graph.execution.guard.known_names import list_known_names
from graph.execution.operation import Operation
from graph.execution.watch import Watched
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
        prepared = self._engine.documents.subscription(request.query, request.operation_name)
        if prepared is None:
            yield await self._engine.answer(request, context)
            return
        with self._engine.watching.operation(request.query, context.client) as watched:
            # It is over when the subscription has begun, for that may go on for days.
            begun = await self._begin(watched, prepared, request, context)
        if isinstance(begun, Answer):
            yield begun
            return
        try:
            async with aclosing(begun.answers()) as answers:
                async for answer in answers:
                    yield answer
        except _Refused as refused:
            yield refusal(refused.errors, context)

    async def _begin(
        self, watched: Watched, prepared: Prepared, request: Request, context: RequestContext
    ) -> "_Subscription | Answer":
        """The subscription, of which events come from now on; or the answer that refuses it."""
        watched.known = perf_counter()
        watched.chose(prepared, prepared.operations[request.operation_name])
        deadline = Deadline(self._engine.deadlines)
        try:
            context.require_scopes(prepared.needed_scopes(request.operation_name))
            watched.cost = prepared.cost(request.operation_name, request.variables)
            await charge(watched.cost, context)
            with deadline:
                subscription = await self._subscribe(prepared, request, context)
                await subscription.open()
        except DomainError as error:
            refused = refusal([GraphQLError(error.message, original_error=error)], context)
        except _Refused as error:
            refused = refusal(error.errors, context)
        except TimeoutError:
            if not deadline.expired:
                raise
            refused = refusal([gave_up(deadline)], context)
        else:
            watched.code = "OK"
            return subscription
        watched.code = refused.code
        return refused

    async def _subscribe(self, prepared: Prepared, request: Request, context: RequestContext) -> "_Subscription":
        built = GraftingExecutor.build(
            self._engine.schema,
            prepared.document,
            None,
            context,
            request.variables,
            request.operation_name,
            hide_suggestions=not self._engine.shows_schema,
        )
        executor = cast("GraftingExecutor | list[GraphQLError]", built)
        if isinstance(executor, list):
            if self._engine.shows_schema:
                list_known_names(executor, self._engine.schema)
            raise _Refused(executor)
        source: object = create_source_event_stream(executor)
        if isawaitable(source):
            source = await source
        if isinstance(source, ExecutionResult):
            raise _Refused(source.errors or [])
        return _Subscription(executor, cast(DeferredStream[Any], source), context)


class _Subscription:
    """A subscription in progress: its operation, and the stream that its one root field has resolved to."""

    def __init__(self, executor: GraftingExecutor, stream: DeferredStream[Any], context: RequestContext) -> None:
        self._executor = executor
        self._stream = stream
        self._context = context
        self._operation = Operation(
            executor.schema,
            executor.fragments,
            executor.variable_values,
            executor.operation,
            context.services.limits,
        )
        root = cast(GraphQLObjectType, executor.schema.subscription_type)
        fields = collect_fields(
            executor.schema, executor.fragments, executor.variable_values, root, executor.operation
        ).grouped_field_set
        [(self._key, self._details)] = fields.items()

    async def open(self) -> None:
        """Begin to take events; raises `_Refused` where that is forbidden."""
        try:
            self._answers = await self._open()
        except Exception as error:  # whatever a stream raises is the field's error
            raise self._failed(error) from error

    async def _open(self) -> Answers:
        try:
            plan = self._stream.plan(self._operation, self._details)
        except NotCovered:
            return self._completed(await self._stream.open_objects(self._context))
        return self._rendered(await self._stream.open(self._context, plan))

    async def answers(self) -> Answers:
        """The answer to each event, once it is open; raises `_Refused` when it ends, as it does by failing only."""
        figures, name = self._context.services.figures, self._details[0].node.name.value
        figures.subscribers[name] += 1
        try:
            async with aclosing(self._answers) as answers:
                async for answer in answers:
                    figures.deliveries[name] += 1
                    yield answer
        except Exception as error:  # likewise
            raise self._failed(error) from error
        finally:
            figures.subscribers[name] -= 1

    def _failed(self, error: Exception) -> _Refused:
        return _Refused([located_error(error, [each.node for each in self._details], [self._key])])

    async def _rendered(self, events: AsyncGenerator[SharedRendered, None]) -> Answers:
        key = self._key
        head = f'{{"data":{{{json_string(key)}:'
        async with aclosing(events):
            async for event in events:
                answer = event.made.get(key)
                if answer is None:
                    answer = event.made[key] = Answer.of_text(f"{head}{event.json}}}}}", SUBSCRIPTION)
                yield answer

    async def _completed(self, events: AsyncGenerator[object, None]) -> Answers:
        async with aclosing(events):
            async for event in events:
                self._context.forget_loaded()
                result = execute_subscription_event(self._executor.build_per_event_executor(event))
                result = await result if isawaitable(result) else result
                yield encode_result(result, SUBSCRIPTION, self._context)
