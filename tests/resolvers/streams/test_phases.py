"""What happens to a stream while it begins, waits, overflows and ends: nothing is lost, and nothing is left behind."""

import asyncio
import random
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from domain.changes.cursor import EventCursor, read_cursor
from domain.changes.selection import EventProperty, EventValue, RecordEventType
from domain.errors import NotFound
from domain.fields.operators import FilterOperator
from domain.records.filters import Filter, Leaf
from resolvers.context import RequestContext
from resolvers.services import Services
from resolvers.streams.feed import Feed
from resolvers.streams.log_stream import LogStream
from resolvers.streams.record_events import Event, RecordEventSelection
from tests.support.api import Api
from tests.support.catalog import add_field, mutate
from tests.support.records import Records
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

SECONDS = 20


async def start(
    context: RequestContext, table: MadeTable, after: str | None = None, filter: Filter | None = None
) -> AsyncGenerator[Event, None]:
    """A stream that may begin; its events are the ids of records."""
    members = (EventValue("recordId", EventProperty.RECORD_ID),)
    selection = RecordEventSelection(table.id, members, filter, frozenset(RecordEventType))
    cursor: EventCursor | None = None if after is None else read_cursor(after)
    stream = LogStream(context, selection, cursor)
    await stream.start()
    return stream.events()


async def now(records: Records) -> str:
    cursor: str = (await records.page(selection="eventCursor")).ok["records"]["eventCursor"]
    return cursor


async def create(records: Records, count: int) -> list[str]:
    """Ids of new records, as events show them."""
    made = (await records.create_all([{"Name": str(n)} for n in range(count)])).ok["createRecords"]["records"]
    return [f'{{"recordId":"{record["id"]}"}}' for record in made]


async def take(events: AsyncGenerator[Event, None], count: int) -> list[str]:
    async with asyncio.timeout(SECONDS):
        return [(await anext(events)).json for _ in range(count)]


def feed_of(services: Services) -> Feed:
    [feed] = services.streams._feeds.values()
    return feed


def joined(services: Services) -> int:
    """How many subscribers are in groups, and get what comes."""
    return sum(len(group.subscribers) for feed in services.streams._feeds.values() for group in feed.groups.values())


async def assert_nothing_is_left(services: Services) -> None:
    await eventually(lambda: services.streams.feeds == 0)
    await eventually(lambda: services.database.connections_in_use == 0)
    assert services.streams.turns._value == services.database.pool_size // 2
    assert services.streams.looks._value == services.database.pool_size // 4


async def test_who_waits_for_a_look_that_ends_the_feed_is_told(
    running: Services, api: Api, context: RequestContext, table: MadeTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = [asyncio.ensure_future(anext(await start(context, table)))]
    await eventually(lambda: running.streams.feeds == 1 and feed_of(running).looks > 0)
    feed = feed_of(running)
    original, has_begun, go_on = feed.news, asyncio.Event(), asyncio.Event()

    async def slow_news(viewers: list[Any]) -> Any:
        has_begun.set()
        await go_on.wait()
        return await original(viewers)

    monkeypatch.setattr(feed, "news", slow_news)
    streams.append(asyncio.ensure_future(anext(await start(context, table))))
    await has_begun.wait()
    assert (await mutate(api, "deleteTable", "deletedId", {"id": table.id}, as_=table.owner)).ok
    go_on.set()
    async with asyncio.timeout(SECONDS):
        for stream in streams:
            with pytest.raises(NotFound):
                await stream
    await assert_nothing_is_left(running)


async def test_a_stream_that_is_closed_has_left_its_group_at_once(
    running: Services, context: RequestContext, records: Records, table: MadeTable
) -> None:
    cursor = await now(records)
    events = await start(context, table, cursor)
    for _ in range(2):
        made = await create(records, 1)
        assert await take(events, 1) == made
    [group] = feed_of(running).groups.values()
    assert len(group.subscribers) == 1
    await events.aclose()
    assert group.is_closed
    await assert_nothing_is_left(running)


async def test_a_right_that_is_lost_ends_the_stream_within_a_batch(
    running: Services,
    context: RequestContext,
    records: Records,
    table: MadeTable,
    pg: "asyncpg.Connection[asyncpg.Record]",
) -> None:
    cursor = await now(records)
    made = await create(records, 50)
    for after in (cursor, None):
        events = await start(context, table, after)
        if after is None:
            first = asyncio.ensure_future(anext(events))
            await eventually(lambda: joined(running) == 1)
            made = await create(records, 50)
            assert (await first).json == made[0]
        else:
            assert await take(events, 1) == made[:1]
        await pg.execute("DELETE FROM workspace_members")
        await running.streams.look_around()
        await eventually(lambda: feed_of(running).looks > 0)
        await feed_of(running).look()
        with pytest.raises(NotFound):
            await take(events, 1)
        await pg.execute(
            "INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ($1, $2, $3, 'OWNER')",
            table.id,
            table.workspace_id,
            table.owner.id,
        )
    await assert_nothing_is_left(running)


async def test_who_comes_back_while_a_look_that_missed_them_is_under_way_stays(
    running: Services,
    context: RequestContext,
    records: Records,
    table: MadeTable,
    pg: "asyncpg.Connection[asyncpg.Record]",
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gone = asyncio.ensure_future(anext(await start(context, table)))
    await eventually(lambda: running.streams.feeds == 1 and feed_of(running).looks > 0)
    feed = feed_of(running)
    original, has_looked, go_on = feed.news, asyncio.Event(), asyncio.Event()

    async def slow_news(viewers: list[Any]) -> Any:
        found = await original(viewers)
        has_looked.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(feed, "news", slow_news)
    members = await pg.fetch("DELETE FROM workspace_members RETURNING id, workspace_id, user_id, role")
    feed.wake()
    await has_looked.wait()
    await pg.execute(
        "INSERT INTO workspace_members (id, workspace_id, user_id, role) VALUES ($1, $2, $3, $4)", *members[0]
    )
    back = asyncio.ensure_future(anext(await start(context, table)))
    await eventually(lambda: sum(map(len, feed._followers.values())) == 2)
    go_on.set()
    with pytest.raises(NotFound):
        await gone
    await eventually(lambda: joined(running) == 1)
    made = await create(records, 1)
    assert (await back).json == made[0]


async def test_a_field_that_a_stale_look_does_not_know_ends_no_stream(
    running: Services, api: Api, context: RequestContext, records: Records, table: MadeTable
) -> None:
    waiting = asyncio.ensure_future(anext(await start(context, table)))
    await eventually(lambda: running.streams.feeds == 1 and feed_of(running).looks > 0)
    base = running.metadata._bases[table.base_id]
    await add_field(api, table, name="Later", type="TEXT")
    leaf = Filter(Leaf("Later", FilterOperator.EQ, is_null=False), ("x",))
    events = await start(context, table, filter=leaf)
    running.metadata.keep(base)  # somebody's load of what was there before has taken longer
    first = asyncio.ensure_future(anext(events))
    await eventually(lambda: joined(running) == 2)
    made = (await records.create({"Later": "x"})).ok["createRecord"]["record"]["id"]
    async with asyncio.timeout(SECONDS):
        assert (await first).json == (await waiting).json == f'{{"recordId":"{made}"}}'


@pytest.mark.parametrize("seed", range(4))
async def test_streams_that_are_cut_off_anywhere_lose_nothing_and_leave_nothing(
    seed: int, running: Services, context: RequestContext, records: Records, table: MadeTable
) -> None:
    running.limits = replace(running.limits, events_per_read=3, max_queued_events=4)
    choice = random.Random(seed)
    begin, made, is_over = await now(records), [], False

    async def follow() -> list[str]:
        """The events of one reader, which is cancelled over and over and goes on behind the last one."""
        cursor, seen = begin, []
        while not is_over or seen != made:
            events = await start(context, table, cursor)
            with suppress(TimeoutError):
                async with asyncio.timeout(choice.choice([0.001, 0.003, 0.01, 0.05])), aclosing(events):
                    async for event in events:
                        seen.append(event.json)
                        cursor = event.cursor.encode()
        return seen

    readers = [asyncio.create_task(follow()) for _ in range(8)]
    for _ in range(25):
        made += await create(records, choice.choice([1, 1, 2, 7, 20]))
        await asyncio.sleep(choice.choice([0, 0.002, 0.02]))
        for group in [group for feed in running.streams._feeds.values() for group in feed.groups.values()]:
            for subscriber in list(group.subscribers):
                if choice.random() < 0.2:
                    subscriber.overflow()
                    group.subscribers.discard(subscriber)
    is_over = True
    async with asyncio.timeout(2 * SECONDS):
        for reader in readers:
            assert await reader == made
    await assert_nothing_is_left(running)
