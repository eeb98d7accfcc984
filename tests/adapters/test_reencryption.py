"""Sealing anew what former secret keys have sealed: all of it, once, beside whoever else writes it."""

import asyncio
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import orjson
import pytest

from adapters import reencryption
from adapters.database import Database
from adapters.jobs import Job, enqueue
from adapters.reencryption import Found, reencrypt
from adapters.sealed_tables import SEALED_TABLES
from adapters.sealing import Seal
from models import (
    Authenticator,
    FunctionCall,
    Identity,
    IncomingWebhook,
    Model,
    OAuthRequest,
    Timer,
    User,
    Webhook,
)
from tests.support.waiting import eventually

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

OLD, OLDER, NEW = "n0Tc-4kWzQ_s8JrUe3YbMx6LhPgVdA2F", "an older one of 32+ characters, 1", "kJ8-2mPq_vX0zLr4TtYw9sNb"
BEFORE, OLDEST = Seal(OLD, "tests"), Seal(OLDER, "tests")
BETWEEN = Seal(NEW, "tests", former=[OLD, OLDER])
AFTER = Seal(NEW, "tests")
LOST = Seal("a key that nobody has any more, 32+", "tests")


async def people(database: Database, count: int, *, seal: Seal = BEFORE) -> list[UUID]:
    """Users with an app that makes codes, whose secrets are sealed by this; in the order of their ids."""
    ids = sorted(uuid4() for _ in range(count))
    async with database.transaction() as unit:
        unit.session.add_all(User(id=id, email=f"{id}@example.com", password_hash="") for id in ids)
        await unit.session.flush()
        unit.session.add_all(Authenticator(user_id=id, secret=seal.close(f"of {id}"), last_step=0) for id in ids)
        await unit.session.flush()
    return ids


async def secrets_of(pg: Connection, seal: Seal) -> dict[UUID, str | None]:
    rows = await pg.fetch("SELECT user_id, secret FROM authenticators")
    return {row["user_id"]: seal.open(row["secret"]) for row in rows}


def of(found: list[Found], column: str) -> tuple[int, int, int]:
    [each] = [each for each in found if each.column == column]
    return each.present, each.former, each.unknown


APPS = "authenticators.secret"


@pytest.fixture
async def a_row_of_each(database: Database) -> None:
    """A row in each table that has sealed values; without what they belong to, which is of no interest here."""
    [user] = await people(database, 1)
    async with database.transaction() as unit:
        await unit.connection.execute("SET LOCAL session_replication_role = replica")
        unit.session.add_all([*_of_accounts(user), *_of_tables(user)])
        await unit.session.flush()
        mail = Job("mail", {"letter": "x", "sealed": OLDEST.close("text").decode()})
        await enqueue(unit.connection, [mail, Job("other")])


def _of_accounts(user: UUID) -> list[Model]:
    own: dict[str, Any] = {"id": uuid4(), "user_id": user, "provider": "a", "subject": "1"}
    return [
        Identity(**own, tokens=OLDEST.close("tokens")),
        OAuthRequest(
            state_hash=b"\xff",
            provider="a",
            sealed=OLDEST.close("nonce"),
            redirect_uri="",
            expires_at=datetime.now(UTC),
        ),
    ]


def _of_tables(user: UUID) -> list[Model]:
    arguments = OLDEST.close("{}")
    call: dict[str, Any] = {"function": "f", "extension": "e", "mode": "queued", "status": "queued", "depth": 1}
    webhook: dict[str, Any] = {"table_id": uuid4(), "name": "", "url": "", "events": [], "batch_seconds": 1}
    return [
        FunctionCall(id=uuid4(), **call, sealed_arguments=arguments),
        Timer(id=uuid4(), owner_id=user, name="", rule={}, missed_runs="", sealed_arguments=arguments),
        IncomingWebhook(id=uuid4(), table_id=uuid4(), name="", token_hash=b"1", sealed_secret=OLDEST.close("incoming")),
        Webhook(
            id=uuid4(),
            **webhook,
            batch_size=1,
            sealed_headers=OLDEST.close("{}"),
            sealed_secret=OLDEST.close("outgoing"),
            former_secret=OLDEST.close("before"),
        ),
    ]


async def everything_sealed(pg: Connection) -> dict[str, bytes]:
    found = {}
    for table in SEALED_TABLES:
        for row in await pg.fetch(f"SELECT * FROM {table.name}"):
            found |= {f"{table.name}.{column}": sealed for column, sealed in table.sealed_in(row)}
    return found


@pytest.mark.usefixtures("a_row_of_each")
async def test_every_sealed_column_is_sealed_anew_and_says_what_it_said(database: Database, pg: Connection) -> None:
    before = await everything_sealed(pg)
    found = await reencrypt(database, BETWEEN)
    again = await reencrypt(database, BETWEEN)
    after = await everything_sealed(pg)

    assert set(before) == {each.column for each in found}  # nothing was left without a test
    assert {name: AFTER.open(sealed) for name, sealed in after.items()} == {
        name: BETWEEN.open(sealed) for name, sealed in before.items()
    }
    assert None not in {AFTER.open(sealed) for sealed in after.values()}
    assert {(each.present, each.former, each.unknown) for each in found} == {(0, 1, 0)}
    assert {(each.present, each.former, each.unknown) for each in again} == {(1, 0, 0)}
    assert await everything_sealed(pg) == after  # what is right is not written
    mail = await pg.fetchval("SELECT payload FROM jobs.pgqueuer WHERE entrypoint = 'mail'")
    assert orjson.loads(mail)["letter"] == "x"


async def test_more_than_a_page_is_sealed_anew(
    database: Database, pg: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reencryption, "ROWS_AT_ONCE", 3)
    ids = await people(database, 7)

    found = await reencrypt(database, BETWEEN)

    assert of(found, APPS) == (0, 7, 0)
    assert await secrets_of(pg, AFTER) == {id: f"of {id}" for id in ids}


async def test_counting_changes_nothing(database: Database, pg: Connection) -> None:
    await people(database, 2)
    before = await pg.fetch("SELECT * FROM authenticators ORDER BY user_id")

    found = await reencrypt(database, BETWEEN, writes=False)

    assert of(found, APPS) == (0, 2, 0)
    assert await pg.fetch("SELECT * FROM authenticators ORDER BY user_id") == before


async def test_what_no_key_opens_is_named_and_left_as_it_is(database: Database, pg: Connection) -> None:
    [lost] = await people(database, 1, seal=LOST)
    [kept] = await people(database, 1)

    found = await reencrypt(database, BETWEEN)

    assert of(found, APPS) == (0, 1, 1)
    assert [each.unknown_keys for each in found if each.unknown] == [[str(lost)]]
    assert await secrets_of(pg, AFTER) == {lost: None, kept: f"of {kept}"}
    assert (await secrets_of(pg, LOST))[lost] == f"of {lost}"


async def test_two_at_once_seal_each_value_once(
    database: Database, pg: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reencryption, "ROWS_AT_ONCE", 5)
    ids = await people(database, 40)

    several = await asyncio.gather(*(reencrypt(database, BETWEEN) for _ in range(3)))

    assert sum(of(each, APPS)[1] for each in several) == 40
    assert [sum(of(each, APPS)) for each in several] == [40] * 3
    assert await secrets_of(pg, AFTER) == {id: f"of {id}" for id in ids}


async def test_what_somebody_else_writes_meanwhile_stays(database: Database, pg: Connection) -> None:
    """It was looked at before they wrote it, and is locked by them when it is to be written."""
    changed, gone, other = await people(database, 3)
    async with pg.transaction():
        await pg.execute("UPDATE authenticators SET secret = $2 WHERE user_id = $1", changed, AFTER.close("theirs"))
        await pg.execute("DELETE FROM authenticators WHERE user_id = $1", gone)
        running = asyncio.create_task(reencrypt(database, BETWEEN))
        await eventually(lambda: waits(database))
    found = await running

    assert of(found, APPS) == (1, 1, 0)
    assert await secrets_of(pg, AFTER) == {changed: "theirs", other: f"of {other}"}


@pytest.mark.usefixtures("a_row_of_each")
async def test_a_value_that_is_moved_meanwhile_is_sealed_anew_where_it_is(database: Database, pg: Connection) -> None:
    """`rotateWebhookSecret` copies a sealed value into another column of the row."""
    async with pg.transaction():
        await pg.execute(
            "UPDATE webhooks SET former_secret = sealed_secret, sealed_secret = $1", AFTER.close("the newest")
        )
        running = asyncio.create_task(reencrypt(database, BETWEEN))
        await eventually(lambda: waits(database))
    await running

    row = await pg.fetchrow("SELECT sealed_secret, former_secret FROM webhooks")
    assert row is not None
    assert [AFTER.open(sealed) for sealed in row] == ["the newest", "outgoing"]


async def test_rows_that_others_lock_in_another_order_are_tried_again(database: Database, pg: Connection) -> None:
    first, last = await people(database, 2)
    lock = "SELECT FROM authenticators WHERE user_id = $1 FOR UPDATE"
    async with pg.transaction():
        await pg.fetch(lock, last)
        running = asyncio.create_task(reencrypt(database, BETWEEN))
        await eventually(lambda: waits(database))  # for the last one, and the first is theirs
        await pg.fetch(lock, first)  # whoever waited longer is the one that PostgreSQL ends
        assert not running.done()
    found = await running

    assert of(found, APPS) == (0, 2, 0)
    assert None not in (await secrets_of(pg, AFTER)).values()


async def test_one_that_was_cut_off_is_gone_on_with(
    database: Database, pg: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reencryption, "ROWS_AT_ONCE", 1)
    ids = await people(database, 3)
    async with pg.transaction():
        await pg.fetch("SELECT FROM authenticators WHERE user_id = $1 FOR UPDATE", ids[1])
        running = asyncio.create_task(reencrypt(database, BETWEEN))
        await eventually(lambda: waits(database))
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert [text is None for _, text in sorted((await secrets_of(pg, AFTER)).items())] == [False, True, True]

    assert of(await reencrypt(database, BETWEEN), APPS) == (1, 2, 0)
    assert await secrets_of(pg, AFTER) == {id: f"of {id}" for id in ids}


async def waits(database: Database) -> bool:
    """Whether somebody waits for a lock on a row."""
    async with database.unit() as unit:
        waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        return bool(await unit.connection.fetchval(f"SELECT EXISTS ({waiting})"))
