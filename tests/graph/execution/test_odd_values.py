"""Nothing that a client can send brings out a fault of the server, or words that are not its own."""

import orjson
import pytest

from graph.schema import build_schema
from tests.support.api import Api, bearer
from tests.support.odd_values import NOT_OUR_WORDS, OddValues
from tests.support.records import Records
from tests.support.tables import MadeTable, make_table

ROUNDS = 12
ENDS_THE_TEST = frozenset({"logout", "changePassword", "deleteTable", "deleteBase", "deleteWorkspace", "deleteRecords"})
TYPES = ("TEXT", "NUMBER", "CHECKBOX", "DATE", "DATETIME", "DURATION", "EMAIL", "URL")


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a field of each of many types."""
    return await make_table(api, [{"name": each, "type": each} for each in TYPES])


@pytest.mark.parametrize("seed", range(3))
async def test_odd_arguments_are_refused_in_our_words(api: Api, table: MadeTable, seed: int) -> None:
    records = Records(api, table)
    await records.create({})
    page = (await records.page(selection="nodes { id } eventCursor")).ok["records"]
    base = (await api.execute(BASE, {"id": table.id}, as_=table.owner)).ok["table"]
    ids = {
        "tableId": str(table.id),
        "recordId": page["nodes"][0]["id"],
        "fieldId": base["fields"][0]["id"],
        "baseId": base["base"]["id"],
        "workspaceId": base["base"]["workspace"]["id"],
        "userId": str(table.owner.id),
        "after": page["eventCursor"],
    }
    odd = OddValues(build_schema()._schema, seed, ids, [each["name"] for each in base["fields"]])
    faults = []
    for _ in range(ROUNDS):
        for operation in odd.operations(ENDS_THE_TEST):
            body = orjson.dumps({"query": operation.document, "variables": operation.variables})
            headers = {**bearer(table.owner), "content-type": "application/json"}
            response = await api.http.post("/graphql", content=body, headers=headers)
            for error in response.json().get("errors", []):
                said = error["message"] + str(error["extensions"].get("errors", ""))
                is_fault = error["extensions"]["code"] in ("INTERNAL_ERROR", "UNAVAILABLE")
                if is_fault or NOT_OUR_WORDS.search(said):
                    faults.append((operation.field, said[:300], operation.variables))
    assert faults == []


BASE = "query ($id: ID!) { table(id: $id) { fields { id name } base { id workspace { id } } } }"
