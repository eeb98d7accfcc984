"""What a target does, and what becomes of the message: tried again with the same id, until it is taken or given up."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial

import asyncpg
import pytest

from resolvers.services import Services
from tests.support.api import Api
from tests.support.mail import Postbox
from tests.support.tables import MadeTable, create_records
from tests.support.targets import Behaviour, Target, answering, serving
from tests.support.waiting import eventually
from tests.support.webhooks import (
    at_work,
    deliveries,
    got,
    let_out,
    make_webhook,
    messages,
    read_webhook,
    until_status,
    update_webhook,
)


async def hang(_: Target, __: asyncio.StreamWriter) -> None:
    """Never answers."""
    await asyncio.sleep(60)


async def drip(_: Target, writer: asyncio.StreamWriter) -> None:
    """A byte now and then, for ever."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.05)


async def flood(target: Target, writer: asyncio.StreamWriter) -> None:
    """A gigabyte."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    while target.sent < 1 << 30:
        writer.write(bytes(1 << 16))
        target.sent += 1 << 16
        await writer.drain()


async def close(_: Target, writer: asyncio.StreamWriter) -> None:
    """Hangs up."""
    writer.close()


def first_failing(count: int, status: str = "503 Busy") -> Behaviour:
    """Fails so many times, and then takes all."""

    async def behave(target: Target, writer: asyncio.StreamWriter) -> None:
        is_failing = len(target.requests) <= count
        await answering(status if is_failing else "204 No Content")(target, writer)

    return behave


async def has_sent(pg: asyncpg.Connection, count: int) -> bool:
    """Whether so many messages were taken."""
    statement = "SELECT count(*) FROM webhook_deliveries WHERE status = 'SUCCEEDED'"
    return bool(await pg.fetchval(statement) == count)


@pytest.mark.usefixtures("work")
async def test_a_message_is_tried_again_with_the_same_id_and_body(api: Api, table: MadeTable) -> None:
    async with serving(first_failing(2)) as target:
        made = await make_webhook(api, table, target)
        await create_records(api, table, [{"Name": "Bolt"}])

        [delivery] = await until_status(api, table, made["id"], "SUCCEEDED")

        assert len(messages(target)) == 3
        assert {(m.id, m.body) for m in messages(target)} == {(delivery["id"], delivery["body"].encode())}
    found = [(each["number"], each["statusCode"], each["error"]) for each in delivery["attempts"]]
    busy = "The target answered 503 (Service Unavailable)."
    assert found == [(1, 503, busy), (2, 503, busy), (3, 204, None)]
    assert (await read_webhook(api, table, made["id"]))["failingSince"] is None


@pytest.mark.usefixtures("work")
@pytest.mark.parametrize(
    ("behaviour", "status", "reason"),
    [
        (answering("500 Internal Server Error"), 500, "answered 500"),
        (answering("302 Found", b"", "Location: http://127.0.0.1:1/"), 302, "answered 302"),
        (answering("301 Moved", b"", "Location: http://localhost/admin"), 301, "answered 301"),
        (hang, None, "took too long"),
        (drip, None, "took too long"),
        (close, None, "did not answer as HTTP does"),
    ],
)
async def test_what_is_no_success_fails_after_all_tries(
    api: Api, services: Services, table: MadeTable, behaviour: Behaviour, status: int | None, reason: str
) -> None:
    let_out(services, read_timeout=0.3, total_timeout=0.6)
    async with serving(behaviour) as target:
        made = await make_webhook(api, table, target)
        await create_records(api, table, [{"Name": "Bolt"}])

        [delivery] = await until_status(api, table, made["id"], "FAILED")

        assert len(messages(target)) == 3
    assert delivery["attemptCount"] == 3
    assert {each["statusCode"] for each in delivery["attempts"]} == {status}
    assert all(reason in each["error"] for each in delivery["attempts"])
    assert (await read_webhook(api, table, made["id"]))["failingSince"] is not None


@pytest.mark.parametrize(("asked", "seconds"), [("120", 120), ("99999", 3_600)])
async def test_a_target_that_asks_for_time_is_given_it(
    api: Api, reachable: Services, table: MadeTable, asked: str, seconds: int
) -> None:
    limits = {"webhook_retry_seconds": "0", "max_webhook_retry_after": timedelta(hours=1)}
    reachable.limits = reachable.limits.__class__(**limits)
    async with serving(answering("503 Later", b"", f"Retry-After: {asked}")) as target, at_work(reachable):
        id = (await make_webhook(api, table, target))["id"]
        await create_records(api, table, [{"Name": "Nut"}])

        async def was_tried() -> bool:
            return [each["attemptCount"] for each in await deliveries(api, table, id)] == [1]

        await eventually(was_tried)
        [delivery] = await deliveries(api, table, id)
    pause = (datetime.fromisoformat(delivery["nextAttemptAt"]) - datetime.now(UTC)).total_seconds()
    assert seconds - 30 < pause <= seconds
    assert delivery["status"] == "PENDING"


@pytest.mark.usefixtures("work")
async def test_a_gigabyte_costs_nothing(api: Api, services: Services, table: MadeTable) -> None:
    async with serving(flood) as target:
        made = await make_webhook(api, table, target)
        await create_records(api, table, [{"Name": "Bolt"}])

        [delivery] = await until_status(api, table, made["id"], "SUCCEEDED")

        assert target.sent < 64 << 20
    [attempt] = delivery["attempts"]
    assert len(attempt["responseBody"]) == services.limits.max_webhook_logged_bytes


@pytest.mark.usefixtures("work")
async def test_nobody_listens(api: Api, table: MadeTable) -> None:
    made = await make_webhook(api, table, "http://hook.test:1999/in")
    await create_records(api, table, [{"Name": "Bolt"}])

    [delivery] = await until_status(api, table, made["id"], "FAILED")

    assert all("takes no connection" in each["error"] for each in delivery["attempts"])


async def test_a_name_that_leads_inside_is_never_connected_to(
    api: Api, services: Services, table: MadeTable, target: Target
) -> None:
    services.limits = services.limits.__class__(webhook_retry_seconds="0")
    let_out(services, networks=())  # the name leads to 127.0.0.1 whenever it is asked for
    made = await make_webhook(api, table, target)
    async with at_work(services):
        await create_records(api, table, [{"Name": "Bolt"}])
        [delivery] = await until_status(api, table, made["id"], "FAILED")

    assert messages(target) == []
    reason = (
        "hook.test does not lead to a public address, and no other is allowed. "
        "Who runs the server allows more by its setting outgoing_networks."
    )
    assert [each["error"] for each in delivery["attempts"]] == [reason, reason]


@pytest.mark.usefixtures("work")
async def test_a_target_that_is_gone_disables_its_webhook(api: Api, table: MadeTable, pg: asyncpg.Connection) -> None:
    async with serving(answering("410 Gone")) as target:
        made = await make_webhook(api, table, target)
        await create_records(api, table, [{"Name": "Bolt"}])

        [delivery] = await until_status(api, table, made["id"], "FAILED")

        assert len(messages(target)) == 1
    found = await read_webhook(api, table, made["id"])
    assert found["isEnabled"] is False
    assert found["disabledReason"] == "The target answered 410 (Gone): it wants nothing any more."
    actions = [row["action"] for row in await pg.fetch("SELECT action FROM audit_entries ORDER BY id")]
    assert actions[-1] == "webhook.disabled"
    assert delivery["attemptCount"] == 1


async def test_one_that_fails_for_long_is_disabled_and_its_owner_gets_a_mail(
    api: Api, reachable: Services, table: MadeTable, postbox: Postbox, pg: asyncpg.Connection
) -> None:
    reachable.limits = reachable.limits.__class__(webhook_retry_seconds="0,0", webhook_disable_after=timedelta(days=5))
    async with serving(first_failing(2, "500 No")) as target, at_work(reachable):
        made = await make_webhook(api, table, target)
        await create_records(api, table, [{"Name": "A"}])
        await until_status(api, table, made["id"], "SUCCEEDED")
        target.requests.clear()
        await pg.execute("UPDATE webhooks SET failing_since = now() - interval '5 days 1 second'")

        await create_records(api, table, [{"Name": "B"}])
        await eventually(lambda: len(target.requests) == 1)
        mail = await postbox.last(1)

        assert mail["To"] == table.owner.email
        assert mail["Subject"] == "A webhook was disabled"
        part = mail.get_body(("plain",))
        assert part is not None
        text = part.get_content()
        assert 'The webhook "Hook" of the table "Parts" was disabled:' in text
        assert "No message was taken for 5 days. The last answer: The target answered 500" in text
        await asyncio.sleep(0.3)
        assert len(target.requests) == 1

        target.requests.extend([b"", b""])  # so that it takes everything
        await create_records(api, table, [{"Name": "C"}])
        await update_webhook(api, table, made["id"], isEnabled=True)
        await until_status(api, table, made["id"], "SUCCEEDED", 3)
    assert await deliveries(api, table, made["id"], "PENDING") == []


async def test_two_workers_send_each_message_once(
    api: Api, reachable: Services, table: MadeTable, target: Target
) -> None:
    await make_webhook(api, table, target)
    async with at_work(reachable, count=2):
        ids = await create_records(api, table, [{"Name": str(n)} for n in range(300)])
        await got(target, 300)
        await asyncio.sleep(0.3)

    told = [m.json["data"]["recordId"] for m in messages(target)]
    assert len(told) == 300
    assert set(told) == set(ids)


async def test_the_connections_of_the_database_are_cut_and_nothing_is_lost(
    api: Api, reachable: Services, table: MadeTable, target: Target, pg: asyncpg.Connection
) -> None:
    await make_webhook(api, table, target)
    async with at_work(reachable):
        ids = []
        for n in range(5):
            ids += await create_records(api, table, [{"Name": f"{n} {m}"} for m in range(40)])
            await pg.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'tablegraph%' "
                "AND datname = current_database() AND pid <> pg_backend_pid()"
            )
            await asyncio.sleep(0.2)
        await eventually(partial(has_sent, pg, 200))

    told = {m.id: m.json["data"]["recordId"] for m in messages(target)}
    assert len(told) == 200
    assert set(told.values()) == set(ids)


async def test_what_a_worker_left_in_the_middle_comes_again_with_its_id(
    api: Api, reachable: Services, table: MadeTable, pg: asyncpg.Connection
) -> None:
    async with serving(hang) as target:
        await make_webhook(api, table, target)
        async with at_work(reachable):
            await create_records(api, table, [{"Name": "Bolt"}])
            await got(target, 1)
        first, *_ = messages(target)
    # the worker ended in the middle: what it left is taken over by another one
    async with serving(answering()) as other, at_work(reachable):
        await pg.execute("UPDATE webhooks SET url = $1", other.url())
        again = (await got(other, 1))[0]
    assert (again.id, again.body) == (first.id, first.body)


@pytest.mark.usefixtures("work")
async def test_headers_of_answers_are_kept_whatever_they_say(api: Api, table: MadeTable) -> None:
    async with serving(answering("200 OK", b"", "X-Odd: \\u0000", "X-Even: \\\\u0000")) as target:
        made = await make_webhook(api, table, target)
        await create_records(api, table, [{"Name": "Bolt"}])
        [delivery] = await until_status(api, table, made["id"], "SUCCEEDED")
    [attempt] = delivery["attempts"]
    assert (attempt["responseHeaders"]["x-odd"], attempt["responseHeaders"]["x-even"]) == ("\\u0000", "\\\\u0000")
    assert len(target.requests) == 1


async def test_a_target_that_hangs_holds_up_its_own_messages_alone(
    api: Api, reachable: Services, table: MadeTable, target: Target
) -> None:
    let_out(reachable, read_timeout=1, total_timeout=1)
    async with serving(hang) as stuck:
        await make_webhook(api, table, stuck)
        await make_webhook(api, table, target)
        async with at_work(reachable):
            await create_records(api, table, [{"Name": str(n)} for n in range(150)])
            await got(target, 150)
            tried = len(stuck.requests)

    assert tried <= 40


async def test_ten_thousand_events_are_ten_thousand_messages_once_each(
    api: Api, reachable: Services, table: MadeTable, target: Target, pg: asyncpg.Connection
) -> None:
    reachable.limits = reachable.limits.__class__(events_per_read=1_000)
    made = await make_webhook(api, table, target)
    async with at_work(reachable):
        ids = await create_records(api, table, [{"Name": str(n)} for n in range(10_000)])
        await eventually(partial(has_sent, pg, 10_000), seconds=240)

    told = [m.json["data"]["recordId"] for m in messages(target)]
    assert len(told) == 10_000
    assert set(told) == set(ids)
    assert len({m.id for m in messages(target)}) == 10_000
    assert await deliveries(api, table, made["id"], "PENDING") == []
