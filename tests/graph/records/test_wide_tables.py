"""Tables of 500 fields: everything that is done with records still compiles and runs."""

from typing import Any

import pytest

from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import make_table

CHOICES = {"choices": ["a", "b"]}
KINDS: list[tuple[str, dict[str, Any], Any]] = [
    ("TEXT", {}, "text"),
    ("NUMBER", {}, 1.5),
    ("SINGLE_SELECT", CHOICES, "a"),
    ("MULTI_SELECT", CHOICES, ["b", "a"]),
    ("DATETIME", {}, "2026-01-01T00:00:00Z"),
    ("CHECKBOX", {}, True),
    ("DURATION", {}, 90),
    ("ATTACHMENT", {}, [{"url": "https://x.example/a.png", "filename": "a.png"}]),
]
NAMES = [f"Field {i}" for i in range(500)]


@pytest.fixture
async def wide(api: Api) -> Records:
    """A table of 500 fields of several kinds."""
    fields = [{"name": name, "type": kind(i)[0], "options": kind(i)[1]} for i, name in enumerate(NAMES)]
    return Records(api, await make_table(api, fields))


def kind(i: int) -> tuple[str, dict[str, Any], Any]:
    return KINDS[i % len(KINDS)]


async def test_a_record_of_500_values_is_written_read_changed_and_deleted(wide: Records) -> None:
    given = {name: kind(i)[2] for i, name in enumerate(NAMES)}
    made = (await wide.create(given)).ok["createRecord"]["record"]
    assert made["fields"] == given
    assert (await wide.get(made["id"])).ok["record"]["fields"] == given
    emptied = (await wide.update(made["id"], dict.fromkeys(NAMES))).ok["updateRecord"]["record"]
    assert emptied["revision"] == 2
    both = [{"id": made["id"], "fields": given}]
    assert (await wide.update_all(both)).ok["updateRecords"]["records"][0]["fields"] == given
    assert (await wide.upsert(NAMES[:1], [given])).ok["upsertRecords"]["updatedIds"] == [made["id"]]
    assert (await wide.delete([made["id"]])).ok


async def test_500_fields_are_searched_and_filtered(wide: Records) -> None:
    await wide.create_all([{"Field 496": "needle"}, {"Field 0": "hay"}])
    page = (await wide.page(search="NEEDLE", selection='totalCount nodes { value(field: "Field 496") }')).ok["records"]
    assert page == {"totalCount": 1, "nodes": [{"value": "needle"}]}
    leaves = [{"field": name, "operator": "IS_NOT_EMPTY"} for name in NAMES]
    some = (await wide.page(filter={"or": leaves}, selection="totalCount")).ok["records"]["totalCount"]
    every = (await wide.page(filter={"and": leaves}, selection="totalCount")).ok["records"]["totalCount"]
    assert (some, every) == (2, 0)


async def test_20_keys_of_500_order_pages(wide: Records) -> None:
    await wide.create_all([{"Field 1": i, "Field 0": "same"} for i in range(5)])
    order = [{"field": name, "direction": "DESC"} for name in NAMES[:20]]
    selection = 'nodes { value(field: "Field 1") } pageInfo { endCursor hasNextPage hasPreviousPage }'
    first = (await wide.page(orderBy=order, first=3, selection=selection)).ok["records"]
    second = (await wide.page(orderBy=order, first=3, after=first["pageInfo"]["endCursor"], selection=selection)).ok
    values = [node["value"] for page in (first, second["records"]) for node in page["nodes"]]
    assert values == [4, 3, 2, 1, 0]


async def test_the_501st_field_is_refused(wide: Records) -> None:
    document = "mutation ($input: CreateFieldInput!) { createField(input: $input) { field { id } } }"
    given = {"tableId": wide.table.id, "field": {"name": "One more", "type": "TEXT"}}
    refused = refusal(await wide.run(document, {"input": given}), "BAD_REQUEST")
    assert refused["message"] == "A table may have at most 500 fields."


async def test_500_bad_values_are_500_problems(wide: Records) -> None:
    refused = refusal(await wide.create({name: {"bad": 1} for name in NAMES}), "VALIDATION_ERROR")
    assert [each["loc"][0] for each in refused["errors"]] == NAMES
