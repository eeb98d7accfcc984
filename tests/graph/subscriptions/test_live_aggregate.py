"""`liveAggregate`: the groups, and patches that keep them as they would be if they were fetched again."""

import random
from typing import Any

import pytest

from resolvers.services import Services
from tests.support.api import Api
from tests.support.catalog import update_field
from tests.support.records import Records
from tests.support.sockets import Socket, opened
from tests.support.tables import MadeTable

ARGUMENTS = (
    "$filter: RecordFilter, $search: String, $groupBy: [GroupByInput!], $metrics: [AggregateMetricInput!], "
    "$orderBy: [AggregateOrder!], $first: Int, $last: Int"
)
PASSED = (
    "filter: $filter, search: $search, groupBy: $groupBy, metrics: $metrics, orderBy: $orderBy, first: $first, "
    "last: $last"
)
PAGE = "nodes { hash key count metrics } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
LIVE = f"""
    subscription ($table: ID!, {ARGUMENTS}) {{
      liveAggregate(tableId: $table, {PASSED}) {{
        __typename type
        page {{ nodes {{ hash key count metrics }} totalCount }}
        patches {{ __typename type hash index previousIndex group {{ hash key count metrics }} }}
        totalCount pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} eventCursor
      }}
    }}
"""
READ = f"query ($table: ID!, {ARGUMENTS}) {{ aggregate(tableId: $table, {PASSED}) {{ {PAGE} }} }}"
BY_READY = {"groupBy": [{"field": "Ready"}], "metrics": [{"function": "SUM", "field": "Price", "as": "total"}]}


class Chart:
    """Groups as a client shows them, which knows nothing but the events."""

    def __init__(self, socket: Socket, records: Records, arguments: dict[str, Any]) -> None:
        self.socket, self.records = socket, records
        self.variables = {"table": str(records.table.id), **arguments}
        self.groups: list[dict[str, Any]] = []
        self.beside: tuple[Any, Any] = (None, None)

    async def open(self) -> "Chart":
        payload = {"query": LIVE, "variables": self.variables}
        await self.socket.send({"id": "live", "type": "subscribe", "payload": payload})
        await self.take()
        return self

    async def take(self) -> dict[str, Any]:
        """Take the next event over."""
        event: dict[str, Any] = (await self.socket.next("live"))["liveAggregate"]
        assert event["__typename"] == "LiveAggregate"
        if event["type"] == "SNAPSHOT":
            self.groups = event["page"]["nodes"]
            assert (event["patches"], event["page"]["totalCount"]) == ([], event["totalCount"])
        for patch in event["patches"]:
            self.apply(patch)
        self.beside = event["totalCount"], event["pageInfo"]
        return event

    def apply(self, patch: dict[str, Any]) -> None:
        assert patch["__typename"] == "AggregatePatch"
        if patch["type"] in ("REMOVED", "MOVED"):
            assert self.groups.pop(patch["previousIndex"])["hash"] == patch["hash"]
        if patch["type"] in ("INSERTED", "MOVED"):
            self.groups.insert(patch["index"], patch["group"])
        if patch["type"] == "UPDATED":
            assert self.groups[patch["index"]]["hash"] == patch["hash"]
            self.groups[patch["index"]] = patch["group"]

    async def is_right(self) -> bool:
        page = (await self.records.run(READ, self.variables)).ok["aggregate"]
        return (self.groups, self.beside) == (page["nodes"], (page["totalCount"], page["pageInfo"]))

    async def catch_up(self) -> None:
        """Take events until the groups are what they would be if they were fetched again."""
        while not await self.is_right():
            await self.take()


CHARTS: list[dict[str, Any]] = [
    {},
    BY_READY,
    BY_READY | {"orderBy": [{"by": "total", "direction": "DESC"}], "first": 1},
    {"groupBy": [{"field": "Name"}], "metrics": [{"function": "MEDIAN", "field": "Price"}], "last": 3},
    {"groupBy": [{"field": "Name"}, {"field": "Ready"}], "filter": {"field": "Price", "operator": "GT", "value": 2}},
    {"groupBy": [{"field": "$createdAt", "bucket": "DAY"}], "search": "a"},
]


@pytest.mark.parametrize("arguments", CHARTS)
async def test_any_history_leaves_the_groups_as_they_would_be_fetched_again(
    arguments: dict[str, Any], owner: Socket, records: Records, ids: list[str]
) -> None:
    choice, alive = random.Random(7), list(ids)
    chart = await Chart(owner, records, arguments).open()
    assert await chart.is_right()

    for _ in range(12):
        some = choice.sample(alive, 2)
        match choice.randrange(4):
            case 0:
                made = await records.create_all([{"Name": choice.choice("abc"), "Price": choice.randrange(9)}])
                alive += [each["id"] for each in made.ok["createRecords"]["records"]]
            case 1 if len(alive) > 3:
                assert (await records.delete([alive.pop(alive.index(some[0]))])).ok
            case 2:
                changes = {"Name": choice.choice("abc"), "Ready": choice.random() < 0.5}
                assert (await records.update_all([{"id": id, "fields": changes} for id in some])).ok
            case _:
                assert (await records.update(some[0], {"Price": choice.randrange(9)})).ok
        await chart.catch_up()


async def test_patches_say_what_happens_to_a_group(owner: Socket, records: Records, ids: list[str]) -> None:
    chart = await Chart(owner, records, BY_READY | {"orderBy": [{"by": "total"}]}).open()

    await records.update(ids[5], {"Ready": True})
    await chart.catch_up()
    assert [(group["key"], group["count"], group["metrics"]) for group in chart.groups] == [
        ({"Ready": True}, 1, {"total": 5}),
        ({"Ready": False}, 5, {"total": 10}),
    ]
    await records.update(ids[5], {"Price": 50})
    event = await chart.take()

    [moved, updated] = event["patches"]
    assert (moved["type"], moved["previousIndex"], moved["index"]) in (("MOVED", 0, 1), ("MOVED", 1, 0))
    assert (updated["type"], updated["group"]["metrics"]) == ("UPDATED", {"total": 50})
    assert await chart.is_right()
    await records.delete([ids[5]])
    assert [patch["type"] for patch in (await chart.take())["patches"]] == ["REMOVED"]


async def test_groups_of_which_nothing_is_seen_to_change_stay_silent(
    owner: Socket, records: Records, table: MadeTable, ids: list[str]
) -> None:
    document = """
        subscription ($table: ID!) {
          liveAggregate(tableId: $table, groupBy: [{field: "Ready"}], metrics: [{function: SUM, field: "Price"}]) {
            type patches { type index previousIndex }
          }
        }
    """
    id = await owner.subscribe(document, {"table": table.id})
    assert (await owner.next(id))["liveAggregate"]["type"] == "SNAPSHOT"

    await records.update(ids[0], {"Name": "other"})
    await records.update_all([{"id": ids[1], "fields": {"Price": 2}}, {"id": ids[2], "fields": {"Price": 1}}])
    await records.update(ids[0], {"Price": 100})

    patches = [{"type": "UPDATED", "index": 0, "previousIndex": 0}]
    assert (await owner.next(id))["liveAggregate"] == {"type": "PATCH", "patches": patches}


async def test_those_who_follow_the_same_groups_share_one_read(
    services: Services, address: str, records: Records, table: MadeTable, ids: list[str]
) -> None:
    by_name = {"groupBy": [{"field": "Name"}]}
    async with opened(address) as first, opened(address) as second, opened(address) as third:
        charts = [
            await Chart(await socket.initialise(table.owner), records, arguments).open()
            for socket, arguments in ((first, BY_READY), (second, BY_READY), (third, by_name))
        ]
        before = services.figures.evaluations
        await records.update(ids[0], {"Name": "shared", "Price": 9})
        events = [await chart.take() for chart in charts]

    assert services.figures.evaluations - before == 2
    assert events[0] == events[1] != events[2]


async def test_a_field_that_is_renamed_is_found_by_its_id(
    owner: Socket, api: Api, records: Records, table: MadeTable, ids: list[str]
) -> None:
    chart = await Chart(owner, records, {"groupBy": [{"field": table.fields["Price"], "as": "p"}]}).open()
    await update_field(api, table, "Price", name="Cost")
    await records.update(ids[0], {"Cost": 77})
    await chart.catch_up()

    assert {"p": 77} in [group["key"] for group in chart.groups]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"groupBy": [{"field": "Nonsense"}]}, "no field 'Nonsense'"),
        ({"orderBy": [{"by": "Nonsense"}]}, "no key or metric 'Nonsense'"),
        ({"metrics": [{"function": "SUM", "field": "Name"}]}, "does not fit field 'Name'"),
    ],
)
async def test_what_aggregate_would_refuse_is_refused(
    arguments: dict[str, Any], said: str, owner: Socket, table: MadeTable
) -> None:
    variables = {"table": str(table.id), **arguments}
    await owner.send({"id": "x", "type": "subscribe", "payload": {"query": LIVE, "variables": variables}})
    error = await owner.refusal("x")
    assert (error["extensions"]["code"], said in error["message"]) == ("BAD_REQUEST", True), error
