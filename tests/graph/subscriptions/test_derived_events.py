"""Events of records whose computed values, or links as they show them, follow from changes of other records."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest

from adapters.database import Database
from domain.accounts.viewer import Viewer
from resolvers.context import Client, RequestContext
from resolvers.records.mutations import update_records
from resolvers.records.writing import Patch
from resolvers.services import Services
from server.services import make_services
from server.settings import Settings
from tests.graph.relations.conftest import World, make_world
from tests.graph.subscriptions.test_live_records import Screen
from tests.support.api import Api, Result
from tests.support.catalog import mutate
from tests.support.records import Records
from tests.support.sockets import Socket, opened
from tests.support.statements import StatementLog

EVENTS = """
    subscription ($table: ID!, $after: String) {
      recordEvents(tableId: $table, after: $after, filter: FILTER) {
        cursor type recordId changedFields previous isFilterTransition mutationId record { fields }
      }
    }
"""


@dataclass(frozen=True, slots=True)
class Followed:
    """A stream of the events of one table."""

    socket: Socket
    id: str

    async def next(self) -> Mapping[str, Any]:
        """The next event."""
        return await self.socket.event(self.id)

    async def update(self) -> tuple[str, Mapping[str, Any], Mapping[str, Any]]:
        """Of the next event, an update: the record's id, the values before, and those after of the same fields."""
        event = await self.next()
        assert (event["type"], set(event["changedFields"])) == ("UPDATED", set(event["previous"]))
        after = event["record"]["fields"]
        return event["recordId"], event["previous"], {name: after[name] for name in event["changedFields"]}


Follow = Callable[..., Awaitable[Followed]]


@pytest.fixture
async def world(api: Api) -> World:
    """People of whom each works for one company, `Where` they do and `Sizes` of a company's people."""
    world = await make_world(api)
    await lookup(world, "Where", "City")
    rollup = {
        "linked_field_id": await world.id_of(world.companies, "People"),
        "rollup_field_id": await world.id_of(world.people, "Age"),
        "function": "sum",
    }
    assert (await world.add_field(world.companies, "Years", "ROLLUP", rollup)).ok
    return world


@pytest.fixture
async def follow(address: str, world: World) -> AsyncIterator[Follow]:
    """Follow a table on a socket of its own, from a cursor or from now on."""
    async with AsyncExitStack() as stack:

        async def follow(records: Records, after: str | None = None, filter: str = "null") -> Followed:
            socket = await stack.enter_async_context(opened(address))
            await socket.initialise(world.owner)
            variables = {"table": records.table.id, "after": after or await cursor_of(records)}
            return Followed(socket, await socket.subscribe(EVENTS.replace("FILTER", filter), variables))

        yield follow


async def cursor_of(records: Records) -> str:
    """Where a stream of what comes from now on begins."""
    return str((await records.page(selection="eventCursor")).ok["records"]["eventCursor"])


async def lookup(world: World, name: str, target: str) -> None:
    """A field of people that shows one of their company."""
    options = {
        "linked_field_id": await world.id_of(world.people, "Company"),
        "lookup_field_id": await world.id_of(world.companies, target),
    }
    assert (await world.add_field(world.people, name, "LOOKUP", options)).ok


async def test_a_changed_value_is_an_event_of_each_record_that_looks_it_up(world: World, follow: Follow) -> None:
    [acme, other] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"}, {"Name": "Other"})
    ann, ben, _ = await world.add(
        world.people,
        {"Name": "Ann", "Company": acme},
        {"Name": "Ben", "Company": acme},
        {"Name": "Cyd", "Company": other},
    )
    people = await follow(world.people)
    assert (await world.companies.update(acme, {"City": "Oslo"})).ok
    found = [await people.update(), await people.update()]
    assert found == [(id, {"Where": "Rome"}, {"Where": "Oslo"}) for id in sorted([ann, ben])]


async def test_a_deleted_record_takes_its_values_along(world: World, follow: Follow) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    people = await follow(world.people)
    assert (await world.companies.delete([acme])).ok
    before = {"Company": {"id": acme, "value": "Acme"}, "Where": "Rome"}
    assert await people.update() == (ann, before, {"Company": None, "Where": None})


async def test_a_new_record_with_links_shows_in_those_that_it_links(world: World, follow: Follow) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Age": 30, "Company": acme})
    companies = await follow(world.companies)
    [ben] = await world.add(world.people, {"Name": "Ben", "Age": 12, "Company": acme})
    one, two = {"id": ann, "value": "Ann"}, {"id": ben, "value": "Ben"}
    assert await companies.update() == (acme, {"People": [one], "Years": 30}, {"People": [one, two], "Years": 42})


async def test_links_that_one_side_sets_are_events_of_the_other(world: World, follow: Follow) -> None:
    acme, other = await world.add(world.companies, {"Name": "Acme", "City": "Rome"}, {"Name": "Other", "City": "Oslo"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Age": 30, "Company": acme})
    companies, people = await follow(world.companies), await follow(world.people)
    shown = {"id": ann, "value": "Ann"}
    full, empty = {"People": [shown], "Years": 30}, {"People": [], "Years": None}

    assert (await world.people.update(ann, {"Company": other})).ok
    assert [await companies.update(), await companies.update()] == [(acme, full, empty), (other, empty, full)]
    own = await people.next()
    assert (own["recordId"], own["changedFields"]) == (ann, ["Company", "Where"])

    assert (await world.companies.update(other, {"People": []})).ok
    before, after = {"Company": {"id": other, "value": "Other"}, "Where": "Oslo"}, {"Company": None, "Where": None}
    assert await people.update() == (ann, before, after)
    assert (await world.companies.update(acme, {"People": [ann]})).ok
    now = {"Company": {"id": acme, "value": "Acme"}, "Where": "Rome"}
    assert await people.update() == (ann, after, now)


async def test_the_title_of_a_linked_record_is_part_of_the_link(world: World, follow: Follow) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    people = await follow(world.people)
    assert (await world.companies.update(acme, {"Name": "Ace", "Size": 3})).ok
    before, after = ({"Company": {"id": acme, "value": name}} for name in ("Acme", "Ace"))
    assert await people.update() == (ann, before, after)


async def test_a_change_that_alters_nothing_of_others_is_no_event_of_theirs(world: World, follow: Follow) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Age": 1, "Company": acme})
    companies = await follow(world.companies)
    [ben] = await world.add(world.people, {"Name": "Ben", "Age": 5})
    assert (await world.people.update_all([{"id": ben, "fields": {"Age": 6}}])).ok
    assert (await world.people.delete([ben])).ok
    assert (await world.people.update(ann, {"Age": 2})).ok
    assert await companies.update() == (acme, {"Years": 1}, {"Years": 2})


async def test_a_lookup_of_a_lookup_follows_a_record_two_links_away(world: World, follow: Follow) -> None:
    options = {
        "linked_field_id": await world.id_of(world.companies, "People"),
        "lookup_field_id": await world.id_of(world.people, "Where"),
    }
    assert (await world.add_field(world.companies, "There", "LOOKUP", options)).ok
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    await world.add(world.people, {"Name": "Ann", "Company": acme})
    companies = await follow(world.companies)
    assert (await world.companies.update(acme, {"City": "Oslo"})).ok
    own, derived = await companies.next(), await companies.update()
    assert (own["recordId"], own["changedFields"], own["previous"]) == (acme, ["City"], {"City": "Rome"})
    assert derived == (acme, {"There": ["Rome"]}, {"There": ["Oslo"]})
    assert await (await follow(world.companies, own["cursor"])).update() == derived


async def test_a_link_of_a_table_to_itself(world: World, follow: Follow) -> None:
    options = {"linked_table_id": str(world.people.table.id), "allow_multiple": False}
    assert (await world.add_field(world.people, "Boss", "LINKED_RECORD", options)).ok
    ann, ben = await world.add(world.people, {"Name": "Ann"}, {"Name": "Ben"})
    people = await follow(world.people)
    assert (await world.people.update(ben, {"Boss": ann})).ok
    own, derived = await people.next(), await people.update()
    assert (own["recordId"], own["changedFields"]) == (ben, ["Boss"])
    assert derived == (ann, {"People": []}, {"People": [{"id": ben, "value": "Ben"}]})
    assert (await world.people.update(ann, {"Name": "Anna", "Boss": ann})).ok
    own = await people.next()
    assert (own["recordId"], own["changedFields"]) == (ann, ["Name", "Boss"])
    shown = {record["recordId"]: record for record in [await people.next(), await people.next()]}
    assert shown[ben]["previous"]["Boss"] == {"id": ann, "value": "Ann"}
    assert shown[ann]["previous"] == {"People": [{"id": ben, "value": "Ben"}]}
    assert [each["id"] for each in shown[ann]["record"]["fields"]["People"]] == [ben, ann]


async def test_streams_that_are_found_by_a_value_get_derived_events_too(world: World, follow: Follow) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    ann, _ = await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben", "Company": acme})
    people = await follow(world.people, filter='{ field: "Name", operator: EQ, value: "Ann" }')
    await world.people.create({"Name": "Ann"})
    assert (await people.next())["type"] == "CREATED"  # so it stands with the others by now
    assert (await world.companies.update(acme, {"City": "Oslo"})).ok
    assert await people.update() == (ann, {"Where": "Rome"}, {"Where": "Oslo"})


async def test_a_field_that_comes_later_has_its_stream_hear_of_its_table(
    world: World, follow: Follow, services: Services
) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "Size": 3})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    people = await follow(world.people)
    await world.people.create({"Name": "Ben"})
    assert (await people.next())["type"] == "CREATED"
    await lookup(world, "How many", "Size")
    assert (await world.companies.update(acme, {"Size": 4})).ok
    assert await people.update() == (ann, {"How many": 3}, {"How many": 4})


async def test_a_batch_of_derived_events_is_resumed_anywhere(world: World, follow: Follow, services: Services) -> None:
    services.limits = replace(services.limits, derived_events_per_read=7)
    acme, other = await world.add(world.companies, {"Name": "Acme", "City": "Rome"}, {"Name": "Other", "City": "Bonn"})
    rows = [{"Name": str(n), "Company": acme if n % 3 else other} for n in range(40)]
    ids = await world.add(world.people, *rows)
    start = await cursor_of(world.people)
    patches = [{"id": id, "fields": {"City": city}} for id, city in ((acme, "Oslo"), (other, "Kyiv"))]
    assert (await world.companies.update_all(patches)).ok
    expected = [(id, {"Where": "Rome"}) for id, row in zip(ids, rows, strict=True) if row["Company"] == acme]
    expected += [(id, {"Where": "Bonn"}) for id, row in zip(ids, rows, strict=True) if row["Company"] == other]

    async def read(after: str, count: int) -> list[Mapping[str, Any]]:
        stream = await follow(world.people, after)
        return [await stream.next() for _ in range(count)]

    def seen(events: Sequence[Mapping[str, Any]]) -> list[tuple[str, Any]]:
        return [(event["recordId"], event["previous"]) for event in events]

    whole = await read(start, 40)
    assert sorted(seen(whole[:26])) == sorted(expected[:26])
    assert sorted(seen(whole[26:])) == sorted(expected[26:])
    for n in (0, 6, 7, 20, 25, 26, 38):
        assert seen(await read(whole[n]["cursor"], 39 - n)) == seen(whole[n + 1 :])


async def test_a_link_that_is_made_beside_the_deletion_of_its_record_is_told_of(
    world: World, follow: Follow, services: Services
) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    [ann] = await world.add(world.people, {"Name": "Ann"})
    people = await follow(world.people)

    async def delete() -> Result:
        return await world.companies.delete([acme])

    context = RequestContext(services, Viewer(world.owner.id), Client("test"))
    async with context.transaction(is_lone=False):
        await update_records(context, UUID(str(world.people.table.id)), [Patch(UUID(ann), {"Company": acme})], ())
        deleting = asyncio.create_task(delete())
        await asyncio.sleep(0.3)
        assert not deleting.done()  # it waits for the link
    assert (await deleting).ok
    assert (await people.next())["changedFields"] == ["Company", "Where"]
    gone = await people.next()
    assert (gone["recordId"], gone["record"]["fields"]["Company"]) == (ann, None)
    assert gone["changedFields"] == ["Company", "Where"]


async def test_formulas_follow_from_others_on_either_side_of_a_link(world: World, follow: Follow) -> None:
    for records, name, formula in (
        (world.companies, "Place", 'UPPER({City}) & "!"'),  # kept in a column
        (world.people, "Line", '{Name} & " in " & {Where}'),
    ):
        assert (await world.add_field(records, name, "FORMULA", {"formula": formula})).ok
    await lookup(world, "Seen", "Place")
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    people = await follow(world.people)
    assert (await world.companies.update(acme, {"City": "Oslo"})).ok
    before = {"Where": "Rome", "Line": "Ann in Rome", "Seen": "ROME!"}
    assert await people.update() == (ann, before, {"Where": "Oslo", "Line": "Ann in Oslo", "Seen": "OSLO!"})


async def test_links_follow_from_what_a_formula_makes_of_their_records(
    world: World, follow: Follow, address: str
) -> None:
    formula = {"formula": "{Name} & ', ' & {City}"}
    made = (await world.add_field(world.companies, "Label", "FORMULA", formula)).ok["createField"]["field"]
    given = {"id": world.companies.table.id, "primaryFieldId": made["id"]}
    assert (await mutate(world.api, "updateTable", "table { id }", given, as_=world.owner)).ok
    acme, best = await world.add(world.companies, {"Name": "Acme", "City": "Rome"}, {"Name": "Best", "City": "Oslo"})
    ann, _ = await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben", "Company": best})
    people = await follow(world.people)
    async with opened(address) as socket:
        await socket.initialise(world.owner)
        arguments = {"orderBy": [{"field": "Company"}]}
        screen = await Screen(socket, world.people, world.people.table, arguments).open()

        assert (await world.companies.update(acme, {"Name": "Zoo"})).ok

        before = {"Company": {"id": acme, "value": "Acme, Rome"}}
        assert await people.update() == (ann, before, {"Company": {"id": acme, "value": "Zoo, Rome"}})
        await screen.catch_up()
        assert (await world.companies.update(acme, {"Size": 3})).ok
        assert (await world.companies.delete([acme])).ok
        gone = {"Company": {"id": acme, "value": "Zoo, Rome"}, "Where": "Rome"}
        assert await people.update() == (ann, gone, {"Company": None, "Where": None})
        await screen.catch_up()


async def test_a_lost_wake_up_of_another_table_is_made_up_for(
    world: World, follow: Follow, services: Services, settings: Settings, database_url: str
) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": acme})
    people = await follow(world.people)
    await world.people.create({"Name": "Ben"})
    assert (await people.next())["type"] == "CREATED"
    database = Database(database_url, pool_size=1)
    silent = make_services(settings, database)  # its bus does not run
    context = RequestContext(silent, Viewer(world.owner.id), Client("test"))
    await update_records(context, UUID(str(world.companies.table.id)), [Patch(UUID(acme), {"City": "Oslo"})], ())
    await database.close()
    await services.streams.look_around()
    assert await people.update() == (ann, {"Where": "Rome"}, {"Where": "Oslo"})


async def test_live_lists_show_what_other_records_alter(world: World, address: str) -> None:
    acme, other = await world.add(world.companies, {"Name": "Acme", "City": "Rome"}, {"Name": "Other", "City": "Bonn"})
    people = [{"Name": name, "Age": 9, "Company": of} for name, of in (("Ann", acme), ("Ben", other), ("Cyd", acme))]
    [ann, *_] = await world.add(world.people, *people)
    lists = [
        (world.people, {"orderBy": [{"field": "Where"}, {"field": "Name"}]}),
        (world.people, {"filter": {"field": "Company.Size", "operator": "GT", "value": 3}}),
        (world.people, {"orderBy": [{"field": "Company.Size", "direction": "DESC"}]}),
        (world.companies, {"orderBy": [{"field": "Years"}]}),
    ]
    async with AsyncExitStack() as stack:
        screens = []
        for records, arguments in lists:
            socket = await stack.enter_async_context(opened(address))
            await socket.initialise(world.owner)
            screens.append(await Screen(socket, records, records.table, arguments).open())
        writes = [
            (world.companies, acme, {"City": "Athens"}),
            (world.companies, other, {"Size": 5}),
            (world.people, ann, {"Age": 90}),
            (world.companies, other, {"People": [ann]}),
            (world.companies, acme, {"Name": "Ace", "Size": 7}),
        ]
        for records, id, fields in writes:
            if "People" in fields:
                assert (await world.people.update(ann, {"Company": None})).ok
            assert (await records.update(id, fields)).ok
            for screen in screens:
                await screen.catch_up()
        assert (await world.companies.delete([acme])).ok
        for screen in screens:
            await screen.catch_up()


async def test_a_write_runs_no_more_statements_for_all_that_depends_on_it(world: World, services: Services) -> None:
    [acme, lone] = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Lone"})
    await world.add(world.people, *({"Name": str(n), "Company": acme} for n in range(30)))
    counts = []
    for id in (lone, acme):
        await world.companies.update(id, {"City": "Rome"}, selection="id")
        with StatementLog(services.database) as log:
            assert (await world.companies.update(id, {"City": "Oslo"}, selection="id")).ok
        counts.append([statement for statement in log.texts if statement.startswith("WITH guard")])
    assert (len(counts[0]), counts[1]) == (1, counts[0])
