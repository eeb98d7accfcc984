"""A follower that takes no events holds a bounded number of them, then gets the state in place of what it missed."""

from uuid import UUID

from domain.accounts.viewer import Viewer
from domain.presence.events import PresenceEventType
from resolvers.presence.rooms import Event, Members, Subscriber

ID = UUID("01a2139c-5c8c-8000-8000-3ce03da5cc63")
MOST = 2


def state(cursor: int) -> Members:
    return Members([{"connectionId": str(ID), "joinedAt": "1", "focus": None, "cursor": cursor}])


def move(cursor: int, members: Members) -> Event:
    return Event(PresenceEventType.CURSOR, "c", members.all[0], members)


def tell(subscriber: Subscriber, cursor: int) -> None:
    members = state(cursor)
    subscriber.tell([move(cursor, members)], members, "c", MOST)


async def take(subscriber: Subscriber, count: int) -> list[tuple[str, int]]:
    events = subscriber.events()
    taken = [await anext(events) for _ in range(count)]
    await events.aclose()
    return [(event.type.name, event.members.all[0]["cursor"]) for event in taken]


async def test_a_follower_that_keeps_up_gets_each_event() -> None:
    subscriber = Subscriber(Viewer(ID), ID)
    subscriber.begin("c", state(0))
    taken = await take(subscriber, 1)
    for cursor in (1, 2):
        tell(subscriber, cursor)

    assert taken + await take(subscriber, 2) == [("STATE", 0), ("CURSOR", 1), ("CURSOR", 2)]


async def test_a_follower_that_falls_behind_gets_the_newest_state() -> None:
    subscriber = Subscriber(Viewer(ID), ID)
    subscriber.begin("c", state(0))
    taken = await take(subscriber, 1)
    for cursor in range(1, 6):
        tell(subscriber, cursor)
    taken += await take(subscriber, 1)
    tell(subscriber, 6)

    assert taken + await take(subscriber, 1) == [("STATE", 0), ("STATE", 5), ("CURSOR", 6)]
