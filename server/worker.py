"""`tablegraph worker`: a process that works in the background and serves nobody but who watches it."""

import asyncio
import signal
from collections.abc import Callable

from adapters import migrations
from server.extensions import give_api
from server.lifetime import running_parts
from server.logs import configure_logs
from server.metrics import Metrics
from server.postgres import running_postgres
from server.probes import Probes
from server.services import make_services, open_database
from server.settings import Settings
from server.stopping import Stopping
from server.telemetry import Telemetry
from server.worker_port import WorkerPort
from server.working import Work


def work(settings: Settings, ready: Callable[[], None]) -> None:
    """Work until SIGINT or SIGTERM; `ready` is called once jobs are taken. Raises what `server.run.run` does."""
    configure_logs(settings)
    with running_postgres(settings) as url:
        asyncio.run(migrations.upgrade(url))
        asyncio.run(_work(settings, url, ready))


async def _work(settings: Settings, url: str, ready: Callable[[], None]) -> None:
    stopping = Stopping()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.end)
    services = make_services(settings, open_database(settings, url))
    metrics = Metrics(services, settings.max_metric_operations)
    metrics.watch(services.database, settings.pool_size)
    telemetry = Telemetry(settings, services.database, metrics)
    port = WorkerPort(settings.host, settings.worker_port, metrics, Probes(services.database, stopping))
    give_api(services)
    work = Work.of(settings, services, telemetry.job_watching, stopping.ending)
    parts = (metrics, telemetry, port, services.bus, services.instance, services.extensions, work)
    async with running_parts(services, parts, stopping.ending):
        ready()
        await stopping.ending.wait()
