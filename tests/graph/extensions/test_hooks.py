"""Hooks of extensions around writes of records, whichever way these come."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from adapters.extensions import Extensions
from domain.extensions import Draft, Extension, RecordWrite, Refused, WriteKind
from tests.support.api import Api
from tests.support.catalog import add_field, add_member, mutate
from tests.support.forms import open_form, submit
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, create_records

Extend = Callable[[Extension], None]


class Seen:
    """The writes that an extension was called with, before and after."""

    def __init__(self) -> None:
        self.extension = Extension("watching")
        self.calls: list[tuple[str, WriteKind, list[dict[str, Any]], bool]] = []
        for kind in ("create", "update", "delete"):
            getattr(self.extension, f"before_{kind}")()(self._note("before"))
            getattr(self.extension, f"after_{kind}")()(self._note("after"))

    def _note(self, moment: str) -> Callable[[RecordWrite], Any]:
        async def note(write: RecordWrite) -> None:
            self.calls.append((moment, write.kind, [dict(each.values) for each in write.records], write.gives_back))

        return note

    @property
    def writes(self) -> list[tuple[str, list[dict[str, Any]], bool]]:
        """What was written: each was called before and after, and once."""
        before, after = self.calls[::2], self.calls[1::2]
        assert [each[0] for each in before] == ["before"] * len(before)
        assert [("before", *each[1:]) for each in after] == before
        return [(kind.value, values, gives_back) for _, kind, values, gives_back in before]


@pytest.fixture
def seen(extend: Extend) -> Seen:
    """An extension that only looks on."""
    seen = Seen()
    extend(seen.extension)
    return seen


async def stored(api: Api, table: MadeTable) -> list[dict[str, Any]]:
    """The fields of all records, in the order in which they were made."""
    document = "query ($id: ID!) { records(tableId: $id) { nodes { fields } } }"
    result = await api.execute(document, {"id": table.id}, as_=table.owner)
    return [node["fields"] for node in result.ok["records"]["nodes"]]


async def test_a_batch_is_shown_once_with_the_values_as_clients_send_them(
    api: Api, parts: MadeTable, seen: Seen
) -> None:
    [first, second] = await create_records(
        api, parts, [{"Name": "Nut", "Status": "Open"}, {"Name": "Bolt", "Price": 1.5}]
    )
    given = {
        "tableId": parts.id,
        "records": [{"id": first, "fields": {"Status": "Closed"}}, {"id": second, "fields": {"Price": None}}],
    }
    await mutate(api, "updateRecords", "mutationId", given, as_=parts.owner)
    await mutate(api, "deleteRecords", "mutationId", {"tableId": parts.id, "ids": [second, first]}, as_=parts.owner)

    assert seen.writes == [
        ("create", [{"Name": "Nut", "Status": "Open"}, {"Name": "Bolt", "Price": 1.5}], False),
        ("update", [{"Status": "Closed"}, {"Price": None}], False),
        ("delete", [{}, {}], False),
    ]


async def test_upserts_show_what_is_changed_and_what_is_new(api: Api, parts: MadeTable, seen: Seen) -> None:
    await create_records(api, parts, [{"Name": "Nut"}])
    seen.calls.clear()
    given = {"tableId": parts.id, "mergeOn": ["Name"], "records": [{"Name": "Bolt"}, {"Name": "Nut", "Price": 2}]}

    await mutate(api, "upsertRecords", "mutationId", given, as_=parts.owner)

    assert seen.writes == [
        ("update", [{"Name": "Nut", "Price": 2}], False),
        ("create", [{"Name": "Bolt"}], False),
    ]


async def test_what_is_undone_and_restored_is_given_back(api: Api, parts: MadeTable, seen: Seen) -> None:
    [id] = await create_records(api, parts, [{"Name": "Nut", "Status": "Open"}])
    change = {"id": id, "fields": {"Status": "Closed"}}
    changed = await mutate(api, "updateRecord", "mutationId", change, as_=parts.owner)
    seen.calls.clear()

    await mutate(api, "undo", "updatedIds", changed.ok["updateRecord"], as_=parts.owner)
    given = {"tableId": parts.id, "ids": [id]}
    await mutate(api, "deleteRecords", "mutationId", given, as_=parts.owner)
    await mutate(api, "restoreRecords", "restoredIds", given, as_=parts.owner)

    assert seen.writes == [
        ("update", [{"Status": "Open"}], True),
        ("delete", [{}], False),
        ("create", [{"Name": "Nut", "Price": None, "Status": "Open"}], True),
    ]
    assert await stored(api, parts) == [{"Name": "Nut", "Price": None, "Status": "Open"}]


async def test_a_call_of_transact_is_shown_by_what_it_does(api: Api, parts: MadeTable, seen: Seen) -> None:
    [id, gone] = await create_records(api, parts, [{"Name": "Nut"}, {"Name": "Old"}])
    seen.calls.clear()
    operations = [
        {"create": {"tableId": parts.id, "records": [{"fields": {"Name": "Bolt"}}]}},
        {"update": {"tableId": parts.id, "records": [{"id": id, "fields": {"Price": 3}}]}},
        {"delete": {"tableId": parts.id, "ids": [gone]}},
    ]

    (await mutate(api, "transact", "mutationId", {"operations": operations}, as_=parts.owner)).ok["transact"]

    assert seen.writes == [
        ("delete", [{}], False),
        ("update", [{"Price": 3}], False),
        ("create", [{"Name": "Bolt"}], False),
    ]


async def test_a_form_writes_for_nobody(api: Api, parts: MadeTable, extend: Extend) -> None:
    extension, users = Extension("watching"), list[object]()

    @extension.before_create()
    async def note(write: RecordWrite) -> None:
        users.append(write.user_id)

    extend(extension)
    token = await open_form(api, parts, ["Name"])

    (await submit(api, token, {"Name": "Nut"}, as_=parts.owner)).ok["submitForm"]

    assert users == [None]


async def test_an_import_is_shown_batch_by_batch(api: Api, parts: MadeTable, extend: Extend) -> None:
    extension, sizes = Extension("importing"), list[int]()

    @extension.before_create("Parts")
    async def double(write: RecordWrite) -> None:
        sizes.append(len(write.records))
        for draft in write.records:
            draft.values["Status"] = "Open"

    @extension.before_create("Other")
    async def never(_: RecordWrite) -> None:
        raise AssertionError

    extend(extension)
    rows = "\n".join(f"Part {i},{i}" for i in range(3_000))
    document = "mutation ($input: ImportRecordsInput!) { importRecords(input: $input) { rowCount } }"
    given = {"tableId": parts.id, "fileName": "parts.csv", "content": f"Name,Price\n{rows}\n"}
    result = await api.execute(document, {"input": given}, as_=parts.owner)

    assert result.ok["importRecords"] == {"rowCount": 3_000}
    assert sizes == [2_500, 500]
    assert (await stored(api, parts))[2] == {"Name": "Part 2", "Price": 2, "Status": "Open"}


async def test_before_may_change_values_and_add_others(api: Api, parts: MadeTable, extend: Extend) -> None:
    extension = Extension("pricing")

    @extension.before_create("Parts")
    def tidy(write: RecordWrite) -> None:
        for draft in write.records:
            draft.values["Name"] = draft.values["Name"].strip().title()
            draft.values["Status"] = "Open"

    @extension.before_update("Parts")
    async def close(write: RecordWrite) -> None:
        for draft in write.records:
            if draft.values.get("Price") == 0:
                draft.values["Status"] = "Closed"

    extend(extension)
    ids = await create_records(api, parts, [{"Name": " nut "}, {"Name": "bolt", "Status": "Closed"}])
    given = {"tableId": parts.id, "records": [{"id": id, "fields": {"Price": i}} for i, id in enumerate(ids)]}
    result = await mutate(api, "updateRecords", "records { revision fields }", given, as_=parts.owner)

    assert result.ok["updateRecords"]["records"] == [
        {"revision": 2, "fields": {"Name": "Nut", "Price": 0, "Status": "Closed"}},
        {"revision": 2, "fields": {"Name": "Bolt", "Price": 1, "Status": "Open"}},
    ]


async def test_before_may_refuse_and_names_the_record(api: Api, parts: MadeTable, extend: Extend) -> None:
    extension = Extension("guarding")

    @extension.before_create()
    async def guard(write: RecordWrite) -> None:
        for draft in write.records:
            if draft.values["Name"] == "Bad":
                raise Refused("No bad parts.", record=draft.index)

    extend(extension)
    document = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { mutationId } }"
    given = {"tableId": parts.id, "records": [{"Name": "Good"}, {"Name": "Bad"}]}
    result = await api.execute(document, {"input": given}, as_=parts.owner)
    upserted = await mutate(api, "upsertRecords", "mutationId", {**given, "mergeOn": ["Name"]}, as_=parts.owner)
    operations = [{"create": {"tableId": parts.id, "records": [{"fields": each}]}} for each in given["records"]]
    transacted = await mutate(api, "transact", "mutationId", {"operations": operations}, as_=parts.owner)

    assert result.errors[0]["message"] == "No bad parts."
    assert result.errors[0]["extensions"] == {"code": "REFUSED", "recordIndex": 1}
    assert upserted.errors[0]["extensions"] == {"code": "REFUSED", "recordIndex": 1}
    assert transacted.errors[0]["extensions"] == {"code": "REFUSED", "recordIndex": 0, "operationIndex": 1}
    assert await stored(api, parts) == []


async def test_a_failure_behind_the_write_takes_it_back(api: Api, parts: MadeTable, extend: Extend) -> None:
    extension = Extension("counting")

    @extension.after_create()
    async def count(write: RecordWrite) -> None:
        found = await write.current()
        assert [found[draft.id]["Name"] for draft in write.records] == ["Nut"]
        raise ValueError("secret reason")

    extend(extension)
    document = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { mutationId } }"
    result = await api.execute(document, {"input": {"tableId": parts.id, "fields": {"Name": "Nut"}}}, as_=parts.owner)

    assert result.codes == ["FUNCTION_FAILED"]
    assert "'counting' failed in its hook after_create" in result.errors[0]["message"]
    assert "secret reason" not in str(result.body)
    assert await stored(api, parts) == []


@pytest.mark.parametrize("value", [7, None])
async def test_values_that_do_not_fit_are_the_extension_s_fault(
    api: Api, parts: MadeTable, extend: Extend, value: object, caplog: pytest.LogCaptureFixture
) -> None:
    extension = Extension("careless")

    @extension.before_create()
    async def spoil(write: RecordWrite) -> None:
        write.records[0].values["Name"] = value

    extend(extension)
    document = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { mutationId } }"
    result = await api.execute(document, {"input": {"tableId": parts.id, "fields": {"Name": "Nut"}}}, as_=parts.owner)

    assert result.codes == ["FUNCTION_FAILED"]
    assert result.errors[0]["extensions"]["extension"] == "careless"
    assert "the extension careless failed in its hook before_create" in caplog.text
    assert await stored(api, parts) == []


async def test_what_is_given_back_keeps_its_values(api: Api, parts: MadeTable, extend: Extend) -> None:
    [id] = await create_records(api, parts, [{"Name": "Nut"}])
    given = {"tableId": parts.id, "ids": [id]}
    await mutate(api, "deleteRecords", "mutationId", given, as_=parts.owner)
    extension = Extension("changing")

    @extension.before_create()
    async def change(write: RecordWrite) -> None:
        write.records[0].values["Name"] = "Other"

    extend(extension)
    result = await mutate(api, "restoreRecords", "restoredIds", given, as_=parts.owner)

    assert result.codes == ["FUNCTION_FAILED"]
    assert await stored(api, parts) == []


async def test_before_an_update_the_records_are_shown_as_they_were_and_locked(
    api: Api, parts: MadeTable, extend: Extend
) -> None:
    [id] = await create_records(api, parts, [{"Name": "Nut", "Price": 0}])
    extension = Extension("adding")

    @extension.before_update("Parts")
    async def add(write: RecordWrite) -> None:
        before = await write.current()
        for draft in write.records:
            draft.values["Price"] = before[draft.id]["Price"] + draft.values["Price"]

    extend(extension)

    async def raise_price() -> None:
        (await mutate(api, "updateRecord", "mutationId", {"id": id, "fields": {"Price": 1}}, as_=parts.owner)).ok[
            "updateRecord"
        ]

    await asyncio.gather(*(raise_price() for _ in range(10)))

    assert await stored(api, parts) == [{"Name": "Nut", "Price": 10, "Status": None}]


async def test_who_may_not_write_hears_nothing_of_hooks(api: Api, parts: MadeTable, extend: Extend) -> None:
    viewer, stranger = await api.register(), await api.register()
    await add_member(api, parts.owner, parts.workspace_id, viewer, "VIEWER")
    extension = Extension("refusing")

    @extension.before_create()
    async def refuse(_: RecordWrite) -> None:
        raise Refused("Never.")

    extend(extension)
    document = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { mutationId } }"
    given = {"input": {"tableId": parts.id, "fields": {"Name": "Nut"}}}

    assert (await api.execute(document, given, as_=viewer)).codes == ["FORBIDDEN"]
    assert (await api.execute(document, given, as_=stranger)).codes == ["NOT_FOUND"]
    assert (await api.execute(document, given, as_=parts.owner)).codes == ["REFUSED"]


async def test_hooks_are_called_in_the_order_of_extensions_and_see_each_other_s_changes(
    api: Api, parts: MadeTable
) -> None:
    first, second = Extension("a"), Extension("b")

    @second.before_create()
    async def behind(write: RecordWrite) -> None:
        write.records[0].values["Name"] += "b"

    @first.before_create()
    async def ahead(write: RecordWrite) -> None:
        write.records[0].values["Name"] += "a"

    api.services.extensions = Extensions.of(second, first)
    await create_records(api, parts, [{"Name": "Nut "}])

    assert [fields["Name"] for fields in await stored(api, parts)] == ["Nut ab"]


async def test_links_are_lists_of_ids_and_can_be_set(api: Api, parts: MadeTable, extend: Extend) -> None:
    options = {"linked_table_id": str(parts.id)}
    await add_field(api, parts, name="Next", type="LINKED_RECORD", options=options)
    [nut] = await create_records(api, parts, [{"Name": "Nut"}])
    extension, shown = Extension("linking"), list[Draft]()

    @extension.before_create()
    async def link(write: RecordWrite) -> None:
        shown.extend(write.records)
        write.records[0].values.setdefault("Next", [nut])

    extend(extension)
    await create_records(api, parts, [{"Name": "Bolt"}, {"Name": "Washer", "Next": [nut]}])

    assert [draft.values["Next"] for draft in shown] == [[nut], [nut]]
    assert [[each["id"] for each in fields["Next"]] for fields in await stored(api, parts)][1:] == [[nut], [nut]]


async def test_tables_without_hooks_are_written_by_the_same_statements(
    api: Api, parts: MadeTable, extend: Extend, statements: Callable[[], StatementLog]
) -> None:
    await create_records(api, parts, [{"Name": "Nut"}])
    with statements() as bare:
        await create_records(api, parts, [{"Name": "Nut"}])
    extension = Extension("elsewhere")

    @extension.before_create("Other table")
    async def never(_: RecordWrite) -> None:
        raise AssertionError

    extend(extension)
    with statements() as beside:
        await create_records(api, parts, [{"Name": "Nut"}])

    assert (beside.texts, beside.transactions) == (bare.texts, bare.transactions)
    assert (bare.count, bare.transactions) == (1, [])


@pytest.mark.parametrize("count", [1, 100])
async def test_hooks_cost_two_statements_however_many_records(
    api: Api, parts: MadeTable, seen: Seen, statements: Callable[[], StatementLog], count: int
) -> None:
    await create_records(api, parts, [{"Name": "Nut"}] * count)

    with statements() as log:
        await create_records(api, parts, [{"Name": "Nut"}] * count)

    assert log.count == 3
    assert log.transactions == ["BEGIN;", "COMMIT;"]
