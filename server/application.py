"""Starlette's application, with a short way from the server to GraphQL."""

from collections.abc import Awaitable
from typing import Any, Final

from starlette.applications import Starlette
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from server.gate import PATH

METHODS: Final = ("GET", "POST")


class Application(Starlette):
    """Requests to GraphQL meet the given middleware and then `graphql`; all others go to the router behind it.

    Starlette's own middleware for what fails is not among it: `Boundary` has answered for everything already.
    """

    def __init__(self, graphql: ASGIApp, **more: Any) -> None:
        super().__init__(**more)
        self._graphql = graphql

    def build_middleware_stack(self) -> ASGIApp:
        """Called by Starlette for the first request."""
        app: ASGIApp = _Fork(self._graphql, ExceptionMiddleware(self.router, handlers=self.exception_handlers))
        for middleware, arguments, more in reversed(self.user_middleware):
            app = middleware(app, *arguments, **more)
        return app


class _Fork:
    """Tells requests to GraphQL from all others, without a search among the routes."""

    def __init__(self, graphql: ASGIApp, router: ASGIApp) -> None:
        self._graphql = graphql
        self._router = router

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] == "http" and scope["path"] == PATH and scope["method"] in METHODS:
            return self._graphql(scope, receive, send)
        return self._router(scope, receive, send)
