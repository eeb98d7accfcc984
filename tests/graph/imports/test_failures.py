"""importRecords: an import that fails leaves nothing behind, whatever it had done by then."""

import asyncpg
import pytest

from adapters.database import Database
from resolvers.services import Services
from tests.graph.imports.conftest import Owner
from tests.support.api import Api
from tests.support.imports import counts, imported, records_of, run_import
from tests.support.refusals import refusal
from tests.support.tables import create_records, make_table

LONG = "Name,Price\n" + "".join(f"Part {n},{n}\n" for n in range(6_000))


@pytest.mark.parametrize("into", ["workspaceId", "baseId"])
async def test_error_behind_thousands_of_rows_leaves_nothing(
    api: Api, owner: Owner, database: Database, into: str
) -> None:
    before = await counts(database)
    content = "[" + ",".join(f'{{"n": {n}}}' for n in range(6_000)) + ", {"
    ids = {"workspaceId": owner.workspace_id, "baseId": owner.base_id}

    result = await run_import(api, owner.person, content, "data.json", **{into: ids[into]})

    assert "not valid JSON" in refusal(result, "BAD_REQUEST")["message"]
    assert await counts(database) == before


async def test_value_that_cannot_be_indexed_leaves_nothing(api: Api, owner: Owner, database: Database) -> None:
    before = await counts(database)
    content = LONG + '"' + "".join(chr(0x4E00 + n) for n in range(9_000)) + '",1\n'

    result = await run_import(api, owner.person, content, workspaceId=owner.workspace_id, indexedColumns=["Name"])

    assert "'Name' cannot be indexed: a value is too long" in refusal(result, "BAD_REQUEST")["message"]
    assert await counts(database) == before


async def test_fault_of_the_database_leaves_nothing(
    api: Api, database: Database, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Price", "type": "NUMBER"}])
    await create_records(api, table, [{"Name": "there"}])
    before = await counts(database)
    name = await pg.fetchval(
        "SELECT format('%I.%I', 'base_' || b.number, 't_' || t.number) FROM tables t JOIN bases b ON b.id = t.base_id"
    )
    column = await pg.fetchval("SELECT 'f_' || number FROM fields WHERE name = 'Price'")
    await pg.execute(f"ALTER TABLE {name} ADD CHECK ({column} < 5000)")

    result = await run_import(api, table.owner, LONG, tableId=table.id)

    assert result.codes == ["INTERNAL_ERROR"]
    assert await counts(database) == before
    assert await records_of(api, table.owner, table.id) == [["there", None]]


async def test_file_beyond_the_limit_is_refused(api: Api, services: Services, owner: Owner) -> None:
    limit = services.limits.max_import_bytes
    services.limits = type(services.limits)(max_import_bytes=10)

    result = await run_import(api, owner.person, "Name\nabcdef\n", baseId=owner.base_id)

    assert limit == 1 << 30
    message = "The file has 12 bytes or more; at most 10 are taken."
    assert refusal(result, "PAYLOAD_TOO_LARGE")["message"] == message


async def test_next_import_succeeds_after_a_failed_one(api: Api, owner: Owner) -> None:
    await run_import(api, owner.person, '[{"a": 1}, {', "data.json", baseId=owner.base_id)

    done = await imported(api, owner.person, '[{"a": "x"}]', "data.json", baseId=owner.base_id)

    assert await records_of(api, owner.person, done["table"]["id"]) == [["x"]]
