"""The action SEND_EMAIL, by a real SMTP server."""

import time
from collections.abc import Iterator

import pytest

from adapters.mail.local import NoMailer
from adapters.mail.smtp import SmtpMailer, SmtpServer
from resolvers.services import Services
from tests.graph.automations.actions.conftest import Run
from tests.support.automations import quick
from tests.support.mail import Postbox, html_of, receiving, text_of


@pytest.fixture
def postbox(services: Services) -> Iterator[Postbox]:
    """The server that takes the mails."""
    with receiving() as postbox:
        server = SmtpServer(postbox.host, postbox.port, "none")
        services.mailer = SmtpMailer(server, "Tablegraph <no-reply@example.com>")
        yield postbox


MAIL = {"to": "{{trigger.record.Email}}", "subject": "Welcome!", "body": "Hello {{trigger.record.Name}}"}
TRIGGER = {"record": {"Email": "ada@example.com", "Name": "<b>Ada</b> & Co"}}


async def test_the_example_of_the_readme(run: Run, postbox: Postbox) -> None:
    ended = await run([{"type": "SEND_EMAIL", "config": MAIL}], TRIGGER)
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    [mail] = postbox.arrived
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Welcome!")
    assert text_of(mail) == "Hello <b>Ada</b> & Co\n"
    assert mail.get_body(("html",)) is None
    assert mail["Message-ID"] == f"<{ended.id}.1@example.com>"
    assert ended.steps["1"]["input"]["body"] == "Hello <b>Ada</b> & Co"


async def test_values_in_html_are_escaped(run: Run, postbox: Postbox) -> None:
    config = {**MAIL, "body": "<p>Hello {{trigger.record.Name}}</p><p>Bye</p>", "html": True}
    assert (await run([{"type": "SEND_EMAIL", "config": config}], TRIGGER)).status == "SUCCEEDED"
    [mail] = postbox.arrived
    assert html_of(mail) == "<p>Hello &lt;b&gt;Ada&lt;/b&gt; &amp; Co</p><p>Bye</p>\n"
    assert text_of(mail) == "Hello <b>Ada</b> & Co\nBye\n"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<HEAD><title>No</title></head>a<br/>b <!-- <b>no --> c", "a\nb  c"),
        ("<style>p < b</style ><p class='x'>1 &lt; 2</p>1 < 2", "1 < 2\n1 < 2"),
        ("a<script>no", "a"),
        ("a<!-- no", "a"),
    ],
)
async def test_the_text_beside_html(run: Run, postbox: Postbox, html: str, text: str) -> None:
    assert (await run([{"type": "SEND_EMAIL", "config": {**MAIL, "body": html, "html": True}}], TRIGGER)).error is None
    assert text_of(postbox.arrived[0]) == f"{text}\n"


@pytest.mark.parametrize("part", ["<", "<!--", "<script ", "<br ", "<script>", "</script ", "<a", "a"])
async def test_no_html_takes_long(run: Run, postbox: Postbox, part: str) -> None:
    html = "<" + part * (90_000 // len(part))
    begun = time.process_time()
    assert (await run([{"type": "SEND_EMAIL", "config": {**MAIL, "body": html, "html": True}}], TRIGGER)).error is None
    assert time.process_time() - begun < 1


async def test_several_addresses_and_copies(run: Run, postbox: Postbox) -> None:
    config = {**MAIL, "to": ["a@example.com", "{{trigger.record.Email}}"], "cc": "c@example.com, d@example.com"}
    assert (await run([{"type": "SEND_EMAIL", "config": config}], TRIGGER)).status == "SUCCEEDED"
    [mail] = postbox.arrived
    assert (mail["To"], mail["Cc"]) == ("a@example.com, ada@example.com", "c@example.com, d@example.com")
    assert postbox.recipients == ["a@example.com", "ada@example.com", "c@example.com", "d@example.com"]


async def test_no_value_makes_a_header_of_its_own(run: Run, postbox: Postbox) -> None:
    config = {**MAIL, "subject": "{{trigger.record.Name}}"}
    trigger = {"record": {"Email": "ada@example.com", "Name": "Hi\r\nBcc: eve@example.com"}}
    assert (await run([{"type": "SEND_EMAIL", "config": config}], trigger)).status == "SUCCEEDED"
    [mail] = postbox.arrived
    assert (mail["Subject"], mail["Bcc"]) == ("Hi Bcc: eve@example.com", None)
    assert postbox.recipients == ["ada@example.com"]


async def test_what_is_no_address_fails(run: Run, postbox: Postbox) -> None:
    ended = await run([{"type": "SEND_EMAIL", "config": MAIL}], {"record": {"Email": "ada", "Name": ""}})
    assert ended.error == "Step 1 (SEND_EMAIL): to: 'ada' is no e-mail address."
    assert postbox.deliveries == 0


async def test_too_many_addresses_fail(run: Run, postbox: Postbox) -> None:
    many = [f"user{n}@example.com" for n in range(51)]
    ended = await run([{"type": "SEND_EMAIL", "config": {**MAIL, "to": many}}], TRIGGER)
    assert ended.error == "Step 1 (SEND_EMAIL): A mail has at most 50 addresses."
    assert postbox.deliveries == 0


async def test_a_server_that_says_later_is_asked_again(run: Run, postbox: Postbox, services: Services) -> None:
    services.limits = quick(services)
    postbox.refusal = "451 later"
    ended = await run([{"type": "SEND_EMAIL", "config": MAIL}], TRIGGER)
    assert (ended.status, ended.steps["1"]["attempt"], postbox.deliveries) == ("FAILED", 3, 3)
    assert (ended.error or "").startswith("Step 1 (SEND_EMAIL): The mail was not taken: ")


async def test_a_server_that_says_never_is_not(run: Run, postbox: Postbox) -> None:
    postbox.refusal = "550 no"
    ended = await run([{"type": "SEND_EMAIL", "config": MAIL}], TRIGGER)
    assert (ended.status, postbox.deliveries) == ("FAILED", 1)


async def test_a_server_that_sends_no_mail_says_so(run: Run, services: Services) -> None:
    services.mailer = NoMailer()
    ended = await run([{"type": "SEND_EMAIL", "config": MAIL}], TRIGGER)
    assert ended.error == "Step 1 (SEND_EMAIL): This server sends no mail: its operator has to set smtp_host."
