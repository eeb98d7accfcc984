"""`POST /import`: the file is the body, what else there is to say stands in the URL."""

from typing import Any

import httpx
import pytest

from adapters.database import Database
from resolvers.services import Services
from tests.support.accounts import add_api_key
from tests.support.api import Api, Person, bearer
from tests.support.catalog import add_member
from tests.support.imports import counts, records_of
from tests.support.tables import MadeTable, make_table

CONTENT = b"Name,Price\nx,1\ny,abc\n"


async def table_of(api: Api) -> MadeTable:
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}])


async def post(
    api: Api, as_: Person | None, content: Any = CONTENT, headers: dict[str, str] | None = None, **given: Any
) -> httpx.Response:
    params = {"fileName": "data.csv", **{name: str(value) for name, value in given.items()}}
    sent = {**(bearer(as_) if as_ else {}), **(headers or {})}
    return await api.http.post("/import", params=params, content=content, headers=sent)


def refused(response: httpx.Response) -> tuple[int, str]:
    [error] = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


async def test_body_is_imported_and_reported(api: Api) -> None:
    table = await table_of(api)

    response = await post(api, table.owner, tableId=table.id)

    assert response.status_code == 200
    answer = response.json()
    assert answer.pop("eventCursor")
    assert answer == {
        "table": {"id": str(table.id), "name": "Parts"},
        "base": {"id": str(table.base_id), "name": "Base"},
        "file": {
            "format": "CSV",
            "encoding": "utf-8",
            "delimiter": ",",
            "hasHeader": True,
            "sheet": None,
            "recordsKey": None,
        },
        "columns": [
            {
                **{"name": name, "fieldId": table.fields[name], "fieldName": name, "type": type},
                **{"isNew": False, "newChoices": []},
            }
            for name, type in {"Name": "TEXT", "Price": "NUMBER"}.items()
        ],
        "ignoredColumns": [],
        "rowCount": 2,
        "cellCount": 4,
        "problemCount": 1,
        "problems": [{"line": 3, "message": "This is not a number.", "column": "Price", "value": "abc"}],
    }
    assert await records_of(api, table.owner, table.id) == [["x", 1], ["y", None]]


async def test_every_parameter_is_understood(api: Api) -> None:
    table = await table_of(api)
    content = "05/06/2024|1.234\n".encode("utf-16")
    given = {"format": "csv", "encoding": "utf-16", "delimiter": "|", "hasHeader": "false", "strict": "TRUE"}
    unclear = {"dateOrder": "MDY", "decimalMark": "comma", "tableName": "T", "indexedColumns": "Column 2"}

    response = await post(api, table.owner, content, baseId=table.base_id, **given, **unclear)

    assert response.status_code == 200, response.text
    made = response.json()["table"]
    assert made["name"] == "T"
    assert await records_of(api, table.owner, made["id"]) == [["2024-05-06", 1234]]


async def test_body_may_come_in_pieces_without_a_length(api: Api) -> None:
    table = await table_of(api)

    async def pieces() -> Any:
        yield b"Name\n"
        for n in range(3_000):
            yield f"part {n}\n".encode()

    response = await post(api, table.owner, pieces(), tableId=table.id)

    assert response.json()["rowCount"] == 3_000


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"fileName": ""}, "The parameter fileName is missing"),
        ({"strict": "perhaps"}, "The parameter strict cannot be 'perhaps'."),
        ({"dateOrder": "XYZ"}, "The parameter dateOrder cannot be 'XYZ'."),
        ({"format": "PDF"}, "The parameter format cannot be 'PDF'."),
        ({"colour": "red"}, "There is no parameter 'colour'."),
        ({"columns": "Price"}, "The parameter columns cannot be 'Price'."),
        ({"columns": '[{"name": "Price", "type": "PRICE"}]'}, "The parameter columns cannot be "),
        ({"columns": '[{"name": "Price", "type": "TEXT", "kind": 1}]'}, "The parameter columns cannot be "),
        ({"tableId": "7"}, "tableId must be a UUID of 36 characters, not '7'."),
        ({"baseId": "01a20283-3b27-8000-8000-105989a7bd31"}, "Give one of workspaceId"),
    ],
)
async def test_parameters_that_mean_nothing_are_refused(api: Api, given: dict[str, str], message: str) -> None:
    table = await table_of(api)

    response = await post(api, table.owner, **{"tableId": table.id, **given})

    assert refused(response) == (400, "BAD_REQUEST")
    assert message in response.json()["errors"][0]["message"]


async def test_packed_body_is_refused(api: Api) -> None:
    table = await table_of(api)

    response = await post(api, table.owner, headers={"Content-Encoding": "gzip"}, tableId=table.id)

    assert (response.status_code, response.headers["accept-encoding"]) == (415, "identity")


async def test_form_is_refused(api: Api) -> None:
    table = await table_of(api)

    response = await post(
        api, table.owner, headers={"Content-Type": "multipart/form-data; boundary=x"}, tableId=table.id
    )

    assert refused(response) == (400, "BAD_REQUEST")


async def test_only_those_who_may_import_get_in(api: Api, services: Services, database: Database) -> None:
    table = await table_of(api)
    viewer, editor = await api.register(), await api.register()
    await add_member(api, table.owner, table.workspace_id, viewer, "VIEWER")
    await add_member(api, table.owner, table.workspace_id, editor, "EDITOR")
    read_key = await add_api_key(database, table.owner.id, scopes=["read"])
    before = await counts(database)

    answers = [
        await post(api, None, tableId=table.id),
        await post(api, None, headers={"Authorization": "Bearer nonsense"}, tableId=table.id),
        await post(api, None, headers={"X-API-Key": read_key}, tableId=table.id),
        await post(api, await api.register(), tableId=table.id),
        await post(api, viewer, tableId=table.id),
        await post(api, editor, tableId=table.id, createMissingFields="true"),
        await post(api, editor, baseId=table.base_id),
        await post(api, editor, workspaceId=table.workspace_id),
    ]

    assert [refused(answer) for answer in answers] == [
        (401, "UNAUTHENTICATED"),
        (401, "UNAUTHENTICATED"),
        (403, "FORBIDDEN"),
        (404, "NOT_FOUND"),
        *[(403, "FORBIDDEN")] * 4,
    ]
    assert await counts(database) == before
    assert await records_of(api, table.owner, table.id) == []
    assert (await post(api, editor, tableId=table.id)).status_code == 200


async def test_key_that_may_write_imports(api: Api, database: Database) -> None:
    table = await table_of(api)
    key = await add_api_key(database, table.owner.id, scopes=["write"])

    response = await post(api, None, headers={"X-API-Key": key}, tableId=table.id)

    assert response.json()["rowCount"] == 2


async def test_choices_are_made_where_that_is_wanted_and_allowed(api: Api, database: Database) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Stage", "type": "SINGLE_SELECT"}]
    table = await make_table(api, fields)
    key = await add_api_key(database, table.owner.id, scopes=["write"])
    given = {"tableId": table.id, "createMissingChoices": "true"}

    response = await post(api, None, b"Stage\nNew\n", headers={"X-API-Key": key}, **given)
    done = await post(api, table.owner, b"Stage\nNew\n", **given)

    assert refused(response) == (403, "FORBIDDEN")
    assert done.json()["columns"][0]["newChoices"] == ["New"]
    assert await records_of(api, table.owner, table.id) == [[None, "New"]]


async def test_types_of_columns_are_said_as_json(api: Api) -> None:
    table = await table_of(api)
    stated = (
        '[{"name": "Price", "type": "CURRENCY", "options": {"currency_symbol": "€"}}, {"name": "Name", "type": "TEXT"}]'
    )

    response = await post(api, table.owner, baseId=table.base_id, tableName="Prices", columns=stated)
    wrong = await post(api, table.owner, baseId=table.base_id, columns='[{"name": "Cost", "type": "TEXT"}]')

    assert [each["type"] for each in response.json()["columns"]] == ["TEXT", "CURRENCY"]
    assert refused(wrong) == (400, "VALIDATION_ERROR")
    assert wrong.json()["errors"][0]["extensions"]["errors"][0]["loc"] == ["columns", 0, "name"]


@pytest.mark.parametrize("has_length", [True, False])
async def test_body_beyond_the_limit_is_refused(api: Api, services: Services, has_length: bool) -> None:
    table = await table_of(api)
    services.limits = type(services.limits)(max_import_bytes=20)

    async def pieces() -> Any:
        yield CONTENT

    response = await post(api, table.owner, CONTENT if has_length else pieces(), tableId=table.id)

    assert refused(response) == (413, "PAYLOAD_TOO_LARGE")
    assert response.json()["errors"][0]["message"] == "The file has 21 bytes or more; at most 20 are taken."
    assert await records_of(api, table.owner, table.id) == []


async def test_failed_import_leaves_nothing(api: Api, database: Database) -> None:
    table = await table_of(api)
    before = await counts(database)

    content = b"[" + b",".join(b'{"a": "x"}' for _ in range(3_000)) + b", {"
    response = await post(api, table.owner, content, fileName="data.json", workspaceId=table.workspace_id)

    assert refused(response) == (400, "BAD_REQUEST")
    assert await counts(database) == before


async def test_path_takes_nothing_but_post(api: Api) -> None:
    assert (await api.http.get("/import")).status_code == 405
