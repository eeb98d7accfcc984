"""Every action through GraphQL alone: it is made, set off, and its run is read as a client reads it."""

from collections.abc import AsyncIterator, Iterator
from functools import reduce
from operator import getitem
from typing import Any

import pytest

from adapters.mail.smtp import SmtpMailer, SmtpServer
from graph.schema import build_schema
from resolvers.services import Services
from tests.graph.automations.actions.test_conditional import create
from tests.graph.functions.conftest import greetings
from tests.support.api import Api
from tests.support.automation_calls import make_automation, until_ended
from tests.support.automations import working
from tests.support.catalog import add_field, mutate
from tests.support.mail import Postbox, receiving
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records
from tests.support.targets import Target, answering, serving

__all__ = ["greetings"]

RUN = """
query ($id: ID!) { automationRun(id: $id) {
  status error trigger steps { path type status input output error attempt action { type } }
} }
"""
TARGET = "@target"
"""Stands for the address of the target."""
IT = "{{trigger.record.id}}"
IS_BOLT = {"left": "{{trigger.record.Name}}", "operator": "EQ", "right": "Bolt"}
LINK = {"sourceRecord": IT, "fieldId": "Needs", "targetRecord": IT}
MAIL = {"to": "ada@example.com", "subject": "{{trigger.record.Name}}", "body": "Hello"}
CONFIGS: dict[str, dict[str, Any]] = {
    "CREATE_RECORD": {"fields": {"Name": "{{trigger.record.Name}}s"}},
    "UPDATE_RECORD": {"recordId": IT, "fields": {"Count": 2}},
    "DELETE_RECORD": {"recordId": IT},
    "SEND_EMAIL": MAIL,
    "SEND_SLACK_MESSAGE": {"webhookUrl": TARGET, "message": "{{trigger.record.Name}}"},
    "SEND_WEBHOOK": {"url": TARGET, "body": {"name": "{{trigger.record.Name}}"}},
    "LINK_RECORDS": LINK,
    "UNLINK_RECORDS": LINK,
    "RUN_SCRIPT": {"language": "PYTHON", "script": "output = inputs['name'] + '!'", "inputs": {"name": "Bolt"}},
    "CALL_FUNCTION": {"name": "greet", "arguments": {"name": "{{trigger.record.Name}}"}},
    "CONDITIONAL": {"condition": IS_BOLT, "then_actions": [create("then")], "else_actions": []},
    "LOOP": {"records": ["a", "b"], "actions": [create("{{item}}")]},
    "DELAY": {"seconds": 0},
}
PATHS = {"CONDITIONAL": ["1", "1.then.1"], "LOOP": ["1", "1.1.1", "1.2.1"]}
LEFT: dict[str, list[tuple[str, int | None, int]]] = {
    "CREATE_RECORD": [("Bolt", 1, 0), ("Bolts", None, 0)],
    "UPDATE_RECORD": [("Bolt", 2, 0)],
    "DELETE_RECORD": [],
    "LINK_RECORDS": [("Bolt", 1, 1)],
    "CONDITIONAL": [("Bolt", 1, 0), ("then", None, 0)],
    "LOOP": [("Bolt", 1, 0), ("a", None, 0), ("b", None, 0)],
}
"""Name, count and number of links of the records behind it, where that is not only the one that set it off."""
SENT = {"SEND_EMAIL": (1, 0), "SEND_SLACK_MESSAGE": (0, 1), "SEND_WEBHOOK": (0, 1)}
"""Mails and requests that have arrived."""
OUTPUTS = {
    "UPDATE_RECORD": ("record", "Name", "Bolt"),
    "SEND_WEBHOOK": ("status", 202),
    "RUN_SCRIPT": ("output", "Bolt!"),
    "CALL_FUNCTION": ("output", "text", "Hello Bolt"),
    "CONDITIONAL": ("matched", True),
    "LOOP": ("count", 2),
}
"""What stands where in the output of the step, of those that say something."""


@pytest.fixture
def postbox(services: Services) -> Iterator[Postbox]:
    """The server that takes the mails."""
    with receiving() as postbox:
        services.mailer = SmtpMailer(SmtpServer(postbox.host, postbox.port, "none"), "no-reply@example.com")
        yield postbox


@pytest.fixture
async def target() -> AsyncIterator[Target]:
    """The server that takes the requests."""
    async with serving(answering("202 Accepted", b"ok")) as target:
        yield target


@pytest.mark.usefixtures("greetings")
@pytest.mark.parametrize("type", CONFIGS)
async def test_it_is_made_set_off_and_read(
    api: Api, services: Services, table: MadeTable, records: Records, postbox: Postbox, target: Target, type: str
) -> None:
    await add_field(api, table, name="Needs", type="LINKED_RECORD", options={"linked_table_id": str(table.id)})
    [record] = await create_records(api, table, [{"Name": "Bolt", "Count": 1}])
    if type == "UNLINK_RECORDS":
        await records.update(record, {"Needs": [record]})
    config = {key: target.url("127.0.0.1") if value == TARGET else value for key, value in CONFIGS[type].items()}
    automation = await make_automation(api, table, "BUTTON_CLICKED", actions=[{"type": type, "config": config}])
    given = {"automationId": automation, "recordId": record}
    made = await mutate(api, "triggerAutomation", "run { id status }", given, as_=table.owner)
    assert made.ok["triggerAutomation"]["run"]["status"] == "QUEUED"
    async with working(services):
        await until_ended(api, table, automation, 1)
    id = made.ok["triggerAutomation"]["run"]["id"]
    run = (await api.execute(RUN, {"id": id}, as_=table.owner)).ok["automationRun"]
    assert (run["status"], run["error"], run["trigger"]["record_id"]) == ("SUCCEEDED", None, record)
    _check_steps(type, run["steps"])
    found = [(each["Name"], each["Count"], len(each["Needs"] or [])) for each in await records.all()]
    assert found == LEFT.get(type, [("Bolt", 1, 0)])
    assert (len(postbox.arrived), len(target.requests)) == SENT.get(type, (0, 0))


def _check_steps(type: str, steps: list[dict[str, Any]]) -> None:
    assert [step["path"] for step in steps] == PATHS.get(type, ["1"])
    assert {(step["status"], step["error"], step["attempt"]) for step in steps} == {("SUCCEEDED", None, 1)}
    step = steps[0]
    assert (step["type"], step["action"]) == (type, {"type": type})
    if type in OUTPUTS:
        *path, expected = OUTPUTS[type]
        assert reduce(getitem, path, step["output"]) == expected


def test_all_are_here() -> None:
    kind: Any = build_schema()._schema.get_type("ActionType")
    assert set(kind.values) == set(CONFIGS)
