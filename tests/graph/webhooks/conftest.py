"""A table, a target, and a server that may reach it and works in the background."""

from collections.abc import AsyncIterator, Iterator

import pytest

from adapters.mail.smtp import SmtpMailer, SmtpServer
from resolvers.services import Services
from tests.support.api import Api
from tests.support.mail import Postbox, receiving
from tests.support.tables import MadeTable, make_table
from tests.support.targets import Target, answering, serving
from tests.support.webhooks import at_work, let_out


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name, a price and a state."""
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}, {"name": "State", "type": "TEXT"}]
    return await make_table(api, fields)


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    """A target that takes everything."""
    async with serving(answering("200 OK", b"thanks")) as target:
        yield target


@pytest.fixture
def reachable(services: Services) -> Services:
    """Services whose requests may go to targets of this machine."""
    let_out(services)
    services.limits = services.limits.__class__(webhook_retry_seconds="0,0")
    return services


@pytest.fixture
async def work(reachable: Services) -> AsyncIterator[None]:
    """The work in the background."""
    async with at_work(reachable):
        yield


@pytest.fixture
def postbox(services: Services) -> Iterator[Postbox]:
    """Where mail arrives."""
    with receiving() as postbox:
        server = SmtpServer(postbox.host, postbox.port, tls="none")
        services.mailer = SmtpMailer(server, "Tablegraph <no-reply@example.com>")
        yield postbox
