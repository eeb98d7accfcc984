"""The extensions of a process: loaded as the settings say, and given a client of the API."""

from adapters.extensions import Extensions, load_extensions
from graph.execution.engine import Engine
from graph.functions.client import InnerClient
from graph.schema import build_schema
from resolvers.services import Services
from server.settings import Settings
from server.settings_section import listed


def extensions_of(settings: Settings) -> Extensions:
    """Those that are installed and not disabled; raises `ExtensionsRefused`."""
    installed = load_extensions(listed(settings.disabled_extensions), listed(settings.required_extensions))
    seconds = settings.extension_timeout.total_seconds()
    return Extensions(installed, startup_seconds=seconds, threads=settings.extension_threads)


def give_api(services: Services, engine: Engine | None = None) -> None:
    """Have functions run operations by this engine; by one of their own in a process that serves nobody."""
    services.api = InnerClient(engine or Engine(build_schema(), services.limits), services)
