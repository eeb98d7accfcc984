"""What uvicorn loads in each process that serves: `server.asgi:create`, with settings from the environment."""

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from multiprocessing import parent_process

from starlette.applications import Starlette

from adapters.audit_upkeep import AuditUpkeep
from adapters.function_call_upkeep import FunctionCallUpkeep
from adapters.log_upkeep import LogUpkeep
from adapters.session_upkeep import SessionUpkeep
from adapters.webhook_upkeep import WebhookUpkeep
from resolvers.services import Services
from server.app import create_app
from server.lifetime import running_parts
from server.logs import configure_logs
from server.services import make_services, open_database
from server.settings import Settings
from server.working import Work


def create() -> Starlette:
    """The application of one serving process; raises `SettingsError` for settings that it cannot serve with."""
    settings = Settings()
    if settings.database_url is None:
        raise RuntimeError("DATABASE_URL is not set; `tablegraph run` starts the embedded PostgreSQL and sets it.")
    configure_logs(settings)
    services = make_services(settings, open_database(settings, settings.database_url))
    app = create_app(settings, services, lambda app: _lifespan(app, settings, services))
    _relieve_collector()
    return app


def _relieve_collector() -> None:
    """Spare the cyclic collector what it can never free; see also `server`."""
    gc.collect()
    gc.freeze()  # what is here now stays; looking through it again stopped everything for 100 ms every 2,000 requests


@asynccontextmanager
async def _lifespan(app: Starlette, settings: Settings, services: Services) -> AsyncIterator[dict[str, object]]:
    asyncio.get_running_loop().set_debug(settings.debug)
    ending = app.state.stopping.ending
    parts = (
        LogUpkeep(services.database, settings.change_retention),
        _session_upkeep(settings, services),
        AuditUpkeep(services.database, lambda: services.retention.audit_retention),
        WebhookUpkeep(services.database, lambda: services.limits.webhook_log_retention),
        app.state.metrics,
        app.state.telemetry,  # it ends behind all that it tells of, the last jobs among them
        services.bus,
        services.instance,
        services.streams,
        services.presence,
        services.constraints,
        services.view_indexes,
        FunctionCallUpkeep(services.database, settings.function_call_retention),
        services.extensions,
        *((Work.of(settings, services, app.state.telemetry.job_watching, ending),) if settings.runs_jobs else ()),
    )
    async with running_parts(services, parts, ending):
        with app.state.stopping.announced(settings.drain_seconds), _ending_with_parent():
            yield app.state.shared


def _session_upkeep(settings: Settings, services: Services) -> SessionUpkeep:
    return SessionUpkeep(
        services.database, settings.session_idle_timeout, settings.session_retention, settings.access_token_lifetime
    )


@contextmanager
def _ending_with_parent() -> Iterator[None]:
    """Stop this worker when the process that started it is killed; it would hold the port for ever."""
    parent = parent_process()
    if parent is None:
        yield
        return
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.remove_reader(parent.sentinel)  # which can be read from now on
        os.kill(os.getpid(), signal.SIGINT)  # without the time for a load balancer: the next one wants the port

    loop.add_reader(parent.sentinel, end)
    try:
        yield
    finally:
        loop.remove_reader(parent.sentinel)
