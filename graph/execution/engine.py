"""Runs one operation: finds its document, opens its transaction, executes it, and makes the answer's JSON."""

import asyncio
import random
from dataclasses import dataclass, field
from inspect import isawaitable
from time import perf_counter
from typing import Any, NamedTuple

import asyncpg
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType, execute

from domain.errors import BadRequest, DomainError, RateLimited, Unavailable
from graph.errors import describe, format_errors, is_unavailable, root_cause
from graph.execution.admission import Admission
from graph.execution.direct import deferred_fields
from graph.execution.documents import DocumentCache, Prepared, Refused, is_lone
from graph.execution.executor import GraftingExecutor
from graph.execution.fixed_answers import FixedAnswers, is_fixed
from graph.execution.guard.charge import Charge, charge
from graph.execution.guard.deadline import Deadline, Deadlines
from graph.execution.guard.known_names import list_known_names
from graph.execution.json_text import encode, error_json
from graph.execution.planned import NotPlanned, plan_operation, run_planned
from graph.execution.watch import Watched, Watching
from graph.trusted.reference import Reference
from resolvers.context import RequestContext
from resolvers.records.tables import SCHEMA_MOVED
from resolvers.services import Limits

MAX_ATTEMPTS = 4
"""How often a mutation is tried whose transaction lost a race: for a lock, or against a change of the schema."""

NEEDS_STREAM = (
    "Subscriptions need a stream: connect with WebSocket (graphql-transport-ws), or send 'Accept: text/event-stream' "
    "(GraphQL over SSE) or 'Accept: multipart/mixed;subscriptionSpec=1.0'."
)

_WORTH_ANOTHER_TRY = (
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    *SCHEMA_MOVED,
)


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request, of the right types but not yet parsed. `reads_only` refuses mutations (HTTP GET).

    `query` may be empty where there is a `reference`; see `graph.trusted.documents`.
    """

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    reads_only: bool = False
    reference: Reference | None = None


class Answer(NamedTuple):
    """The JSON of a response. `executed` is False when the document or the request was refused before execution.

    `operation` is `query` or `mutation`, None where it never came to one; `code` is the first error's, or `OK`.
    """

    body: bytes
    executed: bool
    operation: str | None = None
    code: str = "OK"
    text: str | None = None
    """The body as text, where that is at hand."""
    retry_after: int | None = None
    """Seconds after which the same request may succeed, where that is known."""
    watched: Watched | None = None
    """How it came about, where the engine's `watching` tells that."""

    @classmethod
    def of_text(cls, text: str, operation: str) -> "Answer":
        """An answer without errors that many clients get, some as bytes and some as text."""
        return cls(text.encode(), executed=True, operation=operation, text=text)


class _RolledBack(Exception):
    """Carries the result of a failed mutation out of its transaction."""

    def __init__(self, result: ExecutionResult) -> None:
        self.result = result


class Engine:
    """Executes operations against one schema. Without `takes_short_way` all of them go through the executor.

    Without `shows_schema` there is no introspection, and no error message suggests names. `watching` is told of each.
    `documents` may be those of another engine, which has the same schema and limits and shows as much.
    """

    def __init__(
        self,
        schema: strawberry.Schema,
        limits: Limits | None = None,
        *,
        takes_short_way: bool = True,
        shows_schema: bool = True,
        max_operations: int = 256,
        watching: Watching | None = None,
        documents: DocumentCache | None = None,
    ) -> None:
        limits = limits or Limits()
        self.schema = schema._schema
        self.admission = Admission(max_operations)
        self.watching = watching or Watching()
        self.shows_schema = shows_schema
        self.documents = documents or DocumentCache(self.schema, limits, shows_schema=shows_schema)
        self._reports_cost = limits.report_cost
        self.deadlines = Deadlines(limits.execution_timeout.total_seconds() or None)
        self._fixed = FixedAnswers()
        self._deferred = deferred_fields(schema) if takes_short_way else {}

    async def answer(self, request: Request, context: RequestContext) -> Answer:
        """The answer to a request; never raises for anything that the request can bring about."""
        with self.watching.operation(request.query, context.client) as watched:
            prepared = self.documents.get(request.query)
            watched.known = perf_counter()
            if isinstance(prepared, Refused):
                answer = refusal(prepared.errors, context)
            else:
                answer = await self._admit(watched, prepared, request, context)
            watched.code = answer.code
        return answer._replace(watched=watched) if self.watching.tells_times else answer

    async def _admit(self, watched: Watched, prepared: Prepared, request: Request, context: RequestContext) -> Answer:
        """The answer to a request for an operation that can be executed, with what it costs."""
        try:
            operation = _choose(prepared, request)
            watched.chose(prepared, operation)
            context.require_scopes(prepared.needed_scopes(request.operation_name))
            with self.admission:  # before the charge: who finds no place is not charged
                watched.cost = prepared.cost(request.operation_name, request.variables)
                charged = await charge(watched.cost, context)
                return await self._charged(charged, prepared, operation, request, context)
        except DomainError as error:
            return refusal([GraphQLError(error.message, original_error=error)], context)

    async def _charged(
        self,
        charged: Charge,
        prepared: Prepared,
        operation: OperationDefinitionNode,
        request: Request,
        context: RequestContext,
    ) -> Answer:
        deadline = context.deadline = Deadline(self.deadlines)
        try:
            with deadline:
                answer = await self._answer(prepared, operation, request, context)
        except TimeoutError:
            if not deadline.expired:
                raise
            result = ExecutionResult(data=None, errors=[gave_up(deadline)])
            answer = encode_result(result, operation.operation.value, context)
        return Answer(charged.extended(answer.body), *answer[1:]) if self._reports_cost else answer

    async def _answer(
        self, prepared: Prepared, operation: OperationDefinitionNode, request: Request, context: RequestContext
    ) -> Answer:
        short = await self._run_short(prepared, operation, request, context)
        if isinstance(short, Answer):
            return short
        if short is None and is_fixed(operation):
            return await self._answer_once(prepared, operation, request, context)
        result = short or await self._run(prepared, operation, request, context)
        return self._encoded(result, operation, context)

    async def _answer_once(
        self, prepared: Prepared, operation: OperationDefinitionNode, request: Request, context: RequestContext
    ) -> Answer:
        """The answer to an operation that has always the same: executed at most once for each document."""
        key = request.query, request.operation_name
        body = self._fixed.get(key)
        if body is not None:
            return Answer(body, executed=True, operation=operation.operation.value)
        answer = self._encoded(await self._execute(prepared, request, context), operation, context)
        if answer.code == "OK":
            self._fixed.keep(key, answer.body)
        return answer

    def _encoded(self, result: ExecutionResult, operation: OperationDefinitionNode, context: RequestContext) -> Answer:
        if result.errors and _is_of_the_request(result.errors[0]):
            return refusal(result.errors, context)
        if _came_to_nothing(result):
            return refusal(result.errors or [], context)._replace(operation=operation.operation.value)
        return encode_result(result, operation.operation.value, context)

    async def _run_short(
        self, prepared: Prepared, operation: OperationDefinitionNode, request: Request, context: RequestContext
    ) -> Answer | ExecutionResult | None:
        """The answer or the error of an operation that needs no executor; None for one that does."""
        name = request.operation_name
        if name not in prepared.plans:
            prepared.plans[name] = plan_operation(self.schema, operation, prepared.fragments, self._deferred)
        planned = prepared.plans[name]
        values = None if planned is None else planned.coerce(request.variables)
        if planned is None or values is None:
            return None
        try:
            if operation.operation is OperationType.MUTATION:
                async with context.transaction(is_lone=True):
                    data = await run_planned(planned, values, context)
            else:
                data = await run_planned(planned, values, context)
        except NotPlanned:
            return None
        except GraphQLError as error:
            return None if isinstance(root_cause(error), _WORTH_ANOTHER_TRY) else planned.failed(error)
        except (asyncpg.PostgresError, OSError) as error:
            return _failed_commit(error)
        return Answer(f'{{"data":{data}}}'.encode(), executed=True, operation=operation.operation.value)

    async def _run(
        self, prepared: Prepared, operation: OperationDefinitionNode, request: Request, context: RequestContext
    ) -> ExecutionResult:
        if operation.operation is not OperationType.MUTATION:
            return await self._execute(prepared, request, context)
        for attempt in range(1, MAX_ATTEMPTS + 1):
            result = await self._mutate(prepared, operation, request, context)
            if attempt == MAX_ATTEMPTS or not _lost_a_race(result):
                break
            context.forget_loaded()
            await asyncio.sleep(random.uniform(0.01, 0.05) * attempt)  # noqa: S311  # spreads retries, hides nothing
        return result

    async def _mutate(
        self, prepared: Prepared, operation: OperationDefinitionNode, request: Request, context: RequestContext
    ) -> ExecutionResult:
        """All root fields in one transaction: committed together, or none of them and `data` is null."""
        try:
            async with context.transaction(is_lone=is_lone(operation)):
                result = await self._execute(prepared, request, context)
                if result.errors:
                    raise _RolledBack(result)
        except _RolledBack as rolled_back:
            return ExecutionResult(data=None, errors=rolled_back.result.errors)
        except (asyncpg.PostgresError, OSError) as error:  # the commit itself failed
            return _failed_commit(error)
        return result

    async def _execute(self, prepared: Prepared, request: Request, context: RequestContext) -> ExecutionResult:
        result = execute(
            self.schema,
            prepared.document,
            variable_values=request.variables,
            operation_name=request.operation_name,
            context_value=context,
            executor_class=GraftingExecutor,
            hide_suggestions=not self.shows_schema,
        )
        executed = await result if isawaitable(result) else result
        if executed.errors and self.shows_schema:
            list_known_names(executed.errors, self.schema)
        return executed


def _choose(prepared: Prepared, request: Request) -> OperationDefinitionNode:
    operation = prepared.operations.get(request.operation_name)
    if operation is None:
        raise BadRequest(_no_operation(prepared, request))
    if operation.operation is OperationType.SUBSCRIPTION:
        raise BadRequest(NEEDS_STREAM)
    if request.reads_only and operation.operation is not OperationType.QUERY:
        raise BadRequest("A GET request may only query; send mutations by POST.")
    return operation


def _no_operation(prepared: Prepared, request: Request) -> str:
    names = ", ".join(sorted(name for name in prepared.operations if name))
    if request.operation_name is not None:
        return f"The document has no operation {request.operation_name!r}. It has: {names or 'one without a name'}."
    return f"The document has several operations; choose one with operationName: {names}."


def _is_of_the_request(error: GraphQLError) -> bool:
    """Whether the request could not be executed at all: an error of the document, as of a variable, and of no field."""
    return error.path is None and error.nodes is not None


def _failed_commit(error: Exception) -> ExecutionResult:
    return ExecutionResult(data=None, errors=[GraphQLError(str(error), original_error=error)])


def _lost_a_race(result: ExecutionResult) -> bool:
    return any(isinstance(root_cause(error), _WORTH_ANOTHER_TRY) for error in result.errors or ())


def _came_to_nothing(result: ExecutionResult) -> bool:
    """Whether all of it came too often, or found the database away or busy: then the request failed, not its fields."""
    if any(value is not None for value in (result.data or {}).values()):
        return False
    causes = [root_cause(error) for error in result.errors or ()]
    return bool(causes) and all(is_unavailable(cause) or isinstance(cause, RateLimited) for cause in causes)


def gave_up(deadline: Deadline) -> GraphQLError:
    """What an operation answers whose time is up; what it has written is rolled back."""
    message = f"The operation took longer than the {deadline.seconds:g} s that it may, and was given up."
    return GraphQLError(message, original_error=Unavailable(message))


def refusal(errors: list[GraphQLError], context: RequestContext) -> Answer:
    """The answer to a request that was not executed: errors and no data."""
    formatted = format_errors(errors, context.client.request_id)
    extensions = formatted[0]["extensions"]
    body = encode({"errors": formatted})
    return Answer(body, executed=False, code=extensions["code"], retry_after=extensions.get("retryAfter"))


def encode_result(result: ExecutionResult, operation: str, context: RequestContext) -> Answer:
    """The answer that an execution came to."""
    if not result.errors:
        return Answer(encode({"data": result.data}), executed=True, operation=operation)
    errors = format_errors(result.errors, context.client.request_id)
    body = encode({"errors": errors, "data": result.data})
    return Answer(body, executed=True, operation=operation, code=errors[0]["extensions"]["code"])


def error_body(error: Exception, request_id: str) -> bytes:
    """The JSON of a response to a request that failed before it reached the engine."""
    message, extensions = describe(error, str(error), request_id)
    return error_json(message, extensions)
