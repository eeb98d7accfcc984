"""GraphQL over HTTP: from a Starlette request to the engine, and from its answer to a response."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
from starlette.datastructures import QueryParams
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from domain.errors import BadRequest, DomainError, PayloadTooLarge, Unauthenticated
from graph.execution.engine import Answer, Engine, Request, error_body
from graph.transport.report import Report, report_of
from resolvers.authentication import Credentials, authenticate
from resolvers.context import Client, RequestContext
from resolvers.services import Services

GRAPHQL_RESPONSE = b"application/graphql-response+json"
JSON = b"application/json"

Page = Callable[[HttpRequest], Awaitable[Response]]
Headers = Mapping[bytes, bytes]
"""Of a request, names in lower case; of a header that was sent twice, the last."""


class GraphQLEndpoint:
    """The ASGI application of `/graphql` for GET and POST; browsers that ask for HTML get `page`.

    It reads and writes ASGI messages itself: what Starlette's requests and responses do for it would cost more than
    a simple query does.
    """

    def __init__(self, engine: Engine, services: Services, page: Page | None, max_body_bytes: int) -> None:
        self._engine = engine
        self._services = services
        self._page = page
        self._max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        headers: Headers = dict(scope["headers"])
        if self._page is not None and _wants_page(scope, headers):
            response = await self._page(HttpRequest(scope, receive))
            await response(scope, receive, send)
            return
        media_type = GRAPHQL_RESPONSE if GRAPHQL_RESPONSE in headers.get(b"accept", b"") else JSON
        report = report_of(scope)
        try:
            answer = await self._answer(scope, receive, headers, report)
        except DomainError as error:
            report.code = error.code
            body = error_body(error, report.request_id)
            await _respond(send, body, media_type, _STATUS.get(type(error), 400))
        else:
            report.operation, report.code = answer.operation, answer.code
            await _respond(send, answer.body, media_type, _status(answer, media_type))

    async def _answer(self, scope: Scope, receive: Receive, headers: Headers, report: Report) -> Answer:
        request = await self._read(scope, receive, headers)
        client = client_of(scope, headers, report)
        credentials = Credentials(header_text(headers, b"authorization"), header_text(headers, b"x-api-key"))
        viewer = await authenticate(self._services, credentials, client)
        return await self._engine.answer(request, RequestContext(self._services, viewer, client))

    async def _read(self, scope: Scope, receive: Receive, headers: Headers) -> Request:
        if scope["method"] == "GET":
            return _from_query_string(scope["query_string"])
        media_type = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
        if media_type != JSON:
            sent = media_type.decode("latin-1") or "an unnamed type"
            raise BadRequest(f"Send the request as {JSON.decode()}, not as {sent}.")
        return parse_request(await self._body(receive, headers))

    async def _body(self, receive: Receive, headers: Headers) -> bytes:
        declared = headers.get(b"content-length", b"")
        if declared.isdigit():
            self._check_size(int(declared))
        message = await receive()
        body: bytes = message.get("body", b"")
        self._check_size(len(body))
        return body if not message.get("more_body") else await self._rest(receive, bytearray(body))

    async def _rest(self, receive: Receive, body: bytearray) -> bytes:
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise BadRequest("The client went away before the request was complete.")
            body += message.get("body", b"")
            self._check_size(len(body))
            if not message.get("more_body"):
                return bytes(body)

    def _check_size(self, size: int) -> None:
        if size > self._max_body_bytes:
            most = self._max_body_bytes
            raise PayloadTooLarge(f"The request body has {size} bytes or more; at most {most} are taken.")


_STATUS = {PayloadTooLarge: 413, Unauthenticated: 401}


def parse_request(body: bytes) -> Request:
    """A request from its JSON body; raises `BadRequest` that names what is wrong."""
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(f"The request body is not valid JSON: {error}.") from error
    if not isinstance(document, dict):
        raise BadRequest("The request body must be a JSON object with a 'query'.")
    return request_from(document)


def request_from(document: dict[str, Any], *, reads_only: bool = False) -> Request:
    """A request from its decoded members, each checked for its type."""
    query, variables, name = document.get("query"), document.get("variables"), document.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest("The request has no 'query': send the GraphQL document as a string.")
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("'variables' must be a JSON object or null.")
    if name is not None and not isinstance(name, str):
        raise BadRequest("'operationName' must be a string or null.")
    if not isinstance(document.get("extensions"), dict | None):
        raise BadRequest("'extensions' must be a JSON object or null.")
    return Request(query, variables or {}, name or None, reads_only)


def _from_query_string(query_string: bytes) -> Request:
    members: dict[str, Any] = dict(QueryParams(query_string))
    for key in ("variables", "extensions"):
        if key in members:
            try:
                members[key] = orjson.loads(members[key])
            except orjson.JSONDecodeError as error:
                raise BadRequest(f"The parameter '{key}' is not valid JSON: {error}.") from error
    return request_from(members, reads_only=True)


def client_of(scope: Scope, headers: Headers, report: Report) -> Client:
    """Where a request comes from."""
    client = scope.get("client")
    return Client(report.request_id, client[0] if client else None, header_text(headers, b"user-agent"))


def header_text(headers: Headers, name: bytes) -> str | None:
    """A header as text, in the one encoding that takes every byte; None where it was not sent."""
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")


def _wants_page(scope: Scope, headers: Headers) -> bool:
    if scope["method"] != "GET" or b"text/html" not in headers.get(b"accept", b""):
        return False
    return "query" not in QueryParams(scope["query_string"])


def _status(answer: Answer, media_type: bytes) -> int:
    return 400 if not answer.executed and media_type == GRAPHQL_RESPONSE else 200


async def _respond(send: Send, body: bytes, media_type: bytes, status: int) -> None:
    headers = [(b"content-type", media_type + b"; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
