"""The action CREATE_RECORD."""

from tests.graph.automations.actions.conftest import Run
from tests.support.records import Records
from tests.support.tables import MadeTable


async def test_a_record_is_created_with_what_templates_say(run: Run, records: Records, table: MadeTable) -> None:
    fields = {"Name": "Copy of {{trigger.record.Full name}}", "Count": "{{trigger.record.Count}}", "Due": "2027-01-31"}
    ended = await run(
        [{"type": "CREATE_RECORD", "config": {"tableId": str(table.id), "fields": fields}}],
        {"record": {"Full name": "Bolt", "Count": 3}},
    )
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert await records.all() == [
        {"Name": "Copy of Bolt", "Count": 3, "Due": "2027-01-31", "Full name": None, "Email": None}
    ]
    assert ended.outputs["1"]["record"]["Name"] == "Copy of Bolt"
    assert ended.steps["1"]["input"]["fields"] == {"Name": "Copy of Bolt", "Count": 3, "Due": "2027-01-31"}


async def test_the_output_is_there_for_later_steps(run: Run, records: Records) -> None:
    ended = await run(
        [
            {"type": "CREATE_RECORD", "config": {"fields": {"Name": "first"}}},
            {"type": "CREATE_RECORD", "config": {"fields": {"Name": "{{steps.1.record.Name}}, {{steps.1.record.id}}"}}},
        ]
    )
    assert ended.status == "SUCCEEDED"
    assert [each["Name"] for each in await records.all()] == ["first", f"first, {ended.outputs['1']['record']['id']}"]


async def test_a_value_that_does_not_fit_fails_the_run_at_once(run: Run, records: Records) -> None:
    ended = await run(
        [
            {"type": "CREATE_RECORD", "config": {"fields": {"Name": "kept"}}},
            {"type": "CREATE_RECORD", "config": {"fields": {"Count": "many"}}},
            {"type": "CREATE_RECORD", "config": {"fields": {"Name": "never"}}},
        ]
    )
    assert ended.status == "FAILED"
    assert (ended.error or "").startswith("Step 2 (CREATE_RECORD): ")
    assert [step["status"] for step in ended.steps.values()] == ["SUCCEEDED", "FAILED"]
    assert ended.steps["2"]["attempt"] == 1
    assert [each["Name"] for each in await records.all()] == ["kept"]


async def test_a_missing_name_is_an_error_of_the_step(run: Run, records: Records) -> None:
    ended = await run([{"type": "CREATE_RECORD", "config": {"fields": {"Name": "{{trigger.user.nmae}}"}}}])
    assert ended.status == "FAILED"
    assert "config.fields.Name: {{trigger.user.nmae}}" in (ended.error or "")
    assert await records.all() == []
