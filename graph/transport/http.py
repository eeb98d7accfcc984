"""GraphQL over HTTP: from a Starlette request to the engine, and from its answer to a response."""

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from domain.accounts.viewer import Viewer
from domain.errors import BadRequest, DomainError, PayloadTooLarge, Unauthenticated
from graph.execution.engine import Answer, Engine, Request, error_body
from graph.transport.report import Report, report_of
from resolvers.authentication import Credentials, authenticate
from resolvers.context import Client, RequestContext
from resolvers.services import Services

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"

Page = Callable[[HttpRequest], Awaitable[Response]]


class GraphQLEndpoint:
    """The handler of `/graphql` for GET and POST; browsers that ask for HTML get `page`."""

    def __init__(self, engine: Engine, services: Services, page: Page | None, max_body_bytes: int) -> None:
        self._engine = engine
        self._services = services
        self._page = page
        self._max_body_bytes = max_body_bytes

    async def __call__(self, http: HttpRequest) -> Response:
        """Answer one HTTP request."""
        if self._page is not None and _wants_page(http):
            return await self._page(http)
        media_type = response_media_type(http)
        report = report_of(http.scope)
        client = client_of(http, report)
        try:
            request = await self._read(http)
            context = RequestContext(self._services, await self._viewer(http, client), client)
            answer = await self._engine.answer(request, context)
        except DomainError as error:
            report.code = error.code
            return _respond(error_body(error, client.request_id), media_type, _STATUS.get(type(error), 400))
        report.operation, report.code = answer.operation, answer.code
        return _respond(answer.body, media_type, _status(answer, media_type))

    async def _viewer(self, http: HttpRequest, client: Client) -> Viewer | None:
        headers = http.headers
        credentials = Credentials(headers.get("authorization"), headers.get("x-api-key"))
        return await authenticate(self._services, credentials, client)

    async def _read(self, http: HttpRequest) -> Request:
        if http.method == "GET":
            return _from_query_string(http)
        media_type = http.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != JSON:
            raise BadRequest(f"Send the request as {JSON}, not as {media_type or 'an unnamed type'}.")
        return parse_request(await self._body(http))

    async def _body(self, http: HttpRequest) -> bytes:
        declared = http.headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._max_body_bytes:
            raise PayloadTooLarge(self._too_large(int(declared)))
        chunks = bytearray()
        async for chunk in http.stream():
            chunks += chunk
            if len(chunks) > self._max_body_bytes:
                raise PayloadTooLarge(self._too_large(len(chunks)))
        return bytes(chunks)

    def _too_large(self, size: int) -> str:
        return f"The request body has {size} bytes or more; at most {self._max_body_bytes} are taken."


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


def _from_query_string(http: HttpRequest) -> Request:
    members: dict[str, Any] = dict(http.query_params)
    for key in ("variables", "extensions"):
        if key in members:
            try:
                members[key] = orjson.loads(members[key])
            except orjson.JSONDecodeError as error:
                raise BadRequest(f"The parameter '{key}' is not valid JSON: {error}.") from error
    return request_from(members, reads_only=True)


def client_of(http: HttpRequest, report: Report) -> Client:
    """Where a request comes from."""
    address = http.client.host if http.client else None
    return Client(report.request_id, address, http.headers.get("user-agent"))


def _wants_page(http: HttpRequest) -> bool:
    accept = http.headers.get("accept", "")
    return http.method == "GET" and "text/html" in accept and "query" not in http.query_params


def response_media_type(http: HttpRequest) -> str:
    """The media type that the client asked for; JSON when it asked for anything."""
    return GRAPHQL_RESPONSE if GRAPHQL_RESPONSE in http.headers.get("accept", "") else JSON


def _status(answer: Answer, media_type: str) -> int:
    return 400 if not answer.executed and media_type == GRAPHQL_RESPONSE else 200


def _respond(body: bytes, media_type: str, status: int) -> Response:
    return Response(body, status, media_type=f"{media_type}; charset=utf-8")
