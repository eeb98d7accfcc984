"""`createMissingChoices`: choices that values name and fields lack are made in the transaction of the records."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest

from tests.graph.records.conftest import member_of
from tests.support.api import Api, Result
from tests.support.catalog import add_field, mutate, update_field
from tests.support.records import Records
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, make_table

Pg = asyncpg.Connection
State = Callable[[], Awaitable[object]]
MAKING = {"typecast": True, "createMissingChoices": True}
TAGS = {"choices": [{"id": "a", "name": "new"}, {"id": "b", "name": "old, dusty"}]}


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """An empty table with two selects."""
    status = {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": ["Open", "Done"]}}
    tags = {"name": "Tags", "type": "MULTI_SELECT", "options": TAGS}
    price = {"name": "Price", "type": "NUMBER"}
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, status, tags, price])


async def choices(records: Records, field: str = "Status") -> list[str]:
    """The names of a field's choices."""
    document = "query ($id: ID!) { field(id: $id) { options } }"
    options = (await records.run(document, {"id": records.table.fields[field]})).ok["field"]["options"]
    return [choice["name"] for choice in options["choices"]]


def problems(result: Result) -> list[tuple[int, str]]:
    """Of a refused batch, which records have problems, and what is wrong."""
    found = result.errors[0]["extensions"]["errors"]
    return [(each["recordIndex"], each["msg"]) for each in found]


async def test_choices_are_made_in_the_order_of_the_records(records: Records) -> None:
    given = [
        {"Status": "Late"},
        {"Status": " done ", "Tags": "hot, new"},
        {"Status": ["late"], "Tags": ["Cold", "HOT", "a"]},
        {"Status": 7, "Tags": 'old, dusty, "x, y"'},
    ]
    made = (await records.create_all(given, **MAKING)).ok["createRecords"]["records"]
    assert [each["fields"]["Status"] for each in made] == ["Late", "Done", "Late", "7"]
    assert [each["fields"]["Tags"] for each in made][:3] == [[], ["hot", "new"], ["Cold", "hot", "new"]]
    assert await choices(records) == ["Open", "Done", "Late", "7"]
    assert (await choices(records, "Tags"))[:4] == ["new", "old, dusty", "hot", "Cold"]


async def test_names_with_commas_are_read_as_typecast_reads_them(records: Records) -> None:
    given = [{"Tags": "old, dusty, hot"}, {"Tags": 'cold, "x, y"'}, {"Tags": ["p, q"]}, {"Tags": "r;s\nt,, "}]
    made = (await records.create_all(given, **MAKING)).ok["createRecords"]["records"]
    tags = [["old, dusty", "hot"], ["cold", "x, y"], ["p, q"], ["r", "s", "t"]]
    assert [each["fields"]["Tags"] for each in made] == tags
    assert await choices(records, "Tags") == ["new", "old, dusty", "hot", "cold", "x, y", "p, q", "r", "s", "t"]


async def statuses(records: Records) -> list[str | None]:
    """The status of each record."""
    return [fields["Status"] for fields in await records.all()]


async def write(records: Records, mutation: str, id: str, status: str, **more: Any) -> Result:
    """One of the mutations that write, which sets the status."""
    fields = {"Name": "Bolt", "Status": status}
    match mutation:
        case "createRecord":
            return await records.create(fields, **more)
        case "createRecords":
            return await records.create_all([fields], **more)
        case "updateRecord":
            return await records.update(id, fields, **more)
        case "updateRecords":
            return await records.update_all([{"id": id, "fields": fields}], **more)
        case _:
            return await records.upsert(["Name"], [fields], **more)


MUTATIONS = ["createRecord", "createRecords", "updateRecord", "updateRecords", "upsertRecords"]


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_every_write_makes_them_when_asked(records: Records, state: State, mutation: str) -> None:
    id = (await records.create({"Name": "Bolt"})).ok["createRecord"]["record"]["id"]
    before = await state()
    refused = await write(records, mutation, id, "Late", typecast=True)
    assert (refused.codes, await state()) == (["VALIDATION_ERROR"], before)

    assert (await write(records, mutation, id, "Late", **MAKING)).ok

    assert await choices(records) == ["Open", "Done", "Late"]
    assert "Late" in await statuses(records)


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_a_write_that_lacks_none_costs_nothing_more(
    records: Records, statements: Callable[[], StatementLog], mutation: str
) -> None:
    id = (await records.create({"Name": "Bolt"})).ok["createRecord"]["record"]["id"]
    await write(records, mutation, id, "Open", typecast=True)
    costs = []
    for asked in (False, True):
        with statements() as seen:
            done = await write(records, mutation, id, "Open", typecast=True, createMissingChoices=asked)
        assert done.ok
        costs.append((seen.texts, seen.transactions))
    assert costs[0] == costs[1]


async def test_it_takes_typecast(records: Records, state: State) -> None:
    before = await state()
    refused = await records.create({"Status": "Late"}, createMissingChoices=True)
    assert refused.codes == ["BAD_REQUEST"]
    assert refused.errors[0]["message"] == "createMissingChoices goes with `typecast: true` only."
    assert await state() == before


async def test_it_takes_the_right_to_change_the_schema(api: Api, records: Records, state: State) -> None:
    editor = await member_of(api, records.table, "EDITOR")
    before = await state()

    refused = await records.create({"Status": "Late"}, as_=editor, **MAKING)

    assert (refused.codes, await state()) == (["FORBIDDEN"], before)
    assert (await records.create({"Status": "open"}, as_=editor, **MAKING)).ok


async def test_who_may_not_write_learns_nothing(api: Api, records: Records, state: State) -> None:
    viewer, stranger = await member_of(api, records.table, "VIEWER"), await api.register()
    before = await state()
    assert (await records.create({"Status": "Late"}, as_=viewer, **MAKING)).codes == ["FORBIDDEN"]
    assert (await records.create({"Status": "Late"}, as_=stranger, **MAKING)).codes == ["NOT_FOUND"]
    assert await state() == before


async def test_nothing_is_made_for_a_batch_that_is_refused_anyway(records: Records, state: State) -> None:
    before = await state()
    refused = await records.create_all([{"Status": "Late"}, {"Price": "dear"}], **MAKING)
    assert refused.codes == ["VALIDATION_ERROR"]
    assert [index for index, _ in problems(refused)] == [1]
    assert await state() == before


async def test_choices_go_with_the_records_that_are_refused_later(records: Records, state: State) -> None:
    before = await state()
    document = """
        mutation ($input: CreateRecordInput!, $bad: CreateRecordInput!) {
          a: createRecord(input: $input) { record { id } } b: createRecord(input: $bad) { record { id } }
        }
    """
    into = {"tableId": records.table.id}
    given = {"input": {**into, "fields": {"Status": "Late"}, **MAKING}, "bad": {**into, "fields": {"Price": "x"}}}
    assert (await records.run(document, given)).codes == ["VALIDATION_ERROR"]
    assert await state() == before
    assert (await records.create({"Status": "Late"}, typecast=True)).codes == ["VALIDATION_ERROR"]


async def test_a_field_has_room_for_so_many(api: Api, records: Records, state: State) -> None:
    await update_field(api, records.table, "Status", options={"choices": [f"c{i}" for i in range(999)]})
    before = await state()

    refused = await records.create_all([{"Status": "a"}, {"Status": "A"}, {"Status": "b"}], **MAKING)

    assert refused.codes == ["VALIDATION_ERROR"]
    assert problems(refused) == [(2, "A field has at most 1,000 choices; this one has 999 already.")]
    assert await state() == before
    assert (await records.create({"Status": "a"}, **MAKING)).ok
    assert len(await choices(records)) == 1_000


@pytest.mark.parametrize("name", ["x" * 256, "a\x00b"])
async def test_what_can_be_no_name_is_refused_where_it_stands(records: Records, state: State, name: str) -> None:
    before = await state()
    refused = await records.create_all([{"Tags": ["ok", name]}, {"Status": "Late"}, {"Status": name}], **MAKING)
    assert refused.codes == ["VALIDATION_ERROR"]
    assert [index for index, _ in problems(refused)] == [0, 2]
    assert await state() == before


async def test_writers_that_miss_the_same_choice_make_it_once(records: Records) -> None:
    names = ["Late", "late", "LATE", "Late ", "Later", "later"]
    done = await asyncio.gather(*(records.create({"Status": name}, **MAKING) for name in names for _ in range(2)))
    assert [each.codes for each in done] == [[]] * 12
    made = (await choices(records))[2:]
    assert sorted(name.lower() for name in made) == ["late", "later"]
    assert sorted(await statuses(records)) == sorted(
        name for name in made for _ in range({"late": 8, "later": 4}[name.lower()])
    )


async def test_the_writers_of_the_table_go_on(records: Records, statements: Callable[[], StatementLog]) -> None:
    with statements() as seen:
        assert (await records.create({"Status": "Late"}, **MAKING)).ok
    assert [text for text in seen.texts if text.startswith(("LOCK TABLE", "UPDATE base_"))] == []


async def test_operations_that_have_written_already_do_not_stand_in_each_others_way(records: Records) -> None:
    document = """
        mutation ($plain: CreateRecordInput!, $making: CreateRecordInput!) {
          a: createRecord(input: $plain) { record { id } } b: createRecord(input: $making) { record { id } }
        }
    """
    table = {"tableId": records.table.id}

    def given(name: str) -> dict[str, Any]:
        return {"plain": {**table, "fields": {}}, "making": {**table, "fields": {"Status": name}, **MAKING}}

    done = await asyncio.gather(*(records.run(document, given(f"c{i % 3}")) for i in range(6)))

    assert [each.codes for each in done] == [[]] * 6
    assert sorted(await choices(records)) == ["Done", "Open", "c0", "c1", "c2"]
    assert sorted(filter(None, await statuses(records))) == ["c0", "c0", "c1", "c1", "c2", "c2"]


async def test_a_choice_of_which_the_cache_does_not_know_yet_is_not_made_again(
    api: Api, records: Records, pg: Pg, statements: Callable[[], StatementLog]
) -> None:
    id = records.table.fields["Status"]
    await records.create({"Status": "Open"})
    late = """jsonb_set(options, '{choices,2}', '{"id": "late", "name": "Late", "color": "red"}')"""
    await pg.execute(f"UPDATE fields SET options = {late} WHERE id = $1", id)  # as another process would
    await pg.execute("UPDATE bases SET schema_version = schema_version + 1 WHERE id = $1", records.table.base_id)

    with statements() as seen:
        assert (await records.create({"Status": "late"}, **MAKING)).ok

    assert [text for text in seen.texts if text.startswith("LOCK TABLE") or "FOR NO KEY UPDATE" in text] == []
    assert await choices(records) == ["Open", "Done", "Late"]
    assert await statuses(records) == ["Open", "Late"]


async def test_the_log_tells_of_the_choice_before_the_record(records: Records, pg: Pg) -> None:
    last = await pg.fetchval("SELECT max(seq) FROM changes")
    await records.create({"Status": "Late"}, **MAKING)
    told = await pg.fetch("SELECT kind, mutation_id, xid FROM changes WHERE seq > $1 ORDER BY seq", last)
    kinds = [each["kind"] for each in told if each["kind"] in ("field", "record")]
    assert kinds == ["field", "record"]
    assert len({each["xid"] for each in told}) == 1


async def test_the_audit_log_tells_who_made_which(records: Records, pg: Pg) -> None:
    await records.create_all([{"Status": "Late"}, {"Status": "Gone"}, {"Status": "Open"}], **MAKING)
    await records.create({"Status": "Late"}, **MAKING)
    rows = await pg.fetch(
        "SELECT subject_id::text AS field, workspace_id, actor_id, details ->> 'tableId' AS in_table,"
        " details ->> 'choices' AS choices FROM audit_entries WHERE action = 'field.choices_added'"
    )
    table = records.table
    assert [tuple(row) for row in rows] == [
        (table.fields["Status"], table.workspace_id, table.owner.id, str(table.id), '["Late", "Gone"]')
    ]


async def test_an_undoing_takes_the_records_back_and_leaves_the_choices(api: Api, records: Records) -> None:
    into = {"tableId": records.table.id, "records": [{"Status": "Late"}], **MAKING}
    done = (await mutate(api, "createRecords", "mutationId", into, as_=records.table.owner)).ok["createRecords"]
    undone = await mutate(api, "undo", "deletedIds", {"mutationId": done["mutationId"]}, as_=records.table.owner)
    assert len(undone.ok["undo"]["deletedIds"]) == 1
    assert await records.all() == []
    assert await choices(records) == ["Open", "Done", "Late"]


async def test_a_key_makes_them_once(records: Records) -> None:
    first = await records.create({"Status": "Late"}, idempotencyKey="once", **MAKING)
    again = await records.create({"Status": "Late"}, idempotencyKey="once", **MAKING)
    assert first.ok == again.ok
    assert len(await records.all()) == 1
    other = await records.create({"Status": "Late"}, idempotencyKey="once", typecast=True)
    assert other.codes == ["CONFLICT"]


async def test_what_is_made_of_the_field_knows_the_new_choice(api: Api, records: Records) -> None:
    await add_field(api, records.table, name="Shout", type="FORMULA", options={"formula": "UPPER({Status})"})
    await update_field(api, records.table, "Status", isIndexed=True)
    made = await records.create_all([{"Status": "Late"}, {"Status": "Open"}], **MAKING)
    assert [each["fields"]["Shout"] for each in made.ok["createRecords"]["records"]] == ["LATE", "OPEN"]
    assert [fields["Shout"] for fields in await records.all()] == ["LATE", "OPEN"]
    page = await records.page(selection="nodes { fields }", orderBy=[{"field": "Status"}])
    assert [each["fields"]["Status"] for each in page.ok["records"]["nodes"]] == ["Open", "Late"]
