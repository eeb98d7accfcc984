"""The extension of docs/extensions.md, installed as the page says, and used as it says."""

import re
import sys
import tomllib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.extensions import Extensions, ExtensionState, load_extensions
from resolvers.services import Services
from tests.graph.functions.conftest import called
from tests.support.api import Api
from tests.support.catalog import mutate
from tests.support.rights import make_superuser
from tests.support.tables import MadeTable, create_records, make_table

_PAGE = (Path(__file__).parents[3] / "docs" / "extensions.md").read_text(encoding="utf-8")
FIELDS = [
    {"name": "Name", "type": "TEXT"},
    {"name": "Price", "type": "NUMBER"},
    {"name": "Status", "type": "SINGLE_SELECT", "options": {"choices": [{"name": "New"}, {"name": "Closed"}]}},
]


def block(language: str, number: int = 0) -> str:
    """A block of code of the page."""
    return re.findall(rf"```{language}\n(.*?)```", _PAGE, re.DOTALL)[number]


@pytest.fixture
async def orders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, services: Services) -> AsyncIterator[None]:
    """The extension, which runs."""
    project = tomllib.loads(block("toml"))["project"]
    [(name, target)] = project["entry-points"]["tablegraph.extensions"].items()
    module = target.partition(":")[0]
    (tmp_path / f"{module}.py").write_text(block("python"))
    metadata = tmp_path / "company_orders-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(f"[tablegraph.extensions]\n{name} = {target}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    services.extensions = Extensions(load_extensions([], []))
    async with services.extensions.running():
        yield
    del sys.modules[module]


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The table Orders."""
    return await make_table(api, FIELDS, name="Orders")


async def test_its_functions_are_called(api: Api, orders: None, table: MadeTable) -> None:
    root = await make_superuser(api)
    await create_records(api, table, [{"Price": 2}, {"Price": 3}])
    [listed, document] = re.split(r"\n\n", block("graphql", 0).strip())
    sent = await api.execute(document, as_=table.owner)

    assert [each["name"] for each in (await api.execute(listed, as_=root)).ok["functions"]] == [
        "connect",
        "convert",
        "orders.total",
    ]
    assert sent.ok["callFunction"]["functionCall"]["output"] == 5
    assert (await called(api, "orders.total", {"table": str(table.id)}, as_=table.owner))["output"] == 5
    assert (await called(api, "connect", {"password": "x"}, as_=root))["output"] is True


async def test_its_hooks_change_and_refuse(api: Api, orders: None, table: MadeTable) -> None:
    [first, closed] = await create_records(api, table, [{"Name": "A"}, {"Name": "B", "Status": "Closed"}])
    change = {"tableId": table.id, "records": [{"id": id, "fields": {"Price": 1}} for id in (first, closed)]}
    dear = {"tableId": table.id, "records": [{"Price": 1}, {"Price": 10_001}]}

    refused = [
        await mutate(api, "updateRecords", "mutationId", change, as_=table.owner),
        await mutate(api, "createRecords", "mutationId", dear, as_=table.owner),
    ]
    found = await api.execute(
        "query ($t: ID!) { records(tableId: $t) { nodes { fields } } }", {"t": table.id}, as_=table.owner
    )

    assert [(each.codes, each.errors[0]["extensions"]["recordIndex"]) for each in refused] == [(["REFUSED"], 1)] * 2
    assert [node["fields"] for node in found.ok["records"]["nodes"]] == [
        {"Name": "A", "Price": None, "Status": "New"},
        {"Name": "B", "Price": None, "Status": "Closed"},
    ]


async def test_it_is_listed(api: Api, orders: None, services: Services) -> None:
    root = await make_superuser(api)
    expected: dict[str, Any] = {
        "name": "orders",
        "version": "1.0",
        "state": ExtensionState.ACTIVE.name,
        "error": None,
        "isRequired": False,
        "functions": ["connect", "convert", "orders.total"],
        "hooks": ["before_create", "before_update"],
    }

    assert (await api.execute(block("graphql", 1), as_=root)).ok["extensions"] == [expected]
