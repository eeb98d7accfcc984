"""`tablegraph worker`: it does what servers leave to it, and ends when it is told to."""

from collections.abc import Iterator

import pytest

from adapters.database import Database
from adapters.mail import Mail
from resolvers.mailing.posting import post
from resolvers.services import Services
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
    with a_worker(database_url, **sending) as worker:
        await until_idle(database)
        worker.terminate()
        assert worker.wait(SECONDS) == 0
    assert postbox.recipients == ["ada@example.com"]
    assert await queued(database) == []
