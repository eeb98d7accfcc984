"""An SMTP server that is down, slow or unwilling: nobody notices, and the mail comes later or is logged."""

import asyncio
import socket
import time
from collections.abc import Iterator

import asyncpg
import pytest
import structlog

from adapters.mail.smtp import SmtpMailer, SmtpServer
from resolvers.services import Services
from tests.graph.self_service.documents import ask_for_reset
from tests.support.api import Api
from tests.support.jobs import queued, until_idle
from tests.support.mail import Postbox, receiving
from tests.support.waiting import eventually


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """The way to a server that is not there: its port is bound, and nobody listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield Postbox("127.0.0.1", bound.getsockname()[1])


async def test_accounts_are_made_while_no_mail_is_taken(api: Api, services: Services) -> None:
    with structlog.testing.capture_logs() as logs:
        await api.register("ada@example.com")
        assert (await ask_for_reset(api, "ada@example.com")).codes == []
        await until_idle(services.database)

    given_up = [each for each in logs if each["event"] == "a mail was given up"]
    assert sorted((each["to"], each["subject"], each["attempt"]) for each in given_up) == [
        ("ada@example.com", "Choose a new password", 3),
        ("ada@example.com", "Confirm your e-mail address", 3),
    ]
    assert "token=" not in str(logs)


async def test_a_server_that_does_not_answer_delays_nobody(api: Api, services: Services) -> None:
    class Hanging:
        """A mailer whose server keeps it waiting."""

        async def send(self, _: object) -> None:
            await asyncio.Event().wait()

    services.mailer = Hanging()
    began = time.monotonic()

    for n in range(10):
        await api.register(f"user{n}@example.com")

    assert time.monotonic() - began < 5
    assert len(await queued(services.database)) == 10


async def test_a_mail_comes_once_the_server_is_back(api: Api, services: Services) -> None:
    with receiving() as late:
        late.refusal = "451 come back later"
        services.mailer = SmtpMailer(SmtpServer(late.host, late.port, "none"), "Tablegraph <no-reply@example.com>")
        await api.register("ada@example.com")
        await eventually(lambda: late.deliveries >= 1)
        late.refusal = None

        await late.mails(1)


async def test_what_is_rolled_back_is_not_mailed(api: Api, services: Services) -> None:
    document = """
        mutation ($a: RegisterInput!) {
          a: register(input: $a) { user { id } }
          b: register(input: $a) { user { id } }
        }
    """
    input = {"email": "ada@example.com", "password": "a long password of mine"}

    assert (await api.execute(document, {"a": input})).codes == ["DUPLICATE_VALUE"]

    assert await queued(services.database) == []


async def test_a_mail_survives_the_process_and_is_sealed_meanwhile(
    api: Api, services: Services, pg: asyncpg.Connection
) -> None:
    """The process that took the request may end before it could send anything: the mail waits for the next one."""

    class Ended:
        """A mailer that never comes to it."""

        async def send(self, _: object) -> None:
            raise OSError("ended")

    services.mailer = Ended()
    await api.register("ada@example.com")
    payload = await pg.fetchval("SELECT convert_from(payload, 'UTF8') FROM jobs.pgqueuer WHERE entrypoint = 'mail'")
    assert payload.startswith('{"sealed":"')
    assert "ada@example.com" not in payload
    with receiving() as later:
        services.mailer = SmtpMailer(SmtpServer(later.host, later.port, "none"), "Tablegraph <no-reply@example.com>")
        await later.mails(1)
        assert later.recipients == ["ada@example.com"]
