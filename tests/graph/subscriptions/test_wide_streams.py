"""Streams over tables of 500 fields: all that there is of an event, and filters on more fields than are looked up."""

import asyncio

from resolvers.services import Services
from resolvers.streams.table_feed import MOST_FIELDS
from tests.graph.subscriptions.test_sharing import FILTERED, following, groups_of
from tests.support.api import Api
from tests.support.records import Records
from tests.support.sockets import opened
from tests.support.tables import make_table

KINDS = [("TEXT", "text"), ("NUMBER", 1.5), ("CHECKBOX", True), ("DURATION", 90), ("DIMENSION", {"value": 1})]
NAMES = [f"Field {i}" for i in range(500)]
ALL = """
    subscription ($table: ID!) {
      recordEvents(tableId: $table) { type changedFields previous record { id fields createdBy { name } } }
    }
"""
LIVE = """
    subscription ($table: ID!) {
      liveRecords(tableId: $table) { patches { type record { fields } } page { nodes { fields } } }
    }
"""
EQUAL = FILTERED.replace('field: "Name"', "field: $field").replace("$name: JSON", "$field: String!, $name: JSON")


async def wide(api: Api) -> Records:
    fields = [{"name": name, "type": KINDS[i % len(KINDS)][0]} for i, name in enumerate(NAMES)]
    return Records(api, await make_table(api, fields))


async def test_all_of_500_fields_is_streamed(services: Services, api: Api, address: str) -> None:
    records = await wide(api)
    given = {name: KINDS[i % len(KINDS)][1] for i, name in enumerate(NAMES)}
    async with opened(address) as events, opened(address) as live:
        for socket, document in ((events, ALL), (live, LIVE)):
            await socket.initialise(records.table.owner)
            await socket.subscribe(document, {"table": records.table.id}, "s")
        await following(services, 2)
        made = (await records.create(given)).ok["createRecord"]["record"]
        await records.update(made["id"], dict.fromkeys(NAMES))
        created, updated = await events.event("s"), await events.event("s")
        assert (created["record"]["fields"], created["changedFields"]) == (made["fields"], NAMES)
        assert (updated["previous"], updated["changedFields"]) == (made["fields"], NAMES)
        assert (await live.next("s"))["liveRecords"]["page"] == {"nodes": []}
        assert (await live.next("s"))["liveRecords"]["patches"][0]["type"] == "INSERTED"


async def test_filters_on_more_fields_than_are_looked_up_get_their_events_too(
    services: Services, api: Api, address: str
) -> None:
    records = await wide(api)
    texts = NAMES[:: len(KINDS)][: MOST_FIELDS + 20]
    keys = [*texts[:10], *(records.table.fields[name] for name in texts)]
    async with opened(address) as socket:
        await socket.initialise(records.table.owner)
        for i, key in enumerate(keys):
            await socket.subscribe(EQUAL, {"table": records.table.id, "field": key, "name": "in"}, f"s{i}")
            if i % 10 == 0:  # each has ten seconds to begin, and all at once take a slow machine longer
                await following(services, i + 1)
        await following(services, len(keys))
        interests = {group.interest.field for group in groups_of(services) if group.interest is not None}
        assert interests == {records.table.fields[name] for name in texts}
        [feed] = services.streams._feeds.values()
        assert len(feed._by_value) == MOST_FIELDS  # type: ignore[attr-defined]  # it is that of a table
        made = (await records.create(dict.fromkeys(texts, "in"))).ok["createRecord"]["record"]["id"]
        async with asyncio.timeout(20):
            messages = [await socket.receive() for _ in keys]
        assert {message["id"] for message in messages} == {f"s{i}" for i in range(len(keys))}
        assert {message["payload"]["data"]["recordEvents"]["recordId"] for message in messages} == {made}
