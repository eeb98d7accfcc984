"""testAutomation: what each step would do is shown, and none of it is done."""

import asyncpg
import pytest

from tests.support.api import Api
from tests.support.automation_calls import make_automation
from tests.support.catalog import add_member, mutate
from tests.support.tables import create_records, make_table

RUN = "run { status isTest trigger steps { path type status input } }"


async def test_it_shows_what_would_be_done_for_a_record(api: Api, pg: asyncpg.Connection) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    config = {"tableId": str(table.id), "fields": {"Name": "{{trigger.record.Name}} {{trigger.body.size}}"}}
    action = {"type": "CREATE_RECORD", "config": config}
    id = await make_automation(api, table, "BUTTON_CLICKED", isEnabled=False, actions=[action])
    [record] = await create_records(api, table, [{"Name": "Bolt"}])
    changes = await pg.fetchval("SELECT count(*) FROM changes")

    given = {"automationId": id, "recordId": record, "trigger": {"body": {"size": 8}}}
    run = (await mutate(api, "testAutomation", RUN, given, as_=table.owner)).ok["testAutomation"]["run"]

    assert (run["status"], run["isTest"], run["trigger"]["record"]["Name"]) == ("SUCCEEDED", True, "Bolt")
    [step] = run["steps"]
    assert (step["path"], step["type"], step["status"]) == ("1", "CREATE_RECORD", "SUCCEEDED")
    assert step["input"]["fields"] == {"Name": "Bolt 8"}
    assert await pg.fetchval("SELECT count(*) FROM changes") == changes
    assert await pg.fetchval("SELECT count(*) FROM jobs.pgqueuer WHERE entrypoint = 'automation_run'") == 0


async def test_it_is_the_first_of_its_operation(api: Api, pg: asyncpg.Connection) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    id = await make_automation(api, table, "BUTTON_CLICKED")
    document = """
        mutation ($id: ID!, $test: TestAutomationInput!) {
          pauseAutomation(input: { id: $id }) { automation { id } } testAutomation(input: $test) { run { id } }
        }
    """
    result = await api.execute(document, {"id": id, "test": {"automationId": id}}, as_=table.owner)
    assert result.codes == ["BAD_REQUEST"]
    assert await pg.fetchval("SELECT count(*) FROM automation_runs") == 0
    assert await pg.fetchval("SELECT is_paused FROM automations") is False


@pytest.mark.parametrize(("who", "status"), [("owner", "SUCCEEDED"), ("admin", "FAILED")])
async def test_it_shows_nobody_more_than_they_may_see(api: Api, who: str, status: str) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    elsewhere = await make_table(api, [{"name": "Name", "type": "TEXT"}], owner=table.owner)
    [secret] = await create_records(api, elsewhere, [{"Name": "of the owner alone"}])
    admin = await api.register()
    await add_member(api, table.owner, table.workspace_id, admin, "ADMIN")
    action = {"type": "UPDATE_RECORD", "config": {"recordId": "{{trigger.record}}", "fields": {}}}
    id = await make_automation(api, table, "BUTTON_CLICKED", actions=[action])

    given = {"automationId": id, "trigger": {"record": {"id": secret}}}
    as_ = {"owner": table.owner, "admin": admin}[who]
    document = "run { status owner { id } steps { output } }"
    run = (await mutate(api, "testAutomation", document, given, as_=as_)).ok["testAutomation"]["run"]

    assert (run["status"], run["owner"]["id"]) == (status, str(as_.id))
    assert ("of the owner alone" in str(run["steps"])) is (who == "owner")
