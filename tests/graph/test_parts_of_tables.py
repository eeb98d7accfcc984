"""Automations and webhooks as fields of their tables and bases: for whom they are there, and in how many statements."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import Api
from tests.support.automation_calls import make_automation
from tests.support.catalog import add_member, add_table, mutate
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable, make_table
from tests.support.webhooks import make_webhook

OF_TABLES = """query ($b: ID!) { base(id: $b) { tables {
    name automations { name } webhooks { name table { name } } incomingWebhooks { name table { name } } } } }"""
OF_BASE = "query ($b: ID!) { base(id: $b) { automations { name table { name } } } }"
ACTION = {"type": "SEND_EMAIL", "config": {"to": "a@example.com", "subject": "New", "body": "It is new."}}


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """The table Parts with an automation and a webhook of both kinds, and a table without any."""
    table = await make_table(api, name="Parts")
    await add_table(api, table.owner, table.base_id, "Empty")
    await furnish(api, table, "First")
    return table


async def furnish(api: Api, table: MadeTable, name: str) -> None:
    """An automation, a webhook and an incoming webhook of this name."""
    await make_automation(api, table, "RECORD_CREATED", name=name, actions=[ACTION])
    await make_webhook(api, table, "https://example.com/in", name=name)
    given = {"tableId": table.id, "name": name}
    assert (await mutate(api, "createIncomingWebhook", "url", given, as_=table.owner)).errors == []


async def test_they_are_those_of_their_table_in_the_order_of_the_lists(api: Api, table: MadeTable) -> None:
    await furnish(api, table, "Second")

    tables = (await api.execute(OF_TABLES, {"b": table.base_id}, as_=table.owner)).ok["base"]["tables"]
    automations = (await api.execute(OF_BASE, {"b": table.base_id}, as_=table.owner)).ok["base"]["automations"]

    of_parts: list[dict[str, Any]] = [{"name": name, "table": {"name": "Parts"}} for name in ("First", "Second")]
    assert tables == [
        {
            "name": "Parts",
            "automations": [{"name": "First"}, {"name": "Second"}],
            "webhooks": of_parts,
            "incomingWebhooks": of_parts,
        },
        {"name": "Empty", "automations": [], "webhooks": [], "incomingWebhooks": []},
    ]
    assert automations == of_parts


@pytest.mark.parametrize("role", ["EDITOR", "VIEWER"])
async def test_who_may_not_manage_them_sees_none(api: Api, table: MadeTable, role: str) -> None:
    member = await api.register()
    await add_member(api, table.owner, table.workspace_id, member, role)

    tables = (await api.execute(OF_TABLES, {"b": table.base_id}, as_=member)).ok["base"]["tables"]
    automations = (await api.execute(OF_BASE, {"b": table.base_id}, as_=member)).ok["base"]["automations"]

    none: dict[str, Any] = {"automations": [], "webhooks": [], "incomingWebhooks": []}
    assert tables == [{"name": "Parts", **none}, {"name": "Empty", **none}]
    assert automations == []


@pytest.mark.parametrize(("document", "expected"), [(OF_TABLES, 6), (OF_BASE, 3)], ids=["tables", "base"])
async def test_the_number_of_statements_does_not_grow_with_them(
    api: Api, table: MadeTable, statements: Callable[[], StatementLog], document: str, expected: int
) -> None:
    counts = []
    for name in ("Second", "Third"):
        await furnish(api, table, name)
        with statements() as seen:
            assert (await api.execute(document, {"b": table.base_id}, as_=table.owner)).errors == []
        counts.append(seen.count)

    assert counts == [expected, expected]
