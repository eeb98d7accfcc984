"""createAutomation: what is kept, and everything that is refused."""

from typing import Any

import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.automation_calls import DELAY, read_automation, try_automation
from tests.support.tables import MadeTable, make_table
from tests.support.views import make_view


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a name and a count."""
    return await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "Count", "type": "NUMBER"}])


async def test_an_automation_is_kept_as_it_was_given(api: Api, table: MadeTable) -> None:
    given = {
        "description": "Why",
        "actions": [{**DELAY, "order": 2}, {"type": "DELAY", "config": {"seconds": 5}, "order": 1}],
    }
    result = await try_automation(api, table, "FIELD_CHANGED", {"field_id": "Count"}, **given)
    made = result.ok["createAutomation"]["automation"]
    assert made == {
        "id": made["id"],
        "name": "Automation",
        "description": "Why",
        "triggerType": "FIELD_CHANGED",
        "triggerConfig": {"fieldId": table.fields["Count"]},
        "isEnabled": True,
        "isPaused": False,
        "error": None,
        "nextRunAt": None,
        "owner": {"id": str(table.owner.id)},
        "table": {"id": str(table.id)},
        "actions": made["actions"],
    }
    assert [(each["config"]["seconds"], each["order"]) for each in made["actions"]] == [(5, 0), (0, 1)]
    assert await read_automation(api, table, made["id"]) == made


@pytest.mark.parametrize(
    ("trigger", "config", "loc"),
    [
        ("RECORD_CREATED", [], ["triggerConfig"]),
        ("RECORD_CREATED", {"x": 1}, ["triggerConfig", "x"]),
        ("RECORD_UPDATED", {"fieldIds": ["No"]}, ["triggerConfig", "fieldIds", 0]),
        ("FIELD_CHANGED", None, ["triggerConfig", "fieldId"]),
        (
            "RECORD_MATCHES_CONDITIONS",
            {"conditions": {"field": "No", "operator": "EQ"}},
            ["triggerConfig", "conditions"],
        ),
        ("SCHEDULED", {"cron": "* * * *"}, ["triggerConfig", "cron"]),
        ("SCHEDULED", {"cron": "0 9 * * *", "timeZone": "Mars"}, ["triggerConfig", "cron"]),
        ("AT_SCHEDULED_TIME", {"datetime": "soon"}, ["triggerConfig", "datetime"]),
        ("FORM_SUBMITTED", {"viewId": "018f0e5a-0000-8000-8000-000000000001"}, ["triggerConfig", "viewId"]),
        ("WEBHOOK_RECEIVED", {"webhookId": "x"}, ["triggerConfig", "webhookId"]),
        ("WEBHOOK_RECEIVED", {"webhookId": "018f0e5a-0000-8000-8000-000000000001"}, ["triggerConfig", "webhookId"]),
    ],
)
async def test_a_config_that_does_not_fit_is_refused_with_its_place(
    api: Api, services: Services, table: MadeTable, trigger: str, config: Any, loc: list[Any]
) -> None:
    before = await snapshot(services.database)
    result = await try_automation(api, table, trigger, config)
    assert result.codes == ["VALIDATION_ERROR"]
    assert result.errors[0]["extensions"]["errors"][0]["loc"] == loc
    assert await snapshot(services.database) == before


async def test_the_actions_are_checked_where_they_stand(api: Api, table: MadeTable) -> None:
    wrong = {"type": "SEND_EMAIL", "config": {"subject": "Hello"}}
    result = await try_automation(api, table, "RECORD_CREATED", actions=[DELAY, wrong])
    assert result.codes == ["VALIDATION_ERROR"]
    assert result.errors[0]["extensions"]["errors"][0]["loc"][:4] == ["actions", 1, "config", "to"]


async def test_a_template_that_names_no_field_of_the_table_is_refused(api: Api, table: MadeTable) -> None:
    config = {"seconds": "{{trigger.record.Cuont}}"}
    result = await try_automation(api, table, "RECORD_CREATED", actions=[{"type": "DELAY", "config": config}])
    assert result.codes == ["VALIDATION_ERROR"]
    [problem] = result.errors[0]["extensions"]["errors"]
    assert problem["loc"] == ["actions", 0, "config", "seconds"]
    assert "{{trigger.record.Cuont}} names no field of the table" in problem["msg"]
    assert "Did you mean 'Count'?" in problem["msg"]


async def test_a_view_that_is_no_form_sets_off_nothing(api: Api, table: MadeTable) -> None:
    grid = (await make_view(api, table))["id"]
    result = await try_automation(api, table, "FORM_SUBMITTED", {"viewId": grid})
    assert result.errors[0]["message"] == f"triggerConfig.viewId: The table 'Parts' has no form with id {grid}."


async def test_there_are_limits(api: Api, services: Services, table: MadeTable) -> None:
    services.limits = services.limits.__class__(
        max_automations_per_table=1, max_actions_per_automation=1, max_automation_bytes=200
    )
    two = await try_automation(api, table, "RECORD_CREATED", actions=[DELAY, DELAY])
    assert (two.codes, two.errors[0]["message"]) == (["BAD_REQUEST"], "An automation may have at most 1 actions.")
    large = await try_automation(api, table, "BUTTON_CLICKED", {"buttonId": "x" * 200})
    assert large.codes == ["PAYLOAD_TOO_LARGE"]
    assert (await try_automation(api, table, "RECORD_CREATED")).codes == []
    again = await try_automation(api, table, "RECORD_CREATED")
    assert (again.codes, again.errors[0]["message"]) == (["BAD_REQUEST"], "A table may have at most 1 automations.")
