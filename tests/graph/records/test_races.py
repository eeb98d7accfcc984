"""Two writers of the same records at once: nothing is lost, nothing is half done, nobody hangs."""

import asyncio
from collections import Counter
from itertools import pairwise
from typing import Any

import orjson

from tests.support.api import Api, Result
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records

MOST_AT_ONCE = 8
"""Fewer than the pool of the test database has connections."""


async def test_of_two_updates_of_one_revision_exactly_one_wins(records: Records, parts: list[str]) -> None:
    for revision in range(1, 6):
        answers = await asyncio.gather(
            *(records.update(parts[0], {"Price": revision * 100 + i}, ifRevision=revision) for i in range(MOST_AT_ONCE))
        )
        won = [answer.data["updateRecord"]["record"] for answer in answers if not answer.errors]
        lost = [answer for answer in answers if answer.errors]
        assert len(won) == 1
        assert [(answer.codes, answer.errors[0]["extensions"]["revision"]) for answer in lost] == [
            (["CONFLICT"], revision + 1)
        ] * (MOST_AT_ONCE - 1)
        current = (await records.get(parts[0])).ok["record"]
        assert (current["revision"], current["fields"]["Price"]) == (revision + 1, won[0]["fields"]["Price"])


async def test_every_update_without_a_revision_counts(records: Records, parts: list[str]) -> None:
    answers = await asyncio.gather(*(records.update(parts[0], {"Price": i}) for i in range(100, 100 + MOST_AT_ONCE)))
    revisions = sorted(answer.ok["updateRecord"]["record"]["revision"] for answer in answers)
    assert revisions == list(range(2, 2 + MOST_AT_ONCE))


async def test_updates_of_different_fields_do_not_undo_each_other(records: Records, parts: list[str]) -> None:
    for round in range(5):
        given = {"Name": f"name {round}", "Price": round + 1000, "Day": f"2026-03-0{round + 1}"}
        await asyncio.gather(*(records.update(parts[0], {field: value}) for field, value in given.items()))
        fields = (await records.get(parts[0])).ok["record"]["fields"]
        assert {field: fields[field] for field in given} == given


async def test_batches_over_the_same_records_in_opposite_order_do_not_deadlock(
    api: Api, records: Records, table: MadeTable
) -> None:
    ids = await create_records(api, table, [{"Price": 0} for _ in range(50)])

    def batch(number: int) -> Any:
        order = ids if number % 2 else ids[::-1]
        given = [{"id": id, "fields": {"Price": number + 1}} for id in order]
        return records.update_all(given, selection="id")

    answers = await asyncio.gather(*(batch(number) for number in range(MOST_AT_ONCE)))
    assert [answer.errors for answer in answers] == [[]] * MOST_AT_ONCE
    nodes = (await records.page()).ok["records"]["nodes"]
    assert {node["revision"] for node in nodes} == {1 + MOST_AT_ONCE}
    assert len({node["fields"]["Price"] for node in nodes}) == 1


async def test_operations_that_lock_in_opposite_order_are_tried_again(records: Records, parts: list[str]) -> None:
    document = """
        mutation ($one: ID!, $two: ID!, $price: JSON!) {
          a: updateRecord(input: { id: $one, fields: { Price: $price } }) { record { revision } }
          b: updateRecord(input: { id: $two, fields: { Price: $price } }) { record { revision } }
        }
    """
    pairs = [(parts[0], parts[1]), (parts[1], parts[0])]
    answers = await asyncio.gather(
        *(records.run(document, {"one": one, "two": two, "price": i + 100}) for i, (one, two) in enumerate(pairs))
    )
    assert [answer.errors for answer in answers] == [[], []]
    assert [(await records.get(id)).ok["record"]["revision"] for id in parts[:2]] == [3, 3]


async def test_a_record_is_deleted_once(records: Records, parts: list[str]) -> None:
    answers = await asyncio.gather(*(records.delete(parts[:3]) for _ in range(MOST_AT_ONCE)))
    codes = Counter(code for answer in answers for code in answer.codes)
    assert (sum(not answer.errors for answer in answers), codes) == (1, {"NOT_FOUND": MOST_AT_ONCE - 1})


async def test_an_update_meets_a_deletion(records: Records, parts: list[str]) -> None:
    for id in parts:
        deleted, updated = await asyncio.gather(records.delete([id]), records.update(id, {"Price": 77}))
        assert deleted.ok["deleteRecords"]["deletedIds"] == [id]
        assert updated.codes in ([], ["NOT_FOUND"])
    assert await records.all() == []


async def test_upserts_never_make_two_records_of_one_key(records: Records) -> None:
    async def upsert(number: int) -> Result:
        given = [{"Name": name, "Price": number} for name in ("a", "b", "c")]
        return await records.upsert(["Name"], given if number % 2 else given[::-1])

    answers = await asyncio.gather(*(upsert(number) for number in range(MOST_AT_ONCE)))
    assert sum(len(answer.ok["upsertRecords"]["createdIds"]) for answer in answers) == 3
    assert sorted(fields["Name"] for fields in await records.all()) == ["a", "b", "c"]


async def test_an_upsert_meets_a_deletion(records: Records) -> None:
    for round in range(5):
        name = f"part {round}"
        id = (await records.create({"Name": name, "Price": 0})).ok["createRecord"]["record"]["id"]
        deleted, upserted = await asyncio.gather(
            records.delete([id]), records.upsert(["Name"], [{"Name": name, "Price": 1}])
        )
        assert deleted.ok
        [record] = upserted.ok["upsertRecords"]["records"]
        there = [fields for fields in await records.all() if fields["Name"] == name]
        assert len(there) == (1 if record["id"] != id else 0)


async def test_the_log_tells_every_change_of_a_record_in_order(records: Records, parts: list[str], pg: Any) -> None:
    await asyncio.gather(*(records.update(parts[0], {"Price": i}) for i in range(100, 100 + MOST_AT_ONCE)))
    rows = await pg.fetch("SELECT before, after FROM changes WHERE operation = 'U' ORDER BY seq")
    chain = [(orjson.loads(row["before"]), orjson.loads(row["after"])) for row in rows]
    assert len(chain) == MOST_AT_ONCE
    for (_, earlier), (before, after) in pairwise(chain):
        assert {**after, **before} == earlier
