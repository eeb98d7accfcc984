"""The ASGI application, put together from its parts."""

from http import HTTPStatus

import orjson
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Lifespan

from graph.execution.engine import Engine
from graph.execution.streams import Streams
from graph.schema import build_schema
from graph.transport.http import GraphQLEndpoint
from graph.transport.websocket import GraphQLSocketEndpoint, SocketLimits
from resolvers.services import Services
from server.boundary import Boundary
from server.graphiql import graphiql_page, graphiql_routes
from server.importing import ImportEndpoint
from server.metrics import Metrics
from server.probes import Probes
from server.settings import Settings

_CODES = {404: "NOT_FOUND", 405: "BAD_REQUEST", 413: "PAYLOAD_TOO_LARGE"}


def create_app(settings: Settings, services: Services, lifespan: Lifespan[Starlette] | None = None) -> Starlette:
    """The application over services that the caller made and will close, for instance in `lifespan`."""
    metrics = Metrics()
    metrics.watch(services.database, settings.pool_size)
    probes = Probes(services.database)
    engine = Engine(build_schema())
    endpoint = GraphQLEndpoint(engine, services, graphiql_page, settings.max_body_bytes)
    limits = SocketLimits(
        settings.socket_init_timeout.total_seconds(), settings.max_message_bytes, settings.max_operations_per_socket
    )
    socket = GraphQLSocketEndpoint(Streams(engine), services, limits)
    return Starlette(
        routes=[
            Route("/graphql", endpoint, methods=["GET", "POST"], name="graphql"),
            WebSocketRoute("/graphql", socket, name="graphql-socket"),
            Route("/import", ImportEndpoint(services).answer, methods=["POST"], name="import"),
            Route("/", _to_graphql),
            Route("/health", probes.health),
            Route("/ready", probes.ready),
            Route("/metrics", metrics.page),
            *graphiql_routes(),
        ],
        middleware=[Middleware(Boundary, metrics, settings.access_log)],
        exception_handlers={HTTPException: _http_error},
        lifespan=lifespan,
    )


async def _to_graphql(_: Request) -> Response:
    return RedirectResponse("/graphql")


async def _http_error(request: Request, error: Exception) -> Response:
    """What Starlette refuses by itself (no such path, no such method), in the shape of every other error."""
    if not isinstance(error, HTTPException):
        raise error
    status = HTTPStatus(error.status_code)
    message = f"{request.method} {request.url.path[:200]}: {status.phrase.lower()}. The API is at /graphql."
    code = _CODES.get(status, "BAD_REQUEST")
    body = orjson.dumps({"errors": [{"message": message, "extensions": {"code": code}}]})
    return Response(body, int(status), error.headers, media_type="application/json")
