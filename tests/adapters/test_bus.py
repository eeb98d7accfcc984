"""The bus: who is woken by what is published."""

import asyncio
from uuid import uuid4

from adapters.bus import Bus
from adapters.database import Database
from tests.support.waiting import SECONDS, eventually


async def woken(event: asyncio.Event) -> bool:
    """True, once the event is set."""
    async with asyncio.timeout(SECONDS):
        return await event.wait()


async def connected(*buses: Bus) -> None:
    """Return once all of them are connected."""
    await eventually(lambda: all(bus.is_connected for bus in buses))


async def test_listeners_of_the_topic_are_woken_and_no_others(database: Database) -> None:
    bus, mine, other = Bus(database), uuid4(), uuid4()
    async with bus.running():
        with bus.listening(mine) as first, bus.listening(mine) as second, bus.listening(other) as third:
            bus.publish(mine)
            assert await woken(first)
            assert await woken(second)
            assert not third.is_set()


async def test_another_process_is_woken(database: Database) -> None:
    here, there, topic = Bus(database), Bus(database), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with there.listening(topic) as event:
            for _ in range(3):
                here.publish(topic)
                assert await woken(event)
                event.clear()


async def test_a_process_is_not_woken_again_by_its_own_notification(database: Database) -> None:
    here, there, topic, last = Bus(database), Bus(database), uuid4(), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with here.listening(topic) as event, here.listening(last) as end, there.listening(topic) as heard:
            here.publish(topic)
            assert await woken(event)
            event.clear()
            assert await woken(heard)
            there.publish(last)  # notifications arrive in order, so the own one has come before
            assert await woken(end)
            assert not event.is_set()


async def test_topics_that_are_published_at_once_are_all_heard(database: Database) -> None:
    here, there = Bus(database), Bus(database)
    topics = [uuid4() for _ in range(500)]
    async with here.running(), there.running():
        await connected(here, there)
        with there.listening(topics[0]) as first, there.listening(topics[-1]) as last:
            for topic in topics * 20:
                here.publish(topic)
            assert await woken(first)
            assert await woken(last)


async def test_nobody_listens_behind_the_block(database: Database) -> None:
    bus, topic = Bus(database), uuid4()
    with bus.listening(topic), bus.listening(topic):
        assert bus.listeners == 2
    assert bus.listeners == 0
    bus.publish(topic)


async def test_a_bus_that_cannot_connect_wakes_its_own_process(database: Database) -> None:
    unreachable = Database("postgresql://nobody@127.0.0.1:1/nothing")
    bus, topic = Bus(unreachable), uuid4()
    async with bus.running():
        with bus.listening(topic) as event:
            bus.publish(topic)
            assert await woken(event)
        assert not bus.is_connected
    await unreachable.close()
