"""`liveRecords`: a page, and patches that keep it as it would be if it were read again."""

import random
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest

from resolvers.services import Services
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, update_field
from tests.support.records import Records
from tests.support.sockets import Socket, opened
from tests.support.tables import MadeTable
from tests.support.waiting import eventually

ARGUMENTS = "$filter: RecordFilter, $orderBy: [RecordOrder!], $search: String, $first: Int, $after: String, $last: Int"
PASSED = "filter: $filter, orderBy: $orderBy, search: $search, first: $first, after: $after, last: $last"
PAGE = "{ nodes { id fields } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }"
LIVE = f"""
    subscription ($table: ID!, {ARGUMENTS}) {{
      liveRecords(tableId: $table, {PASSED}) {{
        type
        page {{ nodes {{ id fields }} totalCount }}
        patches {{ type id index previousIndex record {{ id fields }} }}
        totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} eventCursor
      }}
    }}
"""
READ = f"query ($table: ID!, {ARGUMENTS}) {{ records(tableId: $table, {PASSED}) {PAGE} }}"


class Screen:
    """A list as a client shows it, which knows nothing but the events."""

    def __init__(self, socket: Socket, records: Records, table: MadeTable, arguments: dict[str, Any]) -> None:
        self.socket, self.records = socket, records
        self.variables = {"table": str(table.id), **arguments}
        self.rows: list[dict[str, Any]] = []
        self.beside: tuple[Any, Any] = (None, None)
        self.types: list[str] = []

    async def open(self) -> "Screen":
        payload = {"query": LIVE, "variables": self.variables}
        await self.socket.send({"id": "live", "type": "subscribe", "payload": payload})
        await self.take()
        return self

    async def take(self) -> dict[str, Any]:
        """Take the next event over."""
        event: dict[str, Any] = (await self.socket.next("live"))["liveRecords"]
        if event["type"] == "SNAPSHOT":
            self.rows = event["page"]["nodes"]
            assert event["patches"] == []
        else:
            assert event["page"] is None
        for patch in event["patches"]:
            self.apply(patch)
        self.beside = event["totalCount"], event["pageInfo"]
        return event

    def apply(self, patch: dict[str, Any]) -> None:
        self.types.append(patch["type"])
        if patch["type"] in ("REMOVED", "MOVED"):
            moved = self.rows.pop(patch["previousIndex"])
            assert moved["id"] == patch["id"]
        if patch["type"] in ("INSERTED", "MOVED"):
            self.rows.insert(patch["index"], patch["record"])
        if patch["type"] == "UPDATED":
            assert self.rows[patch["index"]]["id"] == patch["id"]
            self.rows[patch["index"]] = patch["record"]

    async def is_right(self) -> bool:
        page = (await self.records.run(READ, self.variables)).ok["records"]
        return (self.rows, self.beside) == (page["nodes"], (page["totalCount"], page["pageInfo"]))

    async def catch_up(self) -> None:
        """Take events until the list is what it would be if it were read again."""
        while not await self.is_right():
            await self.take()


LISTS = [
    pytest.param({}, id="all"),
    pytest.param({"first": 3}, id="a page"),
    pytest.param({"first": 3, "orderBy": [{"field": "Name"}]}, id="a page in order"),
    pytest.param({"last": 2, "orderBy": [{"field": "Price", "direction": "DESC"}]}, id="the end"),
    pytest.param({"filter": {"field": "Price", "operator": "LT", "value": 4}}, id="filter"),
    pytest.param({"filter": {"field": "Name", "operator": "EQ", "value": "b"}}, id="equality"),
    pytest.param({"search": "b", "orderBy": [{"field": "Name", "direction": "DESC"}]}, id="search"),
    pytest.param({"first": 0}, id="counts only"),
]


@pytest.mark.parametrize("arguments", LISTS)
async def test_the_page_and_its_patches_are_the_page_read_again(
    arguments: dict[str, Any], owner: Socket, records: Records, table: MadeTable, ids: list[str]
) -> None:
    screen = await Screen(owner, records, table, arguments).open()
    assert await screen.is_right()
    await records.update(ids[0], {"Name": "b"})
    await screen.catch_up()
    await records.create_all([{"Name": "b", "Price": 2.5}, {"Name": "bb", "Price": -1}, {"Name": "z"}])
    await screen.catch_up()
    await records.update_all([{"id": id, "fields": {"Price": -i}} for i, id in enumerate(ids)])
    await screen.catch_up()
    await records.delete([ids[1], ids[4]])
    await screen.catch_up()
    await records.update_all([{"id": ids[2], "fields": {"Name": "b"}}, {"id": ids[0], "fields": {"Name": "a"}}])
    await screen.catch_up()


async def test_a_record_that_is_sorted_elsewhere_moves(
    owner: Socket, records: Records, table: MadeTable, ids: list[str]
) -> None:
    screen = await Screen(owner, records, table, {"orderBy": [{"field": "Name"}]}).open()
    await records.update(ids[0], {"Name": "0"})
    event = await screen.take()
    said = [(patch["type"], patch["previousIndex"], patch["index"]) for patch in event["patches"]]
    assert said == [("MOVED", 5, 0), ("UPDATED", 0, 0)]
    assert event["patches"][0]["record"]["fields"]["Name"] == "0"


async def test_a_page_of_which_nothing_is_seen_to_change_stays_silent(
    owner: Socket, records: Records, table: MadeTable, ids: list[str]
) -> None:
    document = """
        subscription ($table: ID!) {
          liveRecords(tableId: $table, first: 2) { type patches { record { fields(only: ["Name"]) } } }
        }
    """
    id = await owner.subscribe(document, {"table": table.id})
    assert (await owner.next(id))["liveRecords"]["type"] == "SNAPSHOT"
    await records.update(ids[0], {"Price": 99})
    await records.update(ids[5], {"Name": "behind the page"})
    await records.create({"Name": "too"})
    await records.update(ids[1], {"Name": "seen"})
    patches = [{"record": {"fields": {"Name": "seen"}}}]
    assert (await owner.next(id))["liveRecords"] == {"type": "PATCH", "patches": patches}


async def test_changes_of_fields_change_the_page(
    owner: Socket, api: Api, records: Records, table: MadeTable, ids: list[str]
) -> None:
    screen = await Screen(owner, records, table, {"first": 2}).open()
    await update_field(api, table, "Price", name="Cost")
    await screen.catch_up()
    assert "Cost" in screen.rows[0]["fields"]
    extra = await add_field(api, table, name="Extra", type="TEXT")
    await screen.catch_up()
    await mutate(api, "deleteField", "deletedId", {"id": extra}, as_=table.owner)
    await screen.catch_up()
    assert "Extra" not in screen.rows[0]["fields"]


async def test_those_who_follow_the_same_share_one_read(
    services: Services, address: str, records: Records, table: MadeTable, ids: list[str]
) -> None:
    async with opened(address) as first, opened(address) as second, opened(address) as third:
        screens = [
            await Screen(await socket.initialise(table.owner), records, table, arguments).open()
            for socket, arguments in ((first, {"first": 3}), (second, {"first": 3}), (third, {"first": 4}))
        ]
        before = services.figures.evaluations
        await records.update(ids[0], {"Name": "shared"})
        events = [await screen.take() for screen in screens]
    assert services.figures.evaluations - before == 2
    assert events[0] == events[1]


async def test_a_client_that_fell_behind_gets_the_whole_page(
    services: Services, address: str, records: Records, table: MadeTable, ids: list[str]
) -> None:
    services.limits = replace(services.limits, max_queued_events=2)
    async with opened(address) as socket:
        screen = await Screen(await socket.initialise(table.owner), records, table, {"first": 50}).open()
        [group] = [group for feed in services.streams._feeds.values() for group in feed.groups.values()]
        [subscriber] = group.subscribers
        subscriber.overflow()
        await records.update(ids[0], {"Name": "later"})
        event = await screen.take()
        assert event["type"] == "SNAPSHOT"
        await screen.catch_up()


async def test_a_selection_that_is_not_rendered_in_the_database_is_resolved_to_the_same(
    owner: Socket, records: Records, table: MadeTable, ids: list[str]
) -> None:
    document = """
        subscription ($table: ID!) {
          liveRecords(tableId: $table, first: 2) {
            __typename type totalCount pageInfo { endCursor }
            page { __typename edges { cursor node { id table { primaryField { name } } } } }
            patches { __typename type index record { fields(only: ["Price"]) table { primaryField { name } } } }
          }
        }
    """
    id = await owner.subscribe(document, {"table": table.id})
    first = (await owner.next(id))["liveRecords"]
    assert (first["__typename"], first["type"], first["totalCount"]) == ("LiveRecords", "SNAPSHOT", 6)
    assert [edge["node"]["id"] for edge in first["page"]["edges"]] == ids[:2]
    assert first["page"]["edges"][1]["cursor"] == first["pageInfo"]["endCursor"]
    await records.update(ids[1], {"Price": 0.25})
    [patch] = (await owner.next(id))["liveRecords"]["patches"]
    assert patch == {
        "__typename": "RecordListPatch",
        "type": "UPDATED",
        "index": 1,
        "record": {"fields": {"Price": 0.25}, "table": {"primaryField": {"name": "Name"}}},
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"filter": {"field": "Nonsense", "operator": "EQ", "value": 1}}, "no field 'Nonsense'"),
        ({"orderBy": [{"field": "Nonsense"}]}, "no field 'Nonsense'"),
        ({"first": 100_000}, "it must be from 0 to"),
        ({"first": 1, "after": "x"}, "cursor"),
    ],
)
async def test_what_records_would_refuse_is_refused(
    arguments: dict[str, Any], said: str, owner: Socket, table: MadeTable
) -> None:
    variables = {"table": str(table.id), **arguments}
    await owner.send({"id": "x", "type": "subscribe", "payload": {"query": LIVE, "variables": variables}})
    error = await owner.refusal("x")
    assert (error["extensions"]["code"], said in error["message"]) == ("BAD_REQUEST", True), error


async def test_the_stream_ends_with_its_table(
    services: Services, owner: Socket, api: Api, records: Records, table: MadeTable
) -> None:
    await Screen(owner, records, table, {}).open()
    assert (await mutate(api, "deleteTable", "deletedId", {"id": table.id}, as_=table.owner)).ok
    await services.streams.look_around()
    assert (await owner.refusal("live"))["extensions"]["code"] == "NOT_FOUND"
    await eventually(lambda: services.streams.feeds == 0)


async def test_any_history_leaves_the_page_as_it_would_be_read_again(
    address: str, records: Records, table: MadeTable, ids: list[str]
) -> None:
    choice, alive = random.Random(20_240_607), list(ids)
    cursors = (await records.page(first=2, orderBy=[{"field": "Name"}], selection="edges { cursor }")).ok["records"]
    behind = [edge["cursor"] for edge in cursors["edges"]]
    lists: list[dict[str, Any]] = [
        {"first": 4, "after": behind[1], "orderBy": [{"field": "Name"}]},
        {"last": 3, "orderBy": [{"field": "Price", "direction": "DESC"}, {"field": "Name"}]},
        {"first": 3, "filter": {"field": "Ready", "operator": "EQ", "value": False}},
        {"search": "a", "orderBy": [{"field": "Ready"}, {"field": "Name", "direction": "DESC"}]},
    ]
    async with AsyncExitStack() as stack:
        screens = []
        for arguments in lists:
            socket = await stack.enter_async_context(opened(address))
            screens.append(await Screen(await socket.initialise(table.owner), records, table, arguments).open())
        for _ in range(20):
            some = choice.sample(alive, min(len(alive), choice.randint(1, 4)))
            fields = [
                {"Name": choice.choice(["a", "b", "ba", "Z", None]), "Price": choice.choice([1, -1, 2.5, None])}
                | choice.choice([{}, {"Ready": True}, {"Ready": None}])
                for _ in some
            ]
            match choice.choice(["create", "update", "update", "delete"]):
                case "update" if some:
                    await records.update_all(
                        [{"id": id, "fields": each} for id, each in zip(some, fields, strict=True)]
                    )
                case "delete" if some:
                    await records.delete(some)
                    alive = [id for id in alive if id not in some]
                case _:
                    made = (await records.create_all(fields or [{}])).ok["createRecords"]["records"]
                    alive += [record["id"] for record in made]
            if choice.random() < 0.5:
                for screen in screens:
                    await screen.catch_up()
        for screen in screens:
            await screen.catch_up()
