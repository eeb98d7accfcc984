"""Tables change while their records are read and written: every answer is right for some version of the table."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from adapters.database import Database
from resolvers.services import Services
from server.app import create_app
from server.services import make_services
from server.settings import Settings
from tests.graph.records.conftest import member_of
from tests.support.api import Api, Result
from tests.support.records import Records
from tests.support.refusals import assert_clean, refusal
from tests.support.tables import MadeTable

UPDATE = "mutation ($input: UpdateFieldInput!) { updateField(input: $input) { field { id name } } }"
DELETE = "mutation ($input: DeleteFieldInput!) { deleteField(input: $input) { deletedId } }"
CREATE = "mutation ($input: CreateFieldInput!) { createField(input: $input) { field { id name } } }"
FALLBACK = "nodes { fields table { name base { name } } }"


@pytest.fixture
async def elsewhere(settings: Settings, database: Database, services: Services, table: MadeTable):
    """The records of the same table, through another process with caches of its own."""
    other: Services = make_services(settings, database)
    other.passwords = services.passwords
    app: Starlette = create_app(settings, other)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as http:
        yield Records(Api(http, other), table)


async def alter(records: Records, document: str, **given: Any) -> Result:
    return await records.run(document, {"input": given})


async def test_another_process_sees_a_renamed_field(
    records: Records, elsewhere: Records, table: MadeTable, parts: list[str]
) -> None:
    await elsewhere.page()
    await elsewhere.create({"Price": 3})
    assert (await alter(records, UPDATE, id=table.fields["Price"], name="Cost")).ok
    assert [fields["Cost"] for fields in await elsewhere.all()] == [2.5, 1, 0.1, None, 7, 3]
    assert (await elsewhere.create({"Cost": 4})).ok["createRecord"]["record"]["fields"]["Cost"] == 4


@pytest.mark.parametrize("use", ["create", "update", "upsert", "filter", "order", "only", "value", "cursor"])
async def test_another_process_takes_the_new_name_at_once_and_refuses_the_old_one(
    records: Records, elsewhere: Records, table: MadeTable, parts: list[str], use: str
) -> None:
    uses: dict[str, Callable[[str], Awaitable[Result]]] = {
        "create": lambda name: elsewhere.create({name: 1}),
        "update": lambda name: elsewhere.update(parts[0], {name: 1}),
        "upsert": lambda name: elsewhere.upsert([name], [{name: 99}]),
        "filter": lambda name: elsewhere.page(filter={"field": name, "operator": "GT", "value": 1}),
        "order": lambda name: elsewhere.page(orderBy=[{"field": name}]),
        "only": lambda name: elsewhere.page(selection=f'nodes {{ fields(only: ["{name}"]) }}'),
        "value": lambda name: elsewhere.get(parts[0], selection=f'value(field: "{name}")'),
        "cursor": lambda name: elsewhere.page(orderBy=[{"field": name}], after=cursor),
    }
    order = [{"field": "Price"}]
    page = await elsewhere.page(orderBy=order, first=1, selection="pageInfo { endCursor }")
    cursor = page.ok["records"]["pageInfo"]["endCursor"]
    assert (await uses[use]("Price")).ok
    assert (await alter(records, UPDATE, id=table.fields["Price"], name="Cost")).ok
    assert (await uses[use]("Cost")).ok
    code = "VALIDATION_ERROR" if use in ("create", "update") else "BAD_REQUEST"
    assert "'Cost'" in refusal(await uses[use]("Price"), code)["message"]


async def test_another_process_sees_added_and_deleted_fields(
    records: Records, elsewhere: Records, table: MadeTable, parts: list[str]
) -> None:
    await elsewhere.page()
    await elsewhere.get(parts[0])
    assert (await alter(records, CREATE, tableId=table.id, field={"name": "Color", "type": "TEXT"})).ok
    assert (await elsewhere.create({"Color": "red"})).ok["createRecord"]["record"]["fields"]["Color"] == "red"
    assert (await alter(records, DELETE, id=table.fields["Price"])).ok
    assert "Price" not in (await elsewhere.get(parts[0])).ok["record"]["fields"]
    assert (await elsewhere.update(parts[0], {"Color": "blue"})).ok
    assert refusal(await elsewhere.create({"Price": 1}), "VALIDATION_ERROR")["field"] == "Price"
    assert refusal(await elsewhere.page(orderBy=[{"field": "Price"}]), "BAD_REQUEST")["field"] == "Price"


async def test_another_process_sees_new_choices(
    records: Records, elsewhere: Records, table: MadeTable, parts: list[str]
) -> None:
    refusal(await elsewhere.create({"Status": "Late"}), "VALIDATION_ERROR")
    choices = [{"name": "Done"}, {"name": "Late"}]
    assert (await alter(records, UPDATE, id=table.fields["Status"], options={"choices": choices})).ok
    assert (await elsewhere.create({"Status": "Late"})).ok["createRecord"]["record"]["fields"]["Status"] == "Late"
    assert refusal(await elsewhere.create({"Status": "Open"}), "VALIDATION_ERROR")["field"] == "Status"
    order = [{"field": "Status"}, {"field": "Name"}]
    listed = (await elsewhere.page(orderBy=order)).ok["records"]["nodes"]
    assert [node["fields"]["Status"] for node in listed] == [None] * 4 + ["Done", "Late"]


async def test_another_process_sees_a_converted_field(
    records: Records, elsewhere: Records, table: MadeTable, parts: list[str]
) -> None:
    await elsewhere.page(orderBy=[{"field": "Price"}])
    assert (await alter(records, UPDATE, id=table.fields["Price"], type="TEXT")).ok
    listed = (await elsewhere.page(orderBy=[{"field": "Price"}])).ok["records"]["nodes"]
    assert [node["fields"]["Price"] for node in listed] == [None, "0.1", "1", "2.5", "7"]
    assert (await elsewhere.create({"Price": "dear"})).ok
    refusal(await elsewhere.create({"Price": 1}), "VALIDATION_ERROR")


async def test_a_cursor_made_before_a_conversion_is_refused_after_it(
    records: Records, table: MadeTable, parts: list[str]
) -> None:
    order = [{"field": "Name"}]
    page = (await records.page(orderBy=order, first=2, selection="pageInfo { endCursor }")).ok["records"]
    assert (await alter(records, UPDATE, id=table.fields["Name"], type="NUMBER")).ok
    refusal(await records.page(orderBy=order, after=page["pageInfo"]["endCursor"]), "BAD_REQUEST")


async def test_another_process_sees_a_new_required_field_and_a_new_default(
    records: Records, elsewhere: Records, table: MadeTable
) -> None:
    await elsewhere.create({"Name": "a"})
    assert (await alter(records, UPDATE, id=table.fields["Name"], isRequired=True, defaultValue="none")).ok
    assert (await elsewhere.create({})).ok["createRecord"]["record"]["fields"]["Name"] == "none"
    assert refusal(await elsewhere.create({"Name": None}), "REQUIRED_FIELD")["field"] == "Name"


async def test_another_process_sees_a_deleted_table(
    records: Records, elsewhere: Records, table: MadeTable, parts: list[str]
) -> None:
    await elsewhere.page()
    document = "mutation ($input: DeleteTableInput!) { deleteTable(input: $input) { deletedId } }"
    assert (await records.run(document, {"input": {"id": table.id}})).ok
    for answer in (
        await elsewhere.page(),
        await elsewhere.get(parts[0]),
        await elsewhere.create({"Name": "x"}),
        await elsewhere.update(parts[0], {"Name": "x"}),
        await elsewhere.delete(parts[:1]),
        await elsewhere.upsert(["Name"], [{"Name": "x"}]),
    ):
        refusal(answer, "NOT_FOUND")


async def test_another_process_sees_that_a_member_has_left(
    api: Api, records: Records, elsewhere: Records, table: MadeTable, parts: list[str]
) -> None:
    editor = await member_of(api, table, "EDITOR")
    assert (await elsewhere.create({"Name": "x"}, as_=editor)).ok
    async with api.services.database.unit() as unit:
        await unit.connection.execute("DELETE FROM workspace_members WHERE user_id = $1", editor.id)
    refusal(await elsewhere.create({"Name": "x"}, as_=editor), "NOT_FOUND")
    refusal(await elsewhere.page(as_=editor), "NOT_FOUND")


Step = Callable[[], Awaitable[Result]]


async def churn(records: Records, elsewhere: Records, table: MadeTable, parts: list[str], change: Step) -> list[Result]:
    """Everything that can be done with records, again and again in two processes, while `change` runs."""
    done = asyncio.Event()
    seen: list[Result] = []

    async def busy(step: Step) -> None:
        while not done.is_set():
            seen.append(await step())

    async def changing() -> None:
        try:
            seen.append(await change())
        finally:
            done.set()

    order = [{"field": "Price"}]
    await asyncio.gather(
        busy(lambda: records.page(orderBy=order, selection="nodes { fields } totalCount")),
        busy(lambda: elsewhere.page(selection=FALLBACK)),
        busy(lambda: elsewhere.create({"Name": "new", "Price": 5})),
        busy(
            lambda: elsewhere.update(parts[0], {"Price": 6, "Name": "x"}, selection="id fields table { base { id } }")
        ),
        busy(lambda: records.upsert(["Name"], [{"Name": "key", "Price": 1}])),
        changing(),
    )
    return seen


@pytest.mark.parametrize("kind", ["rename", "delete and create", "convert"])
async def test_every_answer_is_right_while_fields_change(
    records: Records, elsewhere: Records, table: MadeTable, parts: list[str], kind: str
) -> None:
    async def change() -> Result:
        field = table.fields["Price"]
        for round in range(8 if kind == "rename" else 4):
            if kind == "rename":
                last = await alter(records, UPDATE, id=field, name="Cost" if round % 2 == 0 else "Price")
            elif kind == "convert":
                last = await alter(records, UPDATE, id=field, type="TEXT" if round % 2 == 0 else "NUMBER")
            else:
                assert (await alter(records, DELETE, id=field)).ok
                last = await alter(records, CREATE, tableId=table.id, field={"name": "Price", "type": "NUMBER"})
                field = last.ok["createField"]["field"]["id"]
            assert last.ok
        return last

    shapes = {
        "rename": [("Price", int | float), ("Cost", int | float)],
        "convert": [("Price", int | float), ("Price", str)],
        "delete and create": [("Price", int | float), (None, object)],
    }[kind]
    for result in await churn(records, elsewhere, table, parts, change):
        assert_clean(result)
        assert set(result.codes) <= {"BAD_REQUEST", "VALIDATION_ERROR", "CONFLICT"}
        page = (result.data or {}).get("records") or {"nodes": []}
        assert any(all(fits(node["fields"], name, type) for node in page["nodes"]) for name, type in shapes), page


def fits(fields: dict[str, Any], name: str | None, type: Any) -> bool:
    """Whether these are the fields of a table whose price is called so and holds such values."""
    if [key for key in fields if key in ("Price", "Cost")] != ([name] if name else []):
        return False
    return name is None or fields[name] is None or isinstance(fields[name], type)
