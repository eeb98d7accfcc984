"""The outbox: nobody waits for it, it tries again, it has an end."""

import asyncio

import structlog

from adapters.mail import Mail, MailFailed, Outbox
from tests.support.waiting import eventually

MAIL = Mail("ada@example.com", "Hello", "secret link\n", "<p>secret link</p>\n")


class Faulty:
    """A mailer that fails a number of times, or hangs until it is released."""

    def __init__(self, failures: int = 0, *, is_permanent: bool = False, hangs: bool = False) -> None:
        self.failures = failures
        self.is_permanent = is_permanent
        self.release = asyncio.Event()
        if not hangs:
            self.release.set()
        self.tries = 0
        self.sent: list[Mail] = []

    async def send(self, mail: Mail) -> None:
        self.tries += 1
        await self.release.wait()
        if self.tries <= self.failures:
            raise MailFailed("no", is_permanent=self.is_permanent)
        self.sent.append(mail)


async def test_a_mail_is_tried_until_it_is_taken() -> None:
    mailer = Faulty(failures=2)
    outbox = Outbox(mailer, attempts=3, pause_seconds=0.01)

    outbox.post(MAIL)
    await outbox.settle(5)

    assert (mailer.tries, mailer.sent) == (3, [MAIL])


async def test_a_mail_is_given_up_and_its_text_is_not_logged() -> None:
    mailer = Faulty(failures=9)
    outbox = Outbox(mailer, attempts=2, pause_seconds=0.01)

    with structlog.testing.capture_logs() as logs:
        outbox.post(MAIL)
        await outbox.settle(5)

    assert (mailer.tries, mailer.sent, outbox.waiting) == (2, [], 0)
    assert [(each["log_level"], each["event"], each["attempt"]) for each in logs] == [
        ("warning", "a mail was not taken, it is tried again", 1),
        ("error", "a mail was given up", 2),
    ]
    assert "secret" not in str(logs)


async def test_what_failed_for_good_is_not_tried_again() -> None:
    mailer = Faulty(failures=9, is_permanent=True)
    outbox = Outbox(mailer, attempts=5, pause_seconds=0.01)

    outbox.post(MAIL)
    await outbox.settle(5)

    assert mailer.tries == 1


async def test_the_pauses_grow() -> None:
    mailer = Faulty(failures=3)
    outbox = Outbox(mailer, attempts=4, pause_seconds=0.02)
    began = asyncio.get_running_loop().time()

    outbox.post(MAIL)
    await outbox.settle(5)

    assert asyncio.get_running_loop().time() - began >= 0.02 + 0.04 + 0.08
    assert mailer.sent == [MAIL]


async def test_more_than_may_wait_are_dropped_and_logged() -> None:
    mailer = Faulty(hangs=True)
    outbox = Outbox(mailer, most=10)

    with structlog.testing.capture_logs() as logs:
        for _ in range(12):
            outbox.post(MAIL)
    await eventually(lambda: mailer.tries == 4)
    assert outbox.waiting == 10
    mailer.release.set()
    await outbox.settle(5)

    assert [each["event"] for each in logs] == ["too many mails are waiting, one is lost"] * 2
    assert mailer.sent == [MAIL] * 10


async def test_a_mail_is_composed_behind_the_back() -> None:
    mailer = Faulty()
    outbox = Outbox(mailer)
    release = asyncio.Event()

    async def compose() -> Mail | None:
        await release.wait()
        return MAIL

    async def none() -> Mail | None:
        return None

    outbox.post_composed(compose)
    outbox.post_composed(none)
    release.set()
    await outbox.settle(5)

    assert mailer.sent == [MAIL]


async def test_mails_under_way_are_sent_before_the_process_stops() -> None:
    mailer = Faulty(failures=1)
    outbox = Outbox(mailer, pause_seconds=0.05)

    async with outbox.running():
        outbox.post(MAIL)

    assert mailer.sent == [MAIL]


async def test_a_fault_is_logged_and_stops_nobody_else() -> None:
    mailer = Faulty()
    outbox = Outbox(mailer)

    async def broken() -> Mail | None:
        raise KeyError("link")

    with structlog.testing.capture_logs() as logs:
        outbox.post_composed(broken)
        outbox.post(MAIL)
        await outbox.settle(5)
        await asyncio.sleep(0)

    assert [each["event"] for each in logs] == ["a mail was lost to a fault of the server"]
    assert (mailer.sent, outbox.waiting) == ([MAIL], 0)
