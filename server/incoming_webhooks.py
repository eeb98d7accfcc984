"""`POST /webhooks/incoming/{token}`: a request to an incoming webhook, as JSON or as a form."""

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from domain.errors import BadRequest, DomainError
from domain.webhooks.tokens import PATH
from graph.execution.engine import error_body
from graph.transport.headers import request_headers
from graph.transport.http import client_of
from graph.transport.intake import Intake
from graph.transport.json_input import NotJson, read_json
from graph.transport.limits import TransportLimits
from graph.transport.refusals import UnsupportedMediaType, headers_of, status_of
from graph.transport.report import Report, report_of
from graph.transport.request_body import read_body, require_no_encoding
from resolvers.incoming_webhooks.receiving import Incoming, receive
from resolvers.services import Services
from server.settings import Settings

FORM: Final = "application/x-www-form-urlencoded"
MAX_FORM_FIELDS: Final = 1_000
_HEADERS: Final = {"Cache-Control": "no-store"}


def incoming_webhook_route(settings: Settings, services: Services, limits: TransportLimits, intake: Intake) -> Route:
    """The route; it is open to everybody who has a token."""
    endpoint = IncomingWebhooks(services, settings.max_incoming_webhook_bytes, limits, intake)
    return Route(f"{PATH}{{token}}", endpoint.answer, methods=["POST"], name="incoming-webhook")


class IncomingWebhooks:
    """The handler."""

    def __init__(self, services: Services, most: int, limits: TransportLimits, intake: Intake) -> None:
        self._services = services
        self._most = most
        self._limits = limits
        self._intake = intake

    async def answer(self, request: Request) -> Response:
        """Take a request; the answer names the record that came of it."""
        report = report_of(request.scope)
        report.operation = "incoming webhook"
        try:
            answer = await self._receive(request, report)
        except DomainError as error:
            report.code = error.code
            headers = {name.decode(): value.decode() for name, value in headers_of(error)} | _HEADERS
            body = error_body(error, report.request_id)
            return Response(body, status_of(error), headers, media_type="application/json")
        report.code = "OK"
        return Response(orjson.dumps(answer), 200, _HEADERS, media_type="application/json")

    async def _receive(self, request: Request, report: Report) -> Mapping[str, Any]:
        raw = request_headers(request.scope)
        require_no_encoding(raw)
        body = await read_body(request.receive, raw, self._most, self._intake)
        client = client_of(request.scope, raw, report)
        return await receive(self._services, client, request.path_params["token"], self._incoming(request, body))

    def _incoming(self, request: Request, body: bytes) -> Incoming:
        content_type = request.headers.get("content-type", "")[:200]
        try:
            document = self._document(content_type.partition(";")[0].strip().lower(), body)
        except DomainError as problem:
            return Incoming(body, content_type, request.headers, problem=problem)
        return Incoming(body, content_type, request.headers, document)

    def _document(self, media_type: str, body: bytes) -> Any:
        if media_type == FORM:
            return read_form(body)
        if media_type != "application/json" and not media_type.endswith("+json"):
            raise UnsupportedMediaType(f"Send application/json or {FORM}, not {media_type or 'an unnamed type'}.")
        try:
            return read_json(body, self._limits.json)
        except NotJson as error:
            raise BadRequest(f"The request body {error.message}.") from error


def read_form(body: bytes) -> dict[str, str | list[str]]:
    """The fields of a form; those that come more than once are lists. Raises `BadRequest`."""
    found: dict[str, str | list[str]] = {}
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MAX_FORM_FIELDS, errors="strict")
    except ValueError as error:
        raise BadRequest(f"The request body is no form in UTF-8 of at most {MAX_FORM_FIELDS:,} fields.") from error
    for name, value in pairs:
        known = found.get(name)
        if known is None:
            found[name] = value
        else:
            found[name] = [*known, value] if isinstance(known, list) else [known, value]
    return found
