"""The ASGI application, put together from its parts."""

from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Lifespan

from graph.execution.documents import DocumentCache
from graph.execution.engine import Engine
from graph.execution.json_text import error_json
from graph.schema import build_schema
from graph.transport.http import GraphQLEndpoint
from graph.transport.intake import INTAKE, Intake
from graph.transport.json_input import JsonLimits
from graph.transport.limits import CallerLimit, CallerLimits, TransportLimits
from graph.transport.origins import Origins
from graph.transport.websocket import GraphQLSocketEndpoint
from resolvers.services import Services
from server.account_pages import account_routes
from server.application import METHODS, Application
from server.boundary import Boundary
from server.cross_origin import cross_origin
from server.extensions import give_api
from server.gate import PATH, Gate
from server.graphiql import graphiql_page, graphiql_routes
from server.hosts import hosts_of
from server.importing import ImportEndpoint
from server.incoming_webhooks import incoming_webhook_route
from server.key_set import KeySet
from server.lobby import Lobby
from server.metrics import Metrics
from server.probes import Probes
from server.proxies import proxies
from server.settings import Settings
from server.settings_section import listed
from server.sign_in_routes import sign_in_routes
from server.stopping import Stopping
from server.telemetry import Telemetry
from server.trusted import trusted_documents
from server.turnstile import LOBBY

_CODES = {404: "NOT_FOUND", 405: "BAD_REQUEST", 413: "PAYLOAD_TOO_LARGE"}


def create_app(
    settings: Settings,
    services: Services,
    lifespan: Lifespan[Starlette] | None = None,
    documents: DocumentCache | None = None,
) -> Starlette:
    """The application over services that the caller made and will close; `documents` may be another's, see `Engine`."""
    metrics = Metrics(services, settings.max_metric_operations)
    metrics.watch(services.database, settings.pool_size)
    stopping = Stopping()
    probes = Probes(services.database, stopping)
    telemetry = Telemetry(settings, services.database, metrics)
    engine = _engine(settings, services, telemetry, documents)
    metrics.watch_admission(engine.admission)
    intake = Intake(settings.max_unfinished_bytes)
    endpoint, socket = _endpoints(settings, services, engine, intake)
    app = Application(
        endpoint,
        routes=[
            Route(PATH, endpoint, methods=METHODS, name="graphql"),
            WebSocketRoute(PATH, socket, name="graphql-socket"),
            *_inlets(settings, services, intake),
            *sign_in_routes(services),
            Route("/", _to_graphql),
            Route("/health", probes.health),
            Route("/ready", probes.ready),
            Route("/.well-known/jwks.json", KeySet(services.tokens).page),
            Route("/metrics", metrics.page),
            *(graphiql_routes() if settings.shows_graphiql else ()),
            *(account_routes() if settings.serves_account_pages else ()),
        ],
        middleware=_middleware(settings, engine, metrics),
        exception_handlers={HTTPException: _http_error},
        lifespan=lifespan,
    )
    app.state.metrics, app.state.telemetry, app.state.stopping = metrics, telemetry, stopping
    app.state.shared = {LOBBY: _lobby(settings, engine), INTAKE: intake}  # with the protocols of the server
    return app


def _endpoints(
    settings: Settings, services: Services, engine: Engine, intake: Intake
) -> tuple[GraphQLEndpoint, GraphQLSocketEndpoint]:
    """Where documents come in, over HTTP and over WebSockets."""
    trusted = trusted_documents(settings, engine)
    page = graphiql_page if settings.shows_graphiql else None
    limits, callers = _transport_limits(settings), _caller_limits(settings)
    origins = Origins([*listed(settings.allowed_origins), *listed(settings.cors_origins)])
    return (
        GraphQLEndpoint(engine, services, page, limits, callers.subscriptions, trusted, intake),
        GraphQLSocketEndpoint(engine, services, limits, callers, trusted, origins),
    )


def _inlets(settings: Settings, services: Services, intake: Intake) -> list[Route]:
    """By which records come in that are not GraphQL."""
    return [
        Route("/import", ImportEndpoint(services).answer, methods=["POST"], name="import"),
        incoming_webhook_route(settings, services, _transport_limits(settings), intake),
    ]


def _engine(settings: Settings, services: Services, telemetry: Telemetry, documents: DocumentCache | None) -> Engine:
    engine = Engine(
        build_schema(),
        services.limits,
        shows_schema=settings.shows_schema,
        max_operations=settings.max_operations_per_worker,
        watching=telemetry.watching,
        documents=documents,
    )
    give_api(services, engine)
    return engine


def _middleware(settings: Settings, engine: Engine, metrics: Metrics) -> list[Middleware]:
    """From the outermost on."""
    return [
        *proxies(settings),
        *cross_origin(settings),
        Middleware(Gate, engine.admission),
        Middleware(Boundary, metrics, settings.access_log, hosts_of(settings)),
    ]


def _lobby(settings: Settings, engine: Engine) -> Lobby:
    """Where requests wait for a place."""
    seconds = settings.admission_timeout.total_seconds()
    most, quick = settings.max_requests_waiting, settings.quick_requests_at_a_time
    return Lobby(engine.admission, seconds=seconds, most=most, quick=quick)


def _caller_limits(settings: Settings) -> CallerLimits:
    """What bounds each caller."""
    return CallerLimits(
        subscriptions=CallerLimit(settings.max_subscriptions_per_user, "subscriptions"),
        sockets=CallerLimit(settings.max_sockets_per_user, "sockets"),
    )


def _transport_limits(settings: Settings) -> TransportLimits:
    """What bounds each connection."""
    return TransportLimits(
        init_seconds=settings.socket_init_timeout.total_seconds(),
        heartbeat_seconds=settings.stream_heartbeat_interval.total_seconds(),
        max_body_bytes=settings.max_body_bytes,
        json=JsonLimits(settings.max_json_depth, settings.max_number_digits, settings.max_json_containers),
        max_message_bytes=settings.max_message_bytes,
        max_messages_per_minute=settings.max_messages_per_minute,
        max_operations=settings.max_operations_per_socket,
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
    body = error_json(message, {"code": code})
    return Response(body, int(status), error.headers, media_type="application/json")
