"""The example of the README: a mail for each new record, by a real SMTP server."""

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from adapters.jobs import Pace
from adapters.mail.smtp import SmtpMailer, SmtpServer
from resolvers.services import Services
from server.working import Work
from tests.support.api import Api
from tests.support.mail import Postbox, receiving, text_of
from tests.support.tables import create_records, make_table

README = Path(__file__).parents[3] / "README.md"
FIELDS = [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER", "options": {"precision": 2}}]


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    """Where mail arrives."""
    with receiving() as postbox:
        yield postbox


@pytest.fixture(autouse=True)
async def work(services: Services, postbox: Postbox) -> AsyncIterator[None]:
    """The server works in the background, and mails to the postbox."""
    services.mailer = SmtpMailer(
        SmtpServer(postbox.host, postbox.port, tls="none"), "Tablegraph <no-reply@example.com>"
    )
    async with services.bus.running(), Work(services, Pace()).running():
        yield


async def test_a_mail_is_sent_for_each_new_record(api: Api, postbox: Postbox) -> None:
    owner = await api.register("ada@example.com")
    table = await make_table(api, FIELDS, owner=owner)
    section = README.read_text().partition("\n## Automations\n")[2]
    example = re.search(r"```graphql\n(.*?)```", section, re.DOTALL)
    assert example is not None
    made = (await api.execute(example[1], {"table": table.id}, as_=owner)).ok["createAutomation"]["automation"]
    assert made["isEnabled"] is True
    await postbox.mails(1)  # to the owner, who is asked to confirm the address
    postbox.arrived.clear()
    await create_records(api, table, [{"Name": "Bolt M8", "Price": 0.35}, {"Name": "Nut", "Price": 2}])
    mails = {mail["Subject"]: text_of(mail).strip() for mail in await postbox.mails(2)}
    assert mails == {
        "New part: Bolt M8": "ada@example.com has added Bolt M8\nfor 0.35.",
        "New part: Nut": "ada@example.com has added Nut\nfor 2.00.",
    }
    assert {mail["To"] for mail in postbox.arrived} == {"buyer@example.com"}
