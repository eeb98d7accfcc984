"""GraphQL over HTTP: from a Starlette request to the engine, and from its answer to a response."""

from collections.abc import Awaitable, Callable
from contextlib import aclosing
from time import perf_counter
from typing import Any

from graphql import OperationType
from starlette.datastructures import QueryParams
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.errors import BadRequest, DomainError, RateLimited, Unauthenticated, Unavailable
from graph.execution.documents import Prepared
from graph.execution.engine import Answer, Engine, Request, error_body
from graph.execution.streams import SUBSCRIPTION, Answers, Streams
from graph.transport.accept import GRAPHQL_RESPONSE, JSON, choose_form, choose_json, may_stream
from graph.transport.headers import Headers, request_headers
from graph.transport.http_stream import HttpStream
from graph.transport.intake import Intake
from graph.transport.json_input import JsonLimits, NotJson, read_json
from graph.transport.limits import CallerLimit, TransportLimits
from graph.transport.query_string import read_parameters
from graph.transport.refusals import Header, MethodNotAllowed, NotAcceptable, headers_of, status_of, status_of_code
from graph.transport.report import Report, report_of
from graph.transport.request_body import read_body, require_json
from graph.transport.server_timing import SERVER_TIMING, server_timing
from graph.trusted.documents import TrustedDocuments
from graph.trusted.reference import reference_of
from resolvers.authentication import Credentials, authenticate, seconds_left
from resolvers.context import Client, RequestContext
from resolvers.rates import count_request
from resolvers.services import Services

_NOT_ACCEPTABLE = (
    f"Accept {GRAPHQL_RESPONSE.decode()} or {JSON.decode()}, or for a stream text/event-stream or multipart/mixed."
)

Page = Callable[[HttpRequest], Awaitable[Response]]
_OF_LOAD = frozenset({RateLimited.code, Unavailable.code})
"""Codes that proxies and balancers have to see the status of, whatever the media type."""


class GraphQLEndpoint:
    """The ASGI application of `/graphql` for GET and POST; browsers that ask for HTML get `page`.

    It reads and writes ASGI messages itself: what Starlette's requests and responses do for it would cost more than
    a simple query does.
    """

    def __init__(
        self,
        engine: Engine,
        services: Services,
        page: Page | None,
        limits: TransportLimits,
        subscriptions: CallerLimit,
        trusted: TrustedDocuments,
        intake: Intake,
    ) -> None:
        self._engine = engine
        self._intake = intake
        self._trusted = trusted
        self._streams = Streams(engine)
        self._services = services
        self._page = page
        self._limits = limits
        self._subscriptions = subscriptions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        begun = perf_counter()
        headers = request_headers(scope)
        if self._page is not None and _wants_page(scope, headers):
            response = await self._page(HttpRequest(scope, receive))
            await response(scope, receive, send)
            return
        accept = headers.get(b"accept", b"")
        media_type = choose_json(accept)
        report = report_of(scope)
        try:
            if media_type is None and not may_stream(accept):
                raise NotAcceptable(_NOT_ACCEPTABLE)
            request = self._trusted.known(await self._read(scope, receive, headers))
            report.name = request.operation_name
            if request.reads_only:
                self._require_no_mutation(request)
            if may_stream(accept) and await self._stream(request, headers, report, scope, receive, send):
                return
            if media_type is None:
                raise NotAcceptable(_NOT_ACCEPTABLE)
            received = perf_counter()
            answer = await self._answer(request, scope, headers, report)
        except DomainError as error:
            report.code = error.code
            body = error_body(error, report.request_id)
            await _respond(send, body, media_type or JSON, status_of(error), headers_of(error))
        else:
            report.operation, report.code = answer.operation, answer.code
            more = (*_wait(answer), *_timing(answer, begun, received))
            await _respond(send, answer.body, media_type, _status(answer, media_type), more)

    async def _answer(self, request: Request, scope: Scope, headers: Headers, report: Report) -> Answer:
        client = client_of(scope, headers, report)
        context = await admit(self._services, credentials_of(headers), client, report)
        return await self._engine.answer(request, context)

    async def _stream(
        self, request: Request, headers: Headers, report: Report, scope: Scope, receive: Receive, send: Send
    ) -> bool:
        """Answer with a stream where the client wants one; False where it does not."""
        is_subscription = self._engine.documents.is_subscription(request.query, request.operation_name)
        form = choose_form(headers[b"accept"], is_subscription=is_subscription)
        if form is None:
            return False
        client = client_of(scope, headers, report)
        credentials = credentials_of(headers, scope["query_string"] if request.reads_only else b"")
        context = await admit(self._services, credentials, client, report)
        left = seconds_left(self._services, credentials, context.viewer_or_none)
        if is_subscription:
            report.operation = SUBSCRIPTION
            answers = self._subscription(request, context)
        else:
            answers = self._streams.answers(request, context)
        await HttpStream(form, report, scope, receive, send).deliver(answers, self._limits.heartbeat_seconds, left)
        return True

    async def _subscription(self, request: Request, context: RequestContext) -> Answers:
        with self._subscriptions.place(context):
            async with aclosing(self._streams.answers(request, context)) as answers:
                async for answer in answers:
                    yield answer

    async def _read(self, scope: Scope, receive: Receive, headers: Headers) -> Request:
        limits = self._limits
        if scope["method"] == "POST":
            require_json(headers)
            body = await read_body(receive, headers, limits.max_body_bytes, self._intake)
            return parse_request(body, limits.json)
        return request_from(read_parameters(scope["query_string"], limits.json), reads_only=True)

    def _require_no_mutation(self, request: Request) -> None:
        prepared = self._engine.documents.get(request.query)
        operation = prepared.operations.get(request.operation_name) if isinstance(prepared, Prepared) else None
        if operation is not None and operation.operation is OperationType.MUTATION:
            raise MethodNotAllowed("A GET request may only query; send mutations by POST.")


async def admit(services: Services, credentials: Credentials, client: Client, report: Report) -> RequestContext:
    """The context of a request whose caller is known, and was counted; raises what refuses it.

    One whose credentials are refused counts as of nobody.
    """
    try:
        viewer = await authenticate(services, credentials, client)
    except Unauthenticated:
        nobody = RequestContext(services, None, client)
        report.balances = nobody.balances
        await count_request(nobody)
        raise
    context = RequestContext(services, viewer, client)
    report.balances = context.balances
    await count_request(context)
    return context


def parse_request(body: bytes, limits: JsonLimits) -> Request:
    """A request from its JSON body; raises `BadRequest` that names what is wrong."""
    try:
        document = read_json(body, limits)
    except NotJson as error:
        raise BadRequest(f"The request body {error.message}.") from error
    if not isinstance(document, dict):
        raise BadRequest("The request body must be a JSON object with a 'query'.")
    return request_from(document)


def request_from(document: dict[str, Any], *, reads_only: bool = False) -> Request:
    """A request from its decoded members, each checked for its type."""
    query, variables, name = document.get("query"), document.get("variables"), document.get("operationName")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("'variables' must be a JSON object or null.")
    if name is not None and not isinstance(name, str):
        raise BadRequest("'operationName' must be a string or null.")
    if not isinstance(document.get("extensions"), dict | None):
        raise BadRequest("'extensions' must be a JSON object or null.")
    reference = reference_of(document)
    if query is None and reference is not None:
        query = ""
    elif not isinstance(query, str) or not query.strip():
        raise BadRequest("The request has no 'query': send the GraphQL document as a string.")
    return Request(query, variables or {}, name or None, reads_only, reference)


def credentials_of(headers: Headers, query_string: bytes = b"") -> Credentials:
    """Those of the headers; or else an access token from the query string (RFC 6750, 2.3).

    Streams alone look there: an `EventSource` of a browser has no other place for it.
    """
    authorization, api_key = header_text(headers, b"authorization"), header_text(headers, b"x-api-key")
    if query_string and authorization is None and api_key is None:
        token = QueryParams(query_string).get("access_token")
        return Credentials(None if token is None else f"Bearer {token}")
    return Credentials(authorization, api_key)


def client_of(scope: Scope, headers: Headers, report: Report) -> Client:
    """Where a request comes from."""
    client = scope.get("client")
    return Client(
        report.request_id,
        client[0] if client else None,
        header_text(headers, b"user-agent"),
        _trace(headers) if b"traceparent" in headers else None,
    )


def _trace(headers: Headers) -> tuple[str, str]:
    return headers[b"traceparent"].decode("latin-1"), headers.get(b"tracestate", b"").decode("latin-1")


def header_text(headers: Headers, name: bytes) -> str | None:
    """A header as text, in the one encoding that takes every byte; None where it was not sent."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _wants_page(scope: Scope, headers: Headers) -> bool:
    if scope["method"] != "GET" or b"text/html" not in headers.get(b"accept", b""):
        return False
    return not {"query", "documentId", "extensions"} & QueryParams(scope["query_string"]).keys()


def _status(answer: Answer, media_type: bytes) -> int:
    """That of an answer: the older media type has 200 for every request that could be read, but for too much load."""
    is_plain = media_type == JSON and answer.code not in _OF_LOAD
    return 200 if answer.executed or is_plain else status_of_code(answer.code)


def _wait(answer: Answer) -> tuple[Header, ...]:
    return () if answer.retry_after is None else ((b"retry-after", str(answer.retry_after).encode()),)


def _timing(answer: Answer, begun: float, received: float) -> tuple[Header, ...]:
    if answer.watched is None:
        return ()
    return ((SERVER_TIMING, server_timing(answer.watched, begun, received)),)


async def _respond(send: Send, body: bytes, media_type: bytes, status: int, more: tuple[Header, ...] = ()) -> None:
    length = str(len(body)).encode()
    headers = [(b"content-type", media_type + b"; charset=utf-8"), (b"content-length", length), *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
