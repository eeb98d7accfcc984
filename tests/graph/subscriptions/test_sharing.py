"""Those who follow the same share its work; a slow one goes back to the log, and loses nothing."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

from resolvers.services import Services
from resolvers.streams.group import Group
from tests.graph.subscriptions.conftest import EVENTS
from tests.support.api import Api
from tests.support.catalog import add_member
from tests.support.records import Records
from tests.support.sockets import Socket, opened
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

FILTERED = """
    subscription ($table: ID!, $name: JSON, $and: [RecordFilter!]) {
      recordEvents(tableId: $table, filter: { field: "Name", operator: EQ, value: $name, and: $and }) { recordId }
    }
"""


def groups_of(services: Services) -> list[Group[Any]]:
    """All groups of the process."""
    return [group for feed in services.streams._feeds.values() for group in feed.groups.values()]


async def following(services: Services, count: int) -> None:
    """Wait until so many subscribers have joined."""
    await eventually(lambda: sum(len(group.subscribers) for group in groups_of(services)) == count)


async def test_the_same_operation_is_evaluated_once_for_all_users(
    services: Services, api: Api, address: str, records: Records, table: MadeTable
) -> None:
    people = [table.owner, await api.register(), await api.register()]
    for person in people[1:]:
        await add_member(api, table.owner, table.workspace_id, person, "VIEWER")
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(opened(address)) for _ in people * 2]
        for socket, person in zip(sockets, people * 2, strict=True):
            await socket.initialise(person)
            for i in range(3):
                await socket.subscribe(EVENTS, {"table": table.id}, f"s{i}")
        await following(services, 18)
        before = services.figures.evaluations
        made = (await records.create({"Name": "a"})).ok["createRecord"]["record"]["id"]
        for socket in sockets:
            messages = [await socket.receive() for _ in range(3)]
            assert {message["id"] for message in messages} == {"s0", "s1", "s2"}
            assert {message["payload"]["data"]["recordEvents"]["recordId"] for message in messages} == {made}
    assert services.figures.evaluations - before == 1


async def test_a_change_is_evaluated_for_those_alone_whose_value_it_brings_or_takes(
    services: Services, owner: Socket, records: Records, table: MadeTable
) -> None:
    for i in range(30):
        await owner.subscribe(FILTERED, {"table": table.id, "name": f"part {i}"}, f"s{i}")
    await following(services, 30)
    record = (await records.create({"Name": "elsewhere"})).ok["createRecord"]["record"]["id"]
    before = services.figures.evaluations
    await records.update(record, {"Name": "part 3"})
    assert (await owner.receive())["id"] == "s3"
    assert services.figures.evaluations - before == 1
    await records.update(record, {"Name": "part 7"})
    assert {(await owner.receive())["id"], (await owner.receive())["id"]} == {"s3", "s7"}
    await records.update(record, {"Price": 1})
    assert (await owner.receive())["id"] == "s7"
    assert services.figures.evaluations - before == 4


async def test_an_equality_among_other_conditions_leads_to_the_stream_too(
    services: Services, owner: Socket, records: Records, table: MadeTable
) -> None:
    condition = {"field": "Price", "operator": "GT", "value": 5}
    variables = {"table": str(table.id), "name": "in", "and": [condition]}
    await owner.send({"id": "f", "type": "subscribe", "payload": {"query": FILTERED, "variables": variables}})
    await following(services, 1)
    [group] = groups_of(services)
    assert group.interest is not None
    assert group.interest.field == table.fields["Name"]
    await records.create({"Name": "in", "Price": 5})
    made = (await records.create({"Name": "in", "Price": 6})).ok["createRecord"]["record"]["id"]
    assert (await owner.event("f"))["recordId"] == made


async def test_who_has_too_much_waiting_reads_the_log_again_without_loss(
    services: Services, owner: Socket, records: Records, table: MadeTable
) -> None:
    services.limits = replace(services.limits, max_queued_events=5, events_per_read=3)
    id = await owner.subscribe(EVENTS, {"table": table.id})
    await following(services, 1)
    made = []
    for size in (1, 40, 2, 25):
        batch = (await records.create_all([{}] * size)).ok["createRecords"]["records"]
        made += [record["id"] for record in batch]
    assert [(await owner.event(id))["recordId"] for _ in made] == made
    await following(services, 1)
    last = (await records.create({})).ok["createRecord"]["record"]["id"]
    assert (await owner.event(id))["recordId"] == last


async def test_a_subscriber_that_overflows_anywhere_goes_on_where_it_was(
    services: Services, owner: Socket, records: Records, table: MadeTable
) -> None:
    id = await owner.subscribe(EVENTS, {"table": table.id})
    await following(services, 1)
    made, seen = [], []
    for i in range(12):
        made.append((await records.create({"Name": str(i)})).ok["createRecord"]["record"]["id"])
        for group in groups_of(services):
            for subscriber in list(group.subscribers) if i % 3 == 0 else ():
                subscriber.overflow()
                group.subscribers.discard(subscriber)
        await asyncio.sleep(0.005)
    seen = [(await owner.event(id))["recordId"] for _ in made]
    assert seen == made


async def test_many_who_begin_at_once_take_turns_at_the_database(
    services: Services, address: str, records: Records, table: MadeTable
) -> None:
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(opened(address)) for _ in range(10)]
        for socket in sockets:
            await socket.initialise(table.owner)
        for socket in sockets:
            for i in range(40):
                await socket.subscribe(FILTERED, {"table": table.id, "name": f"{i}"}, f"s{i}")
        await following(services, 400)
        assert len(groups_of(services)) == 40
        await records.create_all([{"Name": f"{i}"} for i in range(40)])
        for socket in sockets:
            assert {(await socket.receive())["id"] for _ in range(40)} == {f"s{i}" for i in range(40)}
    await eventually(lambda: services.streams.feeds == 0)
    await eventually(lambda: services.database.connections_in_use == 0)
