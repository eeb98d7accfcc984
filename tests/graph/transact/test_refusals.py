"""What is refused says in which operation, record and field; and nothing is done then."""

from typing import Any
from uuid import uuid4

import pytest

from tests.graph.transact.conftest import Calls, Operation, create, delete, temp, update, upsert
from tests.support.api import Result
from tests.support.refusals import refusal


async def assert_nothing_done(calls: Calls, companies: int = 0, people: int = 0) -> None:
    world = calls.world
    assert (len(await world.companies.all()), len(await world.people.all())) == (companies, people)


async def test_all_bad_values_of_all_operations_are_told_at_once(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    refused = refusal(
        await calls.send(
            create(world.companies, {"Name": "B", "Size": "large"}, {"Name": 7}),
            update(world.companies, acme, {"Nothing": 1}),
            upsert(world.people, "Name", {"Name": "Ann", "Company": [str(uuid4())]}, {"Age": 5}),
            create(world.people, {"Company": [temp("x")]}),
        ),
        "VALIDATION_ERROR",
    )
    told = [
        (error["loc"], error.get("operationIndex"), error.get("recordIndex"), error.get("recordId"))
        for error in refused["errors"]
    ]
    assert told == [
        (["operations", 0, "create", "records", 0, "fields", "Size"], 0, 0, None),
        (["operations", 0, "create", "records", 1, "fields", "Name"], 0, 1, None),
        (["operations", 1, "update", "records", 0, "fields", "Nothing"], 1, 0, acme),
        (["operations", 2, "upsert", "records", 0, "fields", "Company"], 2, 0, None),
        (["operations", 2, "upsert", "records", 1, "fields", "Name"], 2, 1, None),
        (["operations", 3, "create", "records", 0, "fields", "Company"], 3, 0, None),
    ]
    assert refused["message"].startswith("Operation 0: Record 0: Field 'Size': ")
    assert refused["message"].endswith(" (and 5 more)")
    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (0, 0, "Size")
    await assert_nothing_done(calls, companies=1)


async def test_required_values_that_are_missing(calls: Calls) -> None:
    world = calls.world
    assert (await world.add_field(world.people, "Job", "TEXT", isRequired=True)).ok
    refused = refusal(
        await calls.send(
            create(world.companies, {"Name": "A"}),
            create(world.people, {"Name": "Ann", "Job": "x"}, {"Name": "Ben"}),
            upsert(world.people, "Name", {"Name": "Cyd"}),
        ),
        "REQUIRED_FIELD",
    )
    places = [(error["operationIndex"], error["recordIndex"]) for error in refused["errors"]]
    assert places == [(1, 1), (2, 0)]
    await assert_nothing_done(calls)


async def test_a_user_who_is_no_member(calls: Calls) -> None:
    world = calls.world
    assert (await world.add_field(world.people, "Who", "USER")).ok
    refused = refusal(
        await calls.send(create(world.people, {"Name": "Ann"}), create(world.people, {"Who": str(uuid4())})),
        "FOREIGN_KEY_VIOLATION",
    )
    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (1, 0, "Who")
    await assert_nothing_done(calls)


async def test_a_record_at_another_revision(calls: Calls) -> None:
    world = calls.world
    acme, best = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Best"})
    refused = refusal(
        await calls.send(
            create(world.people, {"Name": "Ann"}),
            update(world.companies, acme, {"Size": 1}, ifRevision=1),
            update(world.companies, best, {"Size": 1}, ifRevision=7),
        ),
        "CONFLICT",
    )
    assert (refused["operationIndex"], refused["recordIndex"], refused["recordId"]) == (2, 0, best)
    assert refused["message"].startswith("Operation 2: ")
    await assert_nothing_done(calls, companies=2)


@pytest.mark.parametrize("kind", ["update", "delete"])
async def test_a_record_that_is_not_there(calls: Calls, kind: str) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    nobody = str(uuid4())
    bad = update(world.companies, nobody, {"Size": 1}) if kind == "update" else delete(world.companies, nobody)
    good = update(world.companies, acme, {"Size": 1})
    refused = refusal(await calls.send(create(world.people, {"Name": "Ann"}), good, bad), "NOT_FOUND")
    assert (refused["operationIndex"], refused["recordIndex"], refused["recordId"]) == (2, 0, nobody)
    assert (await world.companies.all())[0]["Size"] is None
    await assert_nothing_done(calls, companies=1)


async def test_a_record_may_stand_in_a_call_once(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    change = update(world.companies, acme, {"Size": 1})
    for other in (change, delete(world.companies, acme), upsert(world.companies, "Name", {"Name": "Acme"})):
        refused = refusal(await calls.send(change, other), "VALIDATION_ERROR")
        assert (refused["operationIndex"], refused["recordId"]) == (1, acme)
        assert "stands in the call twice" in refused["message"]


async def test_a_link_to_a_record_that_the_call_deletes(calls: Calls) -> None:
    world = calls.world
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    refused = refusal(
        await calls.send(delete(world.companies, acme), create(world.people, {"Company": [acme]})),
        "FOREIGN_KEY_VIOLATION",
    )
    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (1, 0, "Company")
    await assert_nothing_done(calls, companies=1)


async def test_a_second_link_where_a_record_takes_one(singles: Calls) -> None:
    world = singles.world
    refused = refusal(
        await singles.send(
            create(world.people, {"Name": "Ann", "Company": temp("a"), "$": "ann"}),
            create(world.companies, {"Name": "A", "$": "a"}),
            create(world.companies, {"Name": "C"}, {"Name": "B", "People": [temp("ann")]}),
        ),
        "DUPLICATE_VALUE",
    )
    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (2, 1, "People")
    await assert_nothing_done(singles)


async def test_both_sides_of_a_table_that_is_linked_to_itself(calls: Calls) -> None:
    world = calls.world
    options = {"linked_table_id": str(world.people.table.id)}
    assert (await world.add_field(world.people, "Friends", "LINKED_RECORD", options)).ok
    both = create(world.people, {"Name": "Ann", "Friends": [], "People": []})
    refused = refusal(await calls.send(create(world.companies, {"Name": "A"}), both), "BAD_REQUEST")
    assert (refused["operationIndex"], refused["field"]) == (1, "Friends")


async def test_an_upsert_on_fields_that_it_cannot_merge_on(calls: Calls) -> None:
    world = calls.world
    for merge_on in ("Nothing", "Company"):
        bad = upsert(world.people, merge_on, {"Name": "Ann"})
        refused = refusal(await calls.send(create(world.companies, {"Name": "A"}), bad), "BAD_REQUEST")
        assert refused["operationIndex"] == 1
    await assert_nothing_done(calls)


async def test_a_value_that_is_too_large_to_index(calls: Calls) -> None:
    world = calls.world
    assert (await world.add_field(world.people, "Code", "TEXT", isIndexed=True)).ok
    noise = "".join(chr(0x4E00 + (n * 7919) % 20_000) for n in range(2_000))
    refused = refusal(
        await calls.send(create(world.people, {"Name": "Ann"}), create(world.people, {"Code": noise})),
        "VALIDATION_ERROR",
    )
    assert (refused["operationIndex"], refused["recordIndex"], refused["field"]) == (1, 0, "Code")
    assert refused["errors"][0]["loc"] == ["operations", 1, "create", "records", 0, "fields", "Code"]


@pytest.mark.parametrize("bad", ["table", "id", "delete"])
async def test_what_is_no_id(calls: Calls, bad: str) -> None:
    world = calls.world
    operations: dict[str, tuple[Operation, str]] = {
        "table": ({"create": {"tableId": "x", "records": [{"fields": {}}]}}, "operations.1.create.tableId"),
        "id": (update(world.people, "x", {}), "operations.1.update.records.0.id"),
        "delete": (delete(world.people, "x"), "operations.1.delete.ids.0"),
    }
    operation, argument = operations[bad]
    result: Result = await calls.send(create(world.people, {"Name": "Ann"}), operation)
    assert refusal(result, "BAD_REQUEST")["argument"] == argument
    await assert_nothing_done(calls)


LIMITS: list[tuple[str, int, list[int], Any]] = [
    ("max_transact_operations", 2, [1, 1, 1], None),
    ("max_batch_records", 3, [2, 2], None),
    ("max_batch_records", 3, [1, 4], 1),
    ("max_batch_records", 3, [1, 0], 1),
    ("max_batch_records", 3, [], None),
]


@pytest.mark.parametrize(("limit", "most", "sizes", "operation"), LIMITS)
async def test_calls_have_bounds(calls: Calls, limit: str, most: int, sizes: list[int], operation: int | None) -> None:
    world = calls.world
    object.__setattr__(world.api.services.limits, limit, most)
    operations = [create(world.people, *({"Name": "x"} for _ in range(size))) for size in sizes]
    refused = refusal(await calls.send(*operations), "BAD_REQUEST")
    assert refused.get("operationIndex") == operation
    await assert_nothing_done(calls)
    assert (await calls.send(create(world.people, {}, {}), create(world.people, {}))).ok
