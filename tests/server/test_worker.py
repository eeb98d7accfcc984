"""`tablegraph worker`: it does what servers leave to it, and ends when it is told to."""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from adapters.database import Database
from adapters.mail import Mail
from resolvers.mailing.posting import post
from resolvers.services import Services
from tests.server.test_stopping import half_sent, received
from tests.support import targets
from tests.support.api import Api
from tests.support.collector import collecting
from tests.support.jobs import queued, until_idle
from tests.support.mail import Postbox, receiving
from tests.support.program import SECONDS, a_worker, serving
from tests.support.tables import create_records, make_table
from tests.support.targets import Target, answering
from tests.support.waiting import eventually
from tests.support.webhooks import let_out, make_webhook


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """Where mail arrives."""
    with receiving() as postbox:
        yield postbox


@pytest.fixture
def sending(services: Services, postbox: Postbox) -> dict[str, str]:
    """The environment of a worker that mails to the postbox; the server itself would, too."""
    services.mailer = object()  # type: ignore[assignment]  # it is not this process that sends
    return {
        "TABLEGRAPH_SMTP_HOST": postbox.host,
        "TABLEGRAPH_SMTP_PORT": str(postbox.port),
        "TABLEGRAPH_SMTP_TLS": "none",
        "TABLEGRAPH_JOB_TAKEOVER": "PT1S",
    }


@pytest.fixture
def delivering(services: Services, database_url: str) -> dict[str, str]:
    """The environment of a server over the database of `api` that sends to targets of this machine."""
    let_out(services)
    return {
        "DATABASE_URL": database_url,
        "TABLEGRAPH_SECRET_KEY": services.secret_key,
        "TABLEGRAPH_OUTGOING_NETWORKS": "127.0.0.0/8",
    }


async def put(services: Services, *addresses: str) -> None:
    """Mails, committed."""
    async with services.database.transaction() as unit:
        for address in addresses:
            await post(unit, services, Mail(address, "Hello", "Hello", "<p>Hello</p>"))


async def test_a_worker_answers_at_its_port(
    services: Services, database: Database, database_url: str, sending: dict[str, str]
) -> None:
    await put(services, "ada@example.com")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    with a_worker(database_url, TABLEGRAPH_WORKER_PORT=str(port), **sending) as worker:
        await until_idle(database)
        async with httpx.AsyncClient(base_url=address) as http:
            found = [await http.get(path) for path in ("/health", "/ready", "/metrics", "/graphql")]
        worker.terminate()
        assert await asyncio.to_thread(worker.wait, SECONDS) == 0
    assert [each.status_code for each in found] == [200, 200, 200, 404]
    assert found[1].json()["status"] == "ready"
    assert 'tablegraph_job_seconds_count{kind="mail",outcome="done"} 1.0' in found[2].text


async def test_a_server_that_ends_tells_of_its_last_jobs(api: Api, delivering: dict[str, str], tmp_path: Path) -> None:
    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2)
        await answering()(target, writer)

    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    with collecting() as collector:
        async with targets.serving(behave) as target:
            with serving(tmp_path, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **delivering) as server:
                await make_webhook(api, table, target.url("127.0.0.1"))
                await create_records(api, table, [{"Name": "Nut"}])
                await eventually(lambda: len(target.requests) == 1)
                server.terminate()
                await asyncio.to_thread(server.process.wait, SECONDS)
        spans = [span.name for span in collector.spans if span.kind == Span.SPAN_KIND_CONSUMER]
    assert spans == ["process webhook_delivery"]


async def test_requests_and_jobs_get_their_time_to_end_beside_each_other(
    api: Api, delivering: dict[str, str], tmp_path: Path
) -> None:
    async def behave(_: Target, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(2 * SECONDS)

    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    async with targets.serving(behave) as target:
        grace = {"TABLEGRAPH_SHUTDOWN_SECONDS": "8", "TABLEGRAPH_JOB_GRACE": "PT8S"}
        with serving(tmp_path, **delivering, **grace) as server:
            await make_webhook(api, table, target.url("127.0.0.1"))
            await create_records(api, table, [{"Name": "Nut"}])
            await eventually(lambda: len(target.requests) == 1)
            with half_sent(server) as connection:
                server.terminate()
                assert await asyncio.to_thread(server.process.wait, 15) == 0
                assert received(connection).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")


async def test_a_worker_does_what_waits_and_ends_when_it_is_told_to(
    services: Services, database: Database, database_url: str, sending: dict[str, str], postbox: Postbox
) -> None:
    await put(services, "ada@example.com")
    with collecting() as collector:
        with a_worker(database_url, OTEL_EXPORTER_OTLP_ENDPOINT=collector.url, **sending) as worker:
            await until_idle(database)
            worker.terminate()
            assert await asyncio.to_thread(worker.wait, SECONDS) == 0
        assert [span.name for span in collector.spans if span.kind == Span.SPAN_KIND_CONSUMER] == ["process mail"]
    assert postbox.recipients == ["ada@example.com"]
    assert await queued(database) == []
