"""The bus, over each carrier: who is woken by what is published, and what happens to those who wait when it fails."""

import logging
from uuid import uuid4

import pytest

from tests.adapters.bus.conftest import Way
from tests.adapters.bus.waking import connected, disconnected, woken
from tests.support.waiting import eventually


async def test_listeners_of_the_topic_are_woken_and_no_others(way: Way) -> None:
    bus, mine, other = way.bus(), uuid4(), uuid4()
    async with bus.running():
        await connected(bus)
        with bus.listening(mine) as first, bus.listening(mine) as second, bus.listening(other) as third:
            bus.publish(mine)
            assert await woken(first)
            assert await woken(second)
            assert not third.is_set()


async def test_another_process_is_woken(way: Way) -> None:
    here, there, topic, other = way.bus(), way.bus(), uuid4(), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with there.listening(topic) as event, there.listening(other) as idle:
            for _ in range(3):
                here.publish(topic)
                assert await woken(event)
                event.clear()
            assert not idle.is_set()
            await eventually(lambda: here.sent == 3)  # it is counted when the carrier has answered
    assert (here.sent, here.received, there.sent, there.received) == (3, 0, 0, 3)


async def test_a_process_is_not_woken_again_by_its_own_message(way: Way) -> None:
    here, there, topic, last = way.bus(), way.bus(), uuid4(), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with here.listening(topic) as event, here.listening(last) as end, there.listening(topic) as heard:
            here.publish(topic)
            assert await woken(event)
            event.clear()
            assert await woken(heard)
            there.publish(last)  # messages arrive in order, so the own one has come before
            assert await woken(end)
            assert not event.is_set()


async def test_topics_that_are_published_at_once_are_all_heard(way: Way) -> None:
    here, there = way.bus(), way.bus()
    topics = [uuid4() for _ in range(5_000)]  # more than a message has room for
    async with here.running(), there.running():
        await connected(here, there)
        with there.listening(topics[0]) as first, there.listening(topics[-1]) as last:
            for topic in topics * 3:
                here.publish(topic)
            assert await woken(first)
            assert await woken(last)
            await eventually(lambda: (here.sent, there.received) == (5_000, 5_000))


async def test_a_thousand_publications_of_a_topic_are_one_wake_up(way: Way) -> None:
    here, there, topic = way.bus(), way.bus(), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with there.listening(topic) as event:
            for _ in range(1_000):
                here.publish(topic)
            assert await woken(event)
            await eventually(lambda: here.sent > 0)  # it is counted when the carrier has answered
    assert (here.sent, there.received) == (1, 1)


async def test_nobody_listens_behind_the_block(way: Way) -> None:
    bus, topic = way.bus(), uuid4()
    with bus.listening(topic), bus.listening(topic):
        assert bus.listeners == 2
    assert bus.listeners == 0
    bus.publish(topic)


async def test_what_is_published_while_the_way_is_closed_wakes_this_process_only(way: Way) -> None:
    here, there, topic = way.bus(), way.bus(), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with here.listening(topic) as event, there.listening(topic) as missed:
            await way.proxy.close()
            await disconnected(here, there)
            for _ in range(3):
                here.publish(topic)
                assert await woken(event)
                event.clear()
            assert not missed.is_set()
            await way.proxy.open()
            await connected(here, there)
    assert (here.sent, there.received) == (0, 0)


async def test_whoever_listens_is_woken_when_the_way_is_open_again(way: Way) -> None:
    here, there, topic = way.bus(), way.bus(), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with here.listening(topic) as event, there.listening(topic) as other:
            for connections in (2, 3):
                await way.proxy.close()
                await disconnected(here, there)
                event.clear()
                other.clear()
                await way.proxy.open()
                assert await woken(event)
                assert await woken(other)
                await connected(here, there)
                assert (here.connections, there.connections) == (connections, connections)
            other.clear()
            here.publish(topic)
            assert await woken(other)


async def test_a_way_on_which_nothing_comes_through_is_given_up_for_another(way: Way) -> None:
    here, there, topic = way.bus(probe_seconds=0.2), way.bus(probe_seconds=0.2), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        with here.listening(topic) as event, there.listening(topic) as other:
            way.proxy.stall()
            here.publish(topic)
            assert await woken(event)
            await disconnected(here, there)
            way.proxy.flow()
            await connected(here, there)
            other.clear()
            here.publish(topic)
            assert await woken(other)


async def test_probes_keep_a_way_on_which_there_is_nothing_to_say(way: Way) -> None:
    bus = way.bus(probe_seconds=0.5)
    async with bus.running():
        await connected(bus)
        began = bus.last_heard
        await eventually(lambda: bus.last_heard > began + 1.6)  # longer than it would wait
    assert (bus.connections, bus.sent) == (1, 0)


async def test_a_bus_that_cannot_connect_warns_once_and_wakes_its_own_process(
    way: Way, caplog: pytest.LogCaptureFixture
) -> None:
    await way.proxy.close()
    bus, topic = way.bus(), uuid4()
    with caplog.at_level(logging.INFO, "adapters.bus"):
        async with bus.running():
            with bus.listening(topic) as event:
                for _ in range(50):
                    bus.publish(topic)
                    assert await woken(event)
                    event.clear()
            assert not bus.is_connected
            await way.proxy.open()
            await connected(bus)
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
    assert caplog.records[0].getMessage().startswith("the bus is not connected, and goes on trying: ")


async def test_messages_of_others_are_ignored(way: Way, caplog: pytest.LogCaptureFixture) -> None:
    here, there, topic = way.bus(), way.bus(), uuid4()
    async with here.running(), there.running():
        await connected(here, there)
        async with way.carrier().connected(lambda _: None, lambda: None) as send:
            await send(["nonsense", "x" * 64])
        with there.listening(topic) as event:
            here.publish(topic)
            assert await woken(event)
    assert (here.connections, there.connections) == (1, 1)
    assert [record.levelname for record in caplog.records if record.name.startswith("adapters.bus")] == ["WARNING"] * 4
