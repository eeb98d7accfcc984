"""`tablegraph worker`: it does what servers leave to it, and ends when it is told to."""

import asyncio
from collections.abc import Iterator

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from adapters.database import Database
from adapters.mail import Mail
from resolvers.mailing.posting import post
from resolvers.services import Services
from tests.support.collector import collecting
from tests.support.jobs import queued, until_idle
from tests.support.mail import Postbox, receiving
from tests.support.program import SECONDS, a_worker


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


async def put(services: Services, *addresses: str) -> None:
    """Mails, committed."""
    async with services.database.transaction() as unit:
        for address in addresses:
            await post(unit, services, Mail(address, "Hello", "Hello", "<p>Hello</p>"))


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
