"""Characters that PostgreSQL's texts cannot hold come from templates, scripts, requests and tests, and stop nothing."""

from typing import Any

import pytest

from tests.graph.automations.actions.conftest import Run
from tests.graph.automations.actions.test_conditional import create
from tests.graph.incoming_webhooks.test_receiving import make_incoming, send
from tests.support.api import Api
from tests.support.automation_calls import make_automation, runs_of
from tests.support.automations import create_automation
from tests.support.catalog import mutate
from tests.support.tables import MadeTable


async def test_what_a_template_makes(run: Run) -> None:
    ended = await run([create('{{"a\\u0000b"}}')])
    assert (ended.status, ended.steps["1"]["input"]["fields"]) == ("SUCCEEDED", {"Name": "a\ufffdb"})


@pytest.mark.parametrize("raised", ['ValueError("a\\x00b")', 'ValueError("a\\ud800b")'])
async def test_what_a_script_raises(run: Run, raised: str) -> None:
    ended = await run([{"type": "RUN_SCRIPT", "config": {"script": f"raise {raised}"}}])
    assert ended.status == "FAILED"
    assert "The script failed" in str(ended.error)


async def test_what_a_request_brings(api: Api, table: MadeTable) -> None:
    id, path = await make_incoming(api, table, fieldMappings=[])
    automation = await make_automation(api, table, "WEBHOOK_RECEIVED", {"webhookId": id})
    assert (await send(api, path, {"a\x00b": ["\x00"]})).status_code == 200
    [run] = await runs_of(api, table, automation)
    assert run["trigger"]["body"] == {"a\ufffdb": ["\ufffd"]}


async def test_what_a_test_makes_up(api: Api, table: MadeTable) -> None:
    id = await create_automation(api, table, [])
    given = {"automationId": str(id), "trigger": {"a\x00b": "\x00"}}
    result = await mutate(api, "testAutomation", "run { status trigger }", given, as_=table.owner)
    run = result.ok["testAutomation"]["run"]
    assert (run["status"], run["trigger"]["a\ufffdb"]) == ("SUCCEEDED", "\ufffd")


@pytest.mark.parametrize("fields", [{"Name": "a\x00"}, {"a\x00": 1}])
async def test_what_a_config_says_is_refused(api: Api, table: MadeTable, fields: Any) -> None:
    action = {"type": "CREATE_RECORD", "config": {"fields": fields}}
    given = {"tableId": table.id, "name": "A", "triggerType": "BUTTON_CLICKED", "actions": [action]}
    result = await mutate(api, "createAutomation", "automation { id }", given, as_=table.owner)
    assert result.codes == ["VALIDATION_ERROR"]


@pytest.mark.parametrize("limit", ["1e999", "9" * 400])
async def test_a_number_of_nearly_no_end(run: Run, limit: str) -> None:
    ended = await run([{"type": "LOOP", "config": {"records": {"limit": "{{trigger.n}}"}}}], {"n": limit})
    assert "is no number that is not negative" in str(ended.error)
