"""Automations act by their owner's rights, and nobody else learns by them what the owner alone may see."""

from typing import Any

import asyncpg
import pytest

from tests.graph.automations.test_other_triggers import publish, submit
from tests.graph.data_permissions.board import MINE, Board
from tests.graph.data_permissions.conftest import Office
from tests.graph.incoming_webhooks.test_receiving import make_incoming, send
from tests.support.automation_calls import make_automation, runs_of, until_ended
from tests.support.automations import working
from tests.support.catalog import add_table, mutate

RUN = "run { id status error errorCode steps { output error } }"
RENAME = {
    "type": "UPDATE_RECORD",
    "config": {"recordId": "{{trigger.record_id}}", "fields": {"Name": "{{trigger.name}}"}},
}


@pytest.fixture
async def secret(office: Office) -> str:
    """Id of a record in another base, which is hidden from the editor, who is an admin of the office's base."""
    api, owner = office.api, office.owner
    given = {"workspaceId": office.world.people.table.workspace_id, "name": "Other"}
    base = (await mutate(api, "createBase", "base { id }", given, as_=owner)).ok["createBase"]["base"]["id"]
    table = await add_table(api, owner, base, "Secrets", [{"name": "Name", "type": "TEXT"}])
    given = {"tableId": table, "fields": {"Name": "secret"}}
    made = await mutate(api, "createRecord", "record { id }", given, as_=owner)
    await office.hide(baseId=base)
    (await office.override("ADMIN", baseId=office.base)).ok  # noqa: B018
    return str(made.ok["createRecord"]["record"]["id"])


async def made_by_owner(office: Office, *actions: Any) -> str:
    """Id of an automation of people."""
    return await make_automation(office.api, office.world.people.table, "BUTTON_CLICKED", actions=list(actions))


async def test_a_trial_shows_no_more_than_its_caller_may_see(office: Office, secret: str) -> None:
    id = await made_by_owner(office, RENAME)
    trigger = {"record_id": secret, "name": "x"}

    run = (await office.change("testAutomation", RUN, automationId=id, trigger=trigger)).ok["testAutomation"]["run"]

    assert (run["status"], run["errorCode"]) == ("FAILED", "NOT_FOUND")
    assert run["steps"][0]["output"] is None


async def test_a_trial_is_by_the_rights_of_its_caller(office: Office, secret: str) -> None:
    id = await made_by_owner(office, RENAME)
    given = {"automationId": id, "trigger": {"record_id": secret, "name": "x"}}
    selection = "run { status owner { id } }"

    for person, status in ((office.owner, "SUCCEEDED"), (office.editor, "FAILED")):
        ran = await mutate(office.api, "testAutomation", selection, given, as_=person)
        assert ran.ok["testAutomation"]["run"] == {"status": status, "owner": {"id": str(person.id)}}


async def test_a_trial_is_not_done_again_by_the_rights_of_the_owner(
    office: Office, secret: str, pg: asyncpg.Connection
) -> None:
    id = await made_by_owner(office, RENAME)
    trigger = {"record_id": secret, "name": "stolen"}
    tried = await office.change("testAutomation", RUN, automationId=id, trigger=trigger)

    again = await office.change("retryAutomationRun", RUN, id=tried.ok["testAutomation"]["run"]["id"])

    assert again.codes == ["CONFLICT"]
    assert await pg.fetchval("SELECT count(*) FROM automation_runs") == 1


async def made_by_editor(office: Office, trigger: str, config: Any = None) -> str:
    """Id of an automation of companies whose owner, an admin there at the time, sees no cities any more."""
    (await office.override("ADMIN", baseId=office.base)).ok  # noqa: B018
    id = await make_automation(office.api, office.world.companies.table, trigger, config, as_=office.editor)
    (await office.override(None, baseId=office.base)).ok  # noqa: B018
    await office.city()
    return id


async def set_off(office: Office, trigger: str) -> dict[str, Any]:
    """What templates see, where the owner of the table has set the editor's automation off with a record in Rome."""
    api, table, config = office.api, office.world.companies.table, None
    mappings = [{"path": name, "fieldId": name} for name in ("Name", "City")]
    if trigger == "WEBHOOK_RECEIVED":
        hook, path = await make_incoming(api, table, fieldMappings=mappings)
        config = {"webhookId": hook}
    if trigger == "FORM_SUBMITTED":
        _, token = await publish(api, table, "Form", ["Name", "City"])
    id = await made_by_editor(office, trigger, config)
    if trigger == "WEBHOOK_RECEIVED":
        assert (await send(api, path, {"Name": "New", "City": "Rome"})).status_code == 200
    elif trigger == "FORM_SUBMITTED":
        await submit(api, token, "New", City="Rome")
    else:
        name = "clickButton" if trigger == "BUTTON_CLICKED" else "triggerAutomation"
        given = {"automationId": id, "recordId": office.acme}
        (await mutate(api, name, "run { id }", given, as_=office.owner)).ok  # noqa: B018
    [run] = await runs_of(api, table, id)
    found: dict[str, Any] = run["trigger"]
    return found


@pytest.mark.parametrize("trigger", ["FORM_SUBMITTED", "BUTTON_CLICKED", "WEBHOOK_RECEIVED", "RECORD_UPDATED"])
async def test_a_run_is_given_what_its_owner_may_see(office: Office, trigger: str) -> None:
    found = await set_off(office, trigger)

    assert found["record"]["Name"] in ("New", "Acme")
    assert found["record_id"] == found["record"]["id"]
    assert "City" not in found["record"]
    assert "Rome" not in str(found["record"])


async def test_a_record_that_the_owner_does_not_see_is_none(office: Office) -> None:
    id = await made_by_editor(office, "BUTTON_CLICKED")
    await office.hide()
    given = {"automationId": id, "recordId": office.acme}

    (await mutate(office.api, "clickButton", "run { id }", given, as_=office.owner)).ok  # noqa: B018
    hidden = await mutate(office.api, "clickButton", "run { id }", given, as_=office.editor)

    [run] = await runs_of(office.api, office.world.companies.table, id)
    assert (run["trigger"]["record"], run["trigger"]["record_id"]) == (None, None)
    assert hidden.codes == ["NOT_FOUND"]


async def test_who_may_only_set_it_off_is_not_told_what_its_steps_said(office: Office) -> None:
    text = "raise ValueError((await records.get(id=inputs['id']))['City'])"
    await office.city()
    script = {"language": "PYTHON", "script": text, "inputs": {"id": office.acme}}
    id = await made_by_owner(office, {"type": "RUN_SCRIPT", "config": script})
    given = {"automationId": id, "idempotencyKey": "once"}

    await office.change("triggerAutomation", RUN, **given)
    async with working(office.api.services):
        [seen_by_owner] = await until_ended(office.api, office.world.people.table, id, 1)
    told = (await office.change("triggerAutomation", RUN, **given)).ok["triggerAutomation"]["run"]

    assert "Rome" in seen_by_owner["error"]
    assert {**told, "id": None} == {
        "id": None,
        "status": "FAILED",
        "error": None,
        "errorCode": "BAD_REQUEST",
        "steps": [],
    }


async def test_a_retry_shows_no_field_that_is_hidden_by_now(office: Office) -> None:
    id = await make_automation(office.api, office.world.companies.table, "BUTTON_CLICKED", actions=[])
    given = {"automationId": id, "recordId": office.acme, "idempotencyKey": "once"}
    selection = "run { id trigger }"
    first = (await office.change("triggerAutomation", selection, **given)).ok["triggerAutomation"]["run"]
    await office.city()

    again = (await office.change("triggerAutomation", selection, **given)).ok["triggerAutomation"]["run"]

    assert again["id"] == first["id"]
    assert "Rome" not in str(again)


async def test_who_manages_it_sees_what_set_it_off(office: Office) -> None:
    id = await make_automation(office.api, office.world.companies.table, "BUTTON_CLICKED", actions=[])
    given = {"automationId": id, "recordId": office.acme}

    for person, shown in ((office.owner, "Rome"), (office.editor, None)):
        ran = await mutate(office.api, "triggerAutomation", "run { trigger }", given, as_=person)
        trigger = ran.ok["triggerAutomation"]["run"]["trigger"]
        assert trigger.get("record", {}).get("City") == shown


@pytest.mark.parametrize("mutation", ["triggerAutomation", "clickButton"])
async def test_nobody_sets_it_off_with_a_record_that_is_not_theirs_to_write(
    mutation: str, board: Board, pg: asyncpg.Connection
) -> None:
    id = await make_automation(board.api, board.table, "BUTTON_CLICKED", actions=[])
    await board.limit(MINE, applies="WRITE")

    mine = await board.change(mutation, automationId=id, recordId=board.tasks["a1"])
    theirs = await board.change(mutation, automationId=id, recordId=board.tasks["b1"])

    assert (mine.codes, theirs.codes) == ([], ["FORBIDDEN"])
    assert await pg.fetchval("SELECT count(*) FROM automation_runs") == 1
