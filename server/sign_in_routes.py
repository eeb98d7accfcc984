"""`/auth/{provider}/start` and `/auth/{provider}/callback`: signing in for pages that only send a browser.

A cookie ties the return to the browser that was sent, so that nobody can be signed in with somebody else's link. Tokens
never stand in an address: the page gets a code behind `#`, which it exchanges by `exchangeSignInCode`.
"""

import secrets
from collections.abc import Awaitable, Callable
from typing import Final
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from domain.errors import BadRequest, DomainError
from graph.execution.engine import error_body
from graph.transport.headers import request_headers
from graph.transport.http import client_of
from graph.transport.refusals import headers_of, status_of
from graph.transport.report import report_of
from resolvers.context import RequestContext
from resolvers.oauth.signing_in import return_in_browser
from resolvers.oauth.starting import start_in_browser
from resolvers.services import Services

COOKIE: Final = "tablegraph_sign_in"
_HEADERS: Final = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
"""The addresses hold what is good for a sign-in."""

Work = Callable[[Request, RequestContext], Awaitable[Response]]


def sign_in_routes(services: Services) -> list[Route]:
    """The two routes; none where the server does not know its own address."""
    if services.oauth.server_url is None:
        return []
    routes = SignInRoutes(services)
    return [
        Route("/auth/{provider}/start", routes.start, methods=["GET"], name="sign-in-start"),
        Route("/auth/{provider}/callback", routes.callback, methods=["GET"], name="sign-in-callback"),
    ]


class SignInRoutes:
    """The handlers of both."""

    def __init__(self, services: Services) -> None:
        self._services = services

    async def start(self, request: Request) -> Response:
        """Send the browser to the provider."""
        return await self._answer(request, "sign-in start", self._start)

    async def callback(self, request: Request) -> Response:
        """Take it back, and send it on to the page that it came from."""
        return await self._answer(request, "sign-in callback", self._callback)

    async def _start(self, request: Request, context: RequestContext) -> Response:
        browser = secrets.token_urlsafe(32)
        started = await start_in_browser(
            context, request.path_params["provider"], _parameter(request, "return_to"), browser
        )
        response = RedirectResponse(started.authorization_url, 302, _HEADERS)
        response.set_cookie(
            COOKIE,
            browser,
            max_age=int(self._services.oauth.request_lifetime.total_seconds()),
            path="/auth",
            secure=self._is_secure,
            httponly=True,
            samesite="lax",
        )
        return response

    async def _callback(self, request: Request, context: RequestContext) -> Response:
        code = request.query_params.get("code")
        if code is None:
            _parameter(request, "error")
        sent_back = await return_in_browser(
            context,
            request.path_params["provider"],
            _parameter(request, "state"),
            request.cookies.get(COOKIE, ""),
            code,
            request.query_params.get("iss"),
        )
        told = {"error": "access_denied"} if sent_back.code is None else {"code": sent_back.code}
        response = RedirectResponse(f"{sent_back.return_to}#{urlencode(told)}", 302, _HEADERS)
        response.delete_cookie(COOKIE, path="/auth", secure=self._is_secure, httponly=True, samesite="lax")
        return response

    async def _answer(self, request: Request, operation: str, work: Work) -> Response:
        report = report_of(request.scope)
        report.operation = operation
        client = client_of(request.scope, request_headers(request.scope), report)
        try:
            response = await work(request, RequestContext(self._services, None, client))
        except DomainError as error:
            report.code = error.code
            headers = {name.decode(): value.decode() for name, value in headers_of(error)} | _HEADERS
            body = error_body(error, report.request_id)
            return Response(body, status_of(error), headers, media_type="application/json")
        report.code = "OK"
        return response

    @property
    def _is_secure(self) -> bool:
        return str(self._services.oauth.server_url).startswith("https://")


def _parameter(request: Request, name: str) -> str:
    values = request.query_params.getlist(name)
    if len(values) != 1:
        raise BadRequest(f"The parameter {name} must be there, once.", argument=name)
    return values[0]
