"""A real public data set, imported whole, then filtered, sorted and paged; what comes is computed from the file."""

import csv
from pathlib import Path
from typing import Any

from vega_datasets import data

from tests.graph.imports.conftest import Owner
from tests.support.api import Api
from tests.support.imports import imported

FILE = Path(data.airports.filepath)
CONTENT = FILE.read_bytes()
PAGE = """
query ($table: ID!, $filter: RecordFilter, $orderBy: [RecordOrder!], $first: Int!, $after: String) {
  records(tableId: $table, filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount nodes { fields } pageInfo { hasNextPage endCursor }
  }
}
"""


def airports() -> list[dict[str, Any]]:
    """The rows as they should come back."""
    with FILE.open(encoding="utf-8", newline="") as file:
        numbers = ("latitude", "longitude")
        return [{**row, **{name: float(row[name]) for name in numbers}} for row in csv.DictReader(file)]


async def test_airports_are_imported_whole_with_the_types_that_one_expects(api: Api, owner: Owner) -> None:
    done = await imported(api, owner.person, CONTENT, FILE.name, workspaceId=owner.workspace_id)

    assert (done["rowCount"], done["cellCount"], done["problemCount"]) == (3_376, 23_632, 0)
    assert {field["name"]: field["type"] for field in done["table"]["fields"]} == {
        "iata": "TEXT",
        "name": "TEXT",
        "city": "TEXT",
        "state": "TEXT",
        "country": "SINGLE_SELECT",
        "latitude": "NUMBER",
        "longitude": "NUMBER",
    }
    variables = {"table": done["table"]["id"], "first": 1_000}
    found, cursor = [], None
    for _ in range(4):
        page = (await api.execute(PAGE, {**variables, "after": cursor}, as_=owner.person)).ok["records"]
        found += [node["fields"] for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
    assert (page["pageInfo"]["hasNextPage"], page["totalCount"]) == (False, 3_376)
    assert found == airports()


async def test_airports_are_filtered_sorted_and_paged(api: Api, owner: Owner) -> None:
    done = await imported(
        api, owner.person, CONTENT, FILE.name, workspaceId=owner.workspace_id, indexedColumns=["latitude"]
    )
    variables = {
        "table": done["table"]["id"],
        "filter": {
            "and": [
                {"field": "state", "operator": "EQ", "value": "AK"},
                {"field": "latitude", "operator": "GT", "value": 65},
            ]
        },
        "orderBy": [{"field": "latitude", "direction": "DESC"}],
        "first": 20,
    }

    first = (await api.execute(PAGE, variables, as_=owner.person)).ok["records"]
    after = first["pageInfo"]["endCursor"]
    second = (await api.execute(PAGE, {**variables, "after": after}, as_=owner.person)).ok["records"]

    northern = [each for each in airports() if each["state"] == "AK" and each["latitude"] > 65]
    expected = sorted(northern, key=lambda each: -each["latitude"])
    assert expected[0]["name"] == "Wiley Post Will Rogers Memorial"
    assert len(expected) == first["totalCount"] == second["totalCount"]
    assert [node["fields"] for node in first["nodes"]] == expected[:20]
    assert [node["fields"] for node in second["nodes"]] == expected[20:40]
    assert (first["pageInfo"]["hasNextPage"], second["pageInfo"]["hasNextPage"]) == (True, len(expected) > 40)
