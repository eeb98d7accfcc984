"""deleteRecords: all or nothing."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from domain.ids import new_id, number_of
from tests.graph.records.conftest import PARTS
from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import MadeTable, create_records, make_table

State = Callable[[], Awaitable[object]]


async def test_records_are_deleted(records: Records, parts: list[str]) -> None:
    assert (await records.delete([parts[3], parts[0]])).ok["deleteRecords"]["deletedIds"] == [parts[3], parts[0]]
    assert [fields["Name"] for fields in await records.all()] == [PARTS[i]["Name"] for i in (1, 2, 4)]
    refusal(await records.get(parts[0]), "NOT_FOUND")


async def test_an_id_given_twice_is_deleted_once(records: Records, parts: list[str]) -> None:
    deleted = (await records.delete([parts[0], parts[0].upper(), parts[1]])).ok["deleteRecords"]["deletedIds"]
    assert deleted == [parts[0], parts[1]]
    assert len(await records.all()) == 3


async def test_one_missing_record_deletes_nothing(records: Records, parts: list[str], state: State) -> None:
    before = await state()
    gone = str(new_id(number_of(UUID(parts[0])) or 0))
    refused = refusal(await records.delete([parts[0], gone, parts[1]]), "NOT_FOUND")
    assert (refused["recordIndex"], refused["recordId"]) == (1, gone)
    assert refused["message"] == f"There is no record with id {gone}."
    assert await state() == before


async def test_a_deleted_record_is_gone_for_good(records: Records, parts: list[str]) -> None:
    assert (await records.delete([parts[0]])).ok
    refusal(await records.delete([parts[0]]), "NOT_FOUND")
    refusal(await records.update(parts[0], {"Name": "x"}), "NOT_FOUND")


async def test_a_record_of_another_table_is_not_found(
    api: Api, records: Records, table: MadeTable, parts: list[str], state: State
) -> None:
    foreign = await create_records(api, await make_table(api), [{"Name": "foreign"}])
    near = await create_records(api, await make_table(api, owner=table.owner), [{"Name": "near"}])
    before = await state()
    assert refusal(await records.delete([parts[0], *foreign]), "NOT_FOUND")["recordId"] == foreign[0]
    assert refusal(await records.delete([parts[0], *near]), "NOT_FOUND")["recordId"] == near[0]
    assert await state() == before


async def test_ids_are_checked_with_their_place(records: Records, parts: list[str], state: State) -> None:
    before = await state()
    assert refusal(await records.delete([parts[0], "nothing"]), "BAD_REQUEST")["argument"] == "ids.1"
    assert refusal(await records.delete([]), "BAD_REQUEST")["argument"] == "ids"
    assert await state() == before


async def test_the_size_of_a_batch_is_limited(api: Api, records: Records, parts: list[str], state: State) -> None:
    object.__setattr__(api.services.limits, "max_batch_records", 4)
    before = await state()
    refused = refusal(await records.delete(parts), "BAD_REQUEST")
    assert refused["message"] == "A batch has from 1 to 4 records; this one has 5."
    assert await state() == before
    assert (await records.delete(parts[:4])).ok
