"""Runs one operation: finds its document, opens its transaction, executes it, and makes the answer's JSON."""

import asyncio
import random
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any

import asyncpg
import strawberry
from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType, execute

from domain.errors import BadRequest, DomainError
from graph.errors import describe, format_errors, root_cause
from graph.execution.direct import deferred_fields
from graph.execution.documents import DocumentCache, Prepared, Refused, is_lone
from graph.execution.executor import GraftingExecutor
from graph.execution.json_text import encode
from graph.execution.planned import NotPlanned, plan_operation, run_planned
from resolvers.context import RequestContext
from resolvers.records.tables import SCHEMA_MOVED

MAX_ATTEMPTS = 4
"""How often a mutation is tried whose transaction lost a race: for a lock, or against a change of the schema."""

_WORTH_ANOTHER_TRY = (
    asyncpg.LockNotAvailableError,
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    *SCHEMA_MOVED,
)


@dataclass(frozen=True, slots=True)
class Request:
    """A GraphQL request, of the right types but not yet parsed. `reads_only` refuses mutations (HTTP GET)."""

    query: str
    variables: dict[str, Any] = field(default_factory=dict)
    operation_name: str | None = None
    reads_only: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON of a response. `executed` is False when the document or the request was refused before execution.

    `operation` is `query` or `mutation`, None where it never came to one; `code` is the first error's, or `OK`.
    """

    body: bytes
    executed: bool
    operation: str | None = None
    code: str = "OK"


class _RolledBack(Exception):
    """Carries the result of a failed mutation out of its transaction."""

    def __init__(self, result: ExecutionResult) -> None:
        self.result = result


class Engine:
    """Executes operations against one schema. Without `takes_short_way` all of them go through the executor."""

    def __init__(self, schema: strawberry.Schema, *, takes_short_way: bool = True) -> None:
        self.schema = schema._schema
        self.documents = DocumentCache(self.schema)
        self._deferred = deferred_fields(schema) if takes_short_way else {}

    async def answer(self, request: Request, context: RequestContext) -> Answer:
        """The answer to a request; never raises for anything that the request can bring about."""
        prepared = self.documents.get(request.query)
        if isinstance(prepared, Refused):
            return refusal(prepared.errors, context)
        try:
            operation = _choose(prepared, request)
            context.require_scope("write" if operation.operation is OperationType.MUTATION else "read")
        except DomainError as error:
            return refusal([GraphQLError(error.message, original_error=error)], context)
        short = await self._run_short(prepared, operation, request, context)
        if isinstance(short, Answer):
            return short
        result = short or await self._run(prepared, operation, request, context)
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
        )
        return await result if isawaitable(result) else result


def _choose(prepared: Prepared, request: Request) -> OperationDefinitionNode:
    operation = prepared.operations.get(request.operation_name)
    if operation is None:
        raise BadRequest(_no_operation(prepared, request))
    if operation.operation is OperationType.SUBSCRIPTION:
        raise BadRequest("Subscriptions need a stream: connect with WebSocket (graphql-transport-ws).")
    if request.reads_only and operation.operation is not OperationType.QUERY:
        raise BadRequest("A GET request may only query; send mutations by POST.")
    return operation


def _no_operation(prepared: Prepared, request: Request) -> str:
    names = ", ".join(sorted(name for name in prepared.operations if name))
    if request.operation_name is not None:
        return f"The document has no operation {request.operation_name!r}. It has: {names or 'one without a name'}."
    return f"The document has several operations; choose one with operationName: {names}."


def _failed_commit(error: Exception) -> ExecutionResult:
    return ExecutionResult(data=None, errors=[GraphQLError(str(error), original_error=error)])


def _lost_a_race(result: ExecutionResult) -> bool:
    return any(isinstance(root_cause(error), _WORTH_ANOTHER_TRY) for error in result.errors or ())


def refusal(errors: list[GraphQLError], context: RequestContext) -> Answer:
    """The answer to a request that was not executed: errors and no data."""
    formatted = format_errors(errors, context.client.request_id)
    return Answer(encode({"errors": formatted}), executed=False, code=formatted[0]["extensions"]["code"])


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
    return encode({"errors": [{"message": message, "extensions": extensions}]})
