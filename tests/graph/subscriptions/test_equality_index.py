"""Streams that are found by a value get every event that their filter lets through, whatever the type of the field."""

import asyncio
import json
from collections import Counter, defaultdict
from contextlib import AsyncExitStack
from typing import Any

import orjson

from resolvers.services import Services
from tests.graph.subscriptions.test_sharing import following, groups_of
from tests.support.api import Api
from tests.support.catalog import update_field
from tests.support.field_types import standalone_types
from tests.support.records import Records
from tests.support.sockets import Socket, opened
from tests.support.tables import MadeTable, make_table
from tests.support.waiting import eventually

FILTERED = """
    subscription ($table: ID!, $field: String!, $value: JSON) {
      recordEvents(tableId: $table, filter: { field: $field, operator: EQ, value: $value }) { type recordId }
    }
"""
SPELLINGS: dict[str, list[Any]] = {
    "text": ["ﬁ", "fi", "É", "e\u0301", "a ", "a", "🔩"],
    "number": [0, -0.0, 1, 1.0, 1e0, 100, 1e2, 0.1, 1e-7],
    "percent": [0, -0.0, 1e-3],
    "duration": [86_400, 86_400.0, 1e-6, -0.0],
    "datetime": ["2024-05-31T13:45:00+02:00", "2024-05-31T11:45:00Z", "2024-05-31T11:45:00.000000Z"],
    "dimension": [{"value": 1, "unit": "in"}, {"value": 25.4, "unit": "mm"}, 25.4, 0, -0.0],
    "thread": ["M8", {"designation": "M8x1.25"}],
    "checkbox": [True, False],
}
"""Further values of a type: ways to write the same, and what is nearly the same."""

Case = tuple[str, str, dict[str, Any], list[Any]]
"""A field's name, its type, its options, and values of it."""


def cases() -> list[Case]:
    """A field for each type and each options that its examples have."""
    found: list[Case] = []
    for type in standalone_types().values():
        by_options: dict[bytes, list[Any]] = defaultdict(list)
        for example in type.examples:
            by_options[orjson.dumps(example.options)] += [example.value, example.output]
        for n, (options, values) in enumerate(by_options.items()):
            further = SPELLINGS.get(type.key, []) if options == b"{}" else []
            found.append((f"{type.key} {n}", type.key, orjson.loads(options), values + further))
    return found


async def table_of(api: Api, fields: list[Case]) -> MadeTable:
    given = [{"name": name, "type": type.upper(), "options": options} for name, type, options, _ in fields]
    return await make_table(api, [{"name": "Title", "type": "TEXT"}, *given])


async def follow(socket: Socket, table: MadeTable, id: str, field: str, value: Any) -> None:
    variables = {"table": str(table.id), "field": field, "value": value}
    payload = {"query": FILTERED, "variables": variables}
    await socket.send(json.dumps({"id": id, "type": "subscribe", "payload": payload}))


async def operands(records: Records, fields: list[Case]) -> dict[str, tuple[str, Any]]:
    """What can be asked of the fields, by the id of the stream that asks it: a field and a value."""
    asked = [(name, value) for name, _, _, values in fields for value in values]
    asked += [("$revision", value) for value in (1, 1.0, 2)]
    good = {}
    for n, (name, value) in enumerate(asked):
        leaf = {"field": name, "operator": "EQ", "value": value}
        if not (await records.page(filter=leaf, selection="totalCount")).errors:
            good[f"s{n}"] = (name, value)
    return good


async def matching(records: Records, asked: dict[str, tuple[str, Any]]) -> set[tuple[str, str]]:
    """Stream and record of each event that there must be."""
    found = set()
    for id, (name, value) in asked.items():
        leaf = {"field": name, "operator": "EQ", "value": value}
        nodes = (await records.page(filter=leaf, first=1000, selection="nodes { id }")).ok["records"]["nodes"]
        found |= {(id, node["id"]) for node in nodes}
    return found


async def collect(socket: Socket, events: Counter[tuple[str, str, str]]) -> None:
    """Count what arrives, without end: type, stream and record."""
    while True:
        message = orjson.loads(await socket.connection.recv())
        assert message["type"] == "next", message
        event = message["payload"]["data"]["recordEvents"]
        events[event["type"], message["id"], event["recordId"]] += 1


async def test_no_event_is_hidden_by_the_way_in_which_streams_are_found(
    services: Services, api: Api, address: str
) -> None:
    fields = cases()
    table = await table_of(api, fields)
    records = Records(api, table)
    rows = []
    for name, type, _, values in fields:
        for value in [None] if type in ("autonumber", "user") else values:
            made = await records.create({name: value}, typecast=True)
            if not made.errors:
                rows.append({name: value})
                await records.delete([made.ok["createRecord"]["record"]["id"]])
    asked = await operands(records, fields)
    async with AsyncExitStack() as stack:
        sockets = [await stack.enter_async_context(opened(address)) for _ in range(4)]
        for socket in sockets:
            await socket.initialise(table.owner)
        for id, (name, value) in asked.items():
            await follow(sockets[int(id[1:]) % 4], table, id, name, value)
        await following(services, len(asked))
        found_by_value = {group.interest.field for group in groups_of(services) if group.interest is not None}
        assert len(found_by_value) >= 15
        events: Counter[tuple[str, str, str]] = Counter()
        async with asyncio.TaskGroup() as group:
            readers = [group.create_task(collect(socket, events)) for socket in sockets]
            answer = await records.create_all(rows, typecast=True)
            pairs = await matching(records, asked)
            assert len(pairs) > len(rows)
            await records.delete([record["id"] for record in answer.ok["createRecords"]["records"]])
            expected = Counter((type, *pair) for type in ("CREATED", "DELETED") for pair in pairs)
            await eventually(lambda: len(events) >= len(expected))
            for reader in readers:
                reader.cancel()
    assert events == expected


async def test_an_unchecked_box_that_was_never_touched_is_found_as_false(
    services: Services, owner: Socket, records: Records, table: MadeTable
) -> None:
    await follow(owner, table, "f", "Ready", False)
    await following(services, 1)
    made = (await records.create({"Name": "never touched"})).ok["createRecord"]["record"]["id"]
    assert await owner.event("f") == {"type": "CREATED", "recordId": made}
    await records.update(made, {"Ready": True})
    assert await owner.event("f") == {"type": "DELETED", "recordId": made}
    await records.update(made, {"Ready": None})
    assert await owner.event("f") == {"type": "CREATED", "recordId": made}


async def test_a_value_that_no_longer_fits_its_field_ends_the_streams_alone_that_ask_for_it(
    services: Services, owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    await follow(owner, table, "text", "Name", "one")
    await following(services, 1)
    await follow(owner, table, "choice", "Status", "Open")
    await following(services, 2)
    await follow(owner, table, "other", "Price", 1)
    await following(services, 3)
    await update_field(api, table, "Status", options={"choices": [{"name": "Done"}]})
    error = await owner.refusal("choice")
    assert (error["extensions"]["code"], "'Status'" in error["message"]) == ("BAD_REQUEST", True), error
    await update_field(api, table, "Name", type="NUMBER")
    error = await owner.refusal("text")
    assert (error["extensions"]["code"], "'Name'" in error["message"]) == ("BAD_REQUEST", True), error
    made = (await records.create({"Price": 1})).ok["createRecord"]["record"]["id"]
    assert await owner.event("other") == {"type": "CREATED", "recordId": made}
