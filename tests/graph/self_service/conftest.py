"""A server that mails to an SMTP server of the test's own."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from pydantic import SecretStr

from resolvers.services import Services
from server.settings import Settings
from tests.support.jobs import working
from tests.support.mail import Postbox, receiving

PUBLIC_URL = "https://app.example.com"


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """Where the server's mails arrive."""
    with receiving() as postbox:
        yield postbox


@pytest.fixture
def settings(postbox: Postbox) -> Settings:
    """As those of every test, with the way to the postbox."""
    return Settings(
        secret_key=SecretStr("a secret for tests only, 32+ letters"),
        public_url=PUBLIC_URL,
        mail_from="Tablegraph <no-reply@example.com>",
        smtp_host=postbox.host,
        smtp_port=postbox.port,
        smtp_tls="none",
        max_guess_delay=timedelta(0),
        max_requests_per_minute=0,
        max_anonymous_requests_per_minute=0,
        mail_attempts=3,
        mail_retry_delay="PT0.05S",  # type: ignore[arg-type]  # as the environment has it
    )


@pytest.fixture(autouse=True)
async def worker(services: Services) -> AsyncIterator[None]:
    """What is posted is sent."""
    async with working(services):
        yield
