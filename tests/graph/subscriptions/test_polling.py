"""`recordChanges`: what a table's stream tells, for whoever asks for it a page at a time."""

import asyncio
import random
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from adapters.database import Connection, Database
from domain.accounts.viewer import Viewer
from resolvers.context import Client, RequestContext
from resolvers.records.mutations import update_records
from resolvers.records.writing import Patch
from resolvers.services import Services
from tests.graph.subscriptions.conftest import EVENTS
from tests.graph.subscriptions.test_retention import TOO_OLD, cursor_now, drop_what_there_is
from tests.support.api import Api, Result
from tests.support.records import Records
from tests.support.sockets import Socket
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, make_table

EVENT = "cursor type recordId changedFields"
WHOLE = "type recordId record { id revision fields }"
BY_RESOLVERS = "record { table { name } fields } actor { email }"


async def ask(records: Records, after: Any, *, events: str = EVENT, **more: Any) -> Result:
    """A page of the changes behind a cursor."""
    document = f"""
        query ($table: ID!, $after: String!, $first: Int, $filter: RecordFilter, $types: [RecordEventType!],
               $view: ID) {{
          recordChanges(tableId: $table, after: $after, first: $first, filter: $filter, types: $types, viewId: $view) {{
            events {{ {events} }} cursor hasMore
          }}
        }}
    """
    return await records.run(document, {"table": records.table.id, "after": after, **more})


async def pages(records: Records, after: str, **more: Any) -> list[list[dict[str, Any]]]:
    """The events of all pages behind a cursor, up to the one that has no more behind it."""
    found, has_more = [], True
    while has_more:
        page = (await ask(records, after, **more)).ok["recordChanges"]
        found.append(page["events"])
        after, has_more = page["cursor"], page["hasMore"]
    return found


async def told(records: Records, after: str, **more: Any) -> list[tuple[str, str]]:
    """Types and ids of the records of all events behind a cursor."""
    return [(each["type"], each["recordId"]) for page in await pages(records, after, **more) for each in page]


async def story(records: Records) -> tuple[str, list[tuple[str, str]]]:
    """A cursor, and what has happened since: six records, of which one is changed twice, and one deleted."""
    start = await cursor_now(records)
    made = (await records.create_all([{"Name": name} for name in "abcdef"])).ok["createRecords"]["records"]
    ids = [each["id"] for each in made]
    await records.update_all([{"id": ids[1], "fields": {"Name": "B"}}])
    await records.update(ids[1], {"Price": 2})
    await records.delete([ids[3]])
    events = [*(("CREATED", id) for id in ids), ("UPDATED", ids[1]), ("UPDATED", ids[1]), ("DELETED", ids[3])]
    return start, events


@pytest.mark.parametrize("size", [1, 2, 3, 4, 9, 10, 100])
async def test_changes_come_in_order_and_once_across_pages(size: int, records: Records) -> None:
    start, events = await story(records)

    found = await pages(records, start, first=size)

    assert [(each["type"], each["recordId"]) for page in found for each in page] == events
    full = len(events) // size
    assert [len(page) for page in found[:full]] == [size] * full
    assert len(found) <= full + 2


async def test_a_page_says_what_the_stream_does(records: Records, owner: Socket, table: MadeTable) -> None:
    start, events = await story(records)
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": start})
    streamed = [await owner.event(id) for _ in events]
    await owner.end(id)

    [page] = await pages(records, start)

    # Each look has a snapshot of its own, which is a part of its cursors.
    assert [{**each, "cursor": ""} for each in page] == [{**each, "cursor": ""} for each in streamed]


async def test_one_goes_on_behind_each_event_and_each_page_with_pages_and_streams(
    records: Records, owner: Socket, table: MadeTable
) -> None:
    start, events = await story(records)
    [page] = await pages(records, start)
    first = (await ask(records, start, first=4)).ok["recordChanges"]

    for i, event in enumerate(page):
        assert await told(records, event["cursor"], first=2) == events[i + 1 :]
    id = await owner.subscribe(EVENTS, {"table": table.id, "after": first["cursor"]})
    streamed = [await owner.event(id) for _ in events[4:]]

    assert [(each["type"], each["recordId"]) for each in streamed] == events[4:]
    assert await told(records, streamed[2]["cursor"], first=1) == events[7:]


async def test_pages_by_resolvers_say_the_same(records: Records) -> None:
    start, events = await story(records)

    assert await told(records, start, first=2, events=f"{EVENT} {BY_RESOLVERS}") == events


async def test_where_nothing_is_new_the_cursor_goes_on(records: Records) -> None:
    cursor = (await records.create({"Name": "a"})).ok["createRecord"]["eventCursor"]

    for name in "bcd":
        page = (await ask(records, cursor)).ok["recordChanges"]
        assert (page["events"], page["hasMore"]) == ([], False)
        made = (await records.create({"Name": name})).ok["createRecord"]
        assert await told(records, page["cursor"]) == [("CREATED", made["record"]["id"])]
        cursor = made["eventCursor"]


async def test_changes_of_other_tables_are_passed_over(api: Api, records: Records) -> None:
    start = await cursor_now(records)
    other = Records(api, await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=records.table.owner))
    await other.create_all([{}] * 3)

    assert await told(records, start, first=1) == []


async def test_a_filter_and_types_choose_as_in_the_stream(records: Records) -> None:
    start = await cursor_now(records)
    filter = {"field": "Price", "operator": "GTE", "value": 5}
    made = (await records.create_all([{"Price": n} for n in (1, 9, 2)])).ok["createRecords"]["records"]
    low, high, other = (each["id"] for each in made)
    await records.update_all([{"id": low, "fields": {"Price": 6}}, {"id": high, "fields": {"Price": 0}}])
    await records.update(other, {"Name": "x"})

    come_and_gone = [("CREATED", high), ("CREATED", low), ("DELETED", high)]
    for size in (1, 2, 100):
        assert await told(records, start, first=size, filter=filter) == come_and_gone
        assert await told(records, start, first=size, filter=filter, types=["DELETED"]) == come_and_gone[2:]
        assert await told(records, start, first=size, types=["UPDATED"]) == [
            ("UPDATED", low),
            ("UPDATED", high),
            ("UPDATED", other),
        ]


async def test_a_transaction_that_commits_late_is_not_missed(records: Records, services: Services) -> None:
    """Its change has a lower number than one that was read before it."""
    first = (await records.create({"Name": "a"})).ok["createRecord"]
    table, id = UUID(str(records.table.id)), first["record"]["id"]
    context = RequestContext(services, Viewer(UUID(str(records.table.owner.id))), Client("slow"))

    async with context.transaction(is_lone=False):
        await update_records(context, table, [Patch(UUID(id), {"Name": "late"})], ())
        second = (await records.create({"Name": "b"})).ok["createRecord"]["record"]["id"]
        page = (await ask(records, first["eventCursor"])).ok["recordChanges"]

    assert [(each["type"], each["recordId"]) for each in page["events"]] == [("CREATED", second)]
    assert await told(records, page["cursor"]) == [("UPDATED", id)]


class Copy:
    """The records of a table as a program keeps them that asks for pages of a size; it takes nothing twice."""

    def __init__(self, records: Records, after: str, size: int) -> None:
        self.records = records
        self.after = after
        self.size = size
        self.rows: dict[str, Any] = {}

    async def poll(self) -> bool:
        """Take a page over; True where there may be more."""
        page = (await ask(self.records, self.after, first=self.size, events=WHOLE)).ok["recordChanges"]
        for event in page["events"]:
            id = event["recordId"]
            assert (id in self.rows) is (event["type"] != "CREATED")
            if event["type"] == "DELETED":
                del self.rows[id]
            else:
                assert event["record"]["revision"] == self.rows.get(id, {"revision": 0})["revision"] + 1
                self.rows[id] = event["record"]
        self.after = page["cursor"]
        return bool(page["hasMore"])


async def write(records: Records, chance: random.Random) -> None:
    """Create, change and delete records of one's own, at random."""
    own: list[str] = []
    for n in range(15):
        some = chance.sample(own, min(len(own), chance.randint(1, 3)))
        match chance.choice(["create", "update", "delete"]):
            case "update" if some:
                changes = [{"id": id, "fields": {"Price": n, "Name": f"{chance.random()}"}} for id in some]
                (await records.update_all(changes)).ok  # noqa: B018
            case "delete" if some:
                (await records.delete(some)).ok  # noqa: B018
                own = [id for id in own if id not in some]
            case _:
                made = await records.create_all([{"Price": n}] * chance.randint(1, 4))
                own += [each["id"] for each in made.ok["createRecords"]["records"]]


@pytest.mark.parametrize("seed", [1, 2])
async def test_copies_that_are_kept_beside_writers_end_up_equal(seed: int, records: Records) -> None:
    start = await cursor_now(records)
    copies = [Copy(records, start, size) for size in (1, 3, 50)]
    writers = asyncio.gather(*(write(records, random.Random(f"{seed} {n}")) for n in range(4)))

    async def follow(copy: Copy) -> None:
        while not writers.done():
            await copy.poll()
        while await copy.poll():
            continue

    await asyncio.gather(writers, *map(follow, copies))

    held = (await records.page(first=1000, selection="nodes { id revision fields }")).ok["records"]["nodes"]
    for copy in copies:
        assert copy.rows == {node["id"]: node for node in held}


async def test_large_values_make_smaller_pages(records: Records, services: Services) -> None:
    start, events = await story(records)
    services.limits = replace(services.limits, max_queued_bytes=1)

    found = await pages(records, start)

    assert [len(page) for page in found[: len(events)]] == [1] * len(events)
    assert [(each["type"], each["recordId"]) for page in found for each in page] == events


# --- refusals ---


@pytest.mark.parametrize("cursor", ["", "nonsense", b"10:12:10".hex() + "0", b"10:12:9".hex()])
async def test_what_is_no_cursor_is_refused(cursor: str, records: Records) -> None:
    [error] = (await ask(records, cursor)).errors
    assert (error["extensions"], error["message"]) == (
        {"code": "BAD_REQUEST", "argument": "after"},
        "'after' is not an event cursor of this API.",
    )


async def test_a_cursor_from_the_future_is_refused(records: Records) -> None:
    [error] = (await ask(records, b"5:9000000000000000:".hex())).errors
    assert error["message"] == "'after' is not an event cursor of this database."


async def test_a_cursor_before_what_was_dropped_has_to_resync(
    records: Records, services: Services, database: Database, pg: Connection
) -> None:
    before = await cursor_now(records)
    await records.create({"Name": "gone"})
    await drop_what_there_is(database, pg, records.table)

    [error] = (await ask(records, before)).errors

    assert (error["extensions"]["code"], error["message"]) == ("RESYNC_REQUIRED", TOO_OLD)
    assert services.figures.resyncs == 1
    after = await cursor_now(records)
    made = (await records.create({"Name": "new"})).ok["createRecord"]["record"]["id"]
    assert await told(records, after) == [("CREATED", made)]


@pytest.mark.parametrize(
    ("size", "message"),
    [
        (0, "'first' is 0; it must be from 1 to 1000."),
        (-1, "'first' is -1; it must be from 0 to 1000."),
        (1001, "'first' is 1001; it must be from 0 to 1000."),
    ],
)
async def test_a_size_out_of_range_is_refused(size: int, message: str, records: Records) -> None:
    [error] = (await ask(records, await cursor_now(records), first=size)).errors
    assert (error["extensions"]["code"], error["message"]) == ("BAD_REQUEST", message)


async def test_a_filter_that_does_not_fit_is_refused(records: Records) -> None:
    filter = {"field": "Nope", "operator": "EQ", "value": 5}
    assert (await ask(records, await cursor_now(records), filter=filter)).codes == ["BAD_REQUEST"]


async def test_a_view_that_is_not_there_is_not_found(records: Records) -> None:
    view = records.table.owner.id
    assert (await ask(records, await cursor_now(records), view=view)).codes == ["NOT_FOUND"]


# --- what it costs ---


@pytest.mark.parametrize("events", [EVENT, f"{EVENT} record {{ fields createdBy {{ email }} }} actor {{ email }}"])
async def test_a_page_is_two_statements_whatever_its_size(events: str, records: Records, services: Services) -> None:
    """One asks whether the caller may read the table, the other reads."""
    start, _ = await story(records)
    for size in (1, 9):
        await ask(records, start, first=size, events=events)
        with StatementLog(services.database) as log:
            page = (await ask(records, start, first=size, events=events)).ok["recordChanges"]
        assert (len(page["events"]), log.count) == (size, 2)


async def test_resolvers_add_the_same_number_of_statements_whatever_the_size(
    records: Records, services: Services
) -> None:
    start, _ = await story(records)
    counts = set()
    for size in (2, 9):
        await ask(records, start, first=size, events=BY_RESOLVERS)
        with StatementLog(services.database) as log:
            page = (await ask(records, start, first=size, events=BY_RESOLVERS)).ok["recordChanges"]
        assert len(page["events"]) == size
        counts.add(log.count)
    assert len(counts) == 1


async def test_a_page_costs_by_its_size(records: Records) -> None:
    start = await cursor_now(records)
    costs = [
        (await ask(records, start, first=size, events="type recordId")).body["extensions"]["cost"]["requested"]
        for size in (1, 11, None)
    ]
    assert (costs[1] - costs[0], costs[2] - costs[0]) == (10 * 3, 99 * 3)
