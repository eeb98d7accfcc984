"""The action LOOP."""

from dataclasses import replace
from typing import Any

from resolvers.services import Services
from tests.graph.automations.actions.conftest import Run
from tests.graph.automations.actions.test_conditional import conditional, create
from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records


def loop(records: Any, *actions: Any) -> dict[str, Any]:
    """One that goes through records."""
    return {"type": "LOOP", "config": {"records": records, "actions": list(actions)}}


async def test_each_item_of_a_list(run: Run, records: Records) -> None:
    ended = await run(
        [loop("{{trigger.names}}", create("{{index}} {{item}}")), create("{{steps.1.count}} of them")],
        {"names": ["a", "b"]},
    )
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert [each["Name"] for each in await records.all()] == ["0 a", "1 b", "2 of them"]
    assert list(ended.steps) == ["1", "1.1.1", "1.2.1", "2"]


async def test_each_record_of_a_query(run: Run, records: Records, api: Api, table: MadeTable) -> None:
    await create_records(api, table, [{"Name": "a", "Count": 1}, {"Name": "b", "Count": 2}, {"Name": "c", "Count": 3}])
    query = {"filter": {"field": "Count", "operator": "GTE", "value": "{{trigger.least}}"}, "limit": 5}
    update = {"type": "UPDATE_RECORD", "config": {"recordId": "{{item.id}}", "fields": {"Name": "{{item.Name}}!"}}}
    ended = await run([loop(query, update)], {"least": 2})
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert [each["Name"] for each in await records.all()] == ["a", "b!", "c!"]
    assert ended.outputs["1"]["count"] == 2


async def test_outputs_of_a_round_and_loops_in_loops(run: Run, records: Records) -> None:
    inner = loop("{{item}}", create("{{steps.1.actions.1.record.Name}}{{item}}"))
    ended = await run([loop("{{trigger.rows}}", create("{{index}}"), inner)], {"rows": [["a", "b"], ["c"]]})
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert [each["Name"] for each in await records.all()] == ["0", "0a", "0b", "1", "1c"]
    assert "1.2.2.1.1" in ended.steps


async def test_more_than_allowed_is_refused(run: Run, records: Records, services: Services) -> None:
    services.limits = replace(services.limits, max_loop_records=2)
    ended = await run([loop("{{trigger.names}}", create("{{item}}"))], {"names": ["a", "b", "c"]})
    assert ended.error == "Step 1 (LOOP): records: a loop has at most 2; these are 3."
    assert await records.all() == []


async def test_a_run_has_so_many_steps(run: Run, records: Records, services: Services) -> None:
    services.limits = replace(services.limits, max_run_steps=3)
    ended = await run([loop("{{trigger.names}}", create("{{item}}"))], {"names": ["a", "b", "c"]})
    assert (ended.error or "").endswith("A run has at most 3 steps.")
    assert len(await records.all()) == 2


async def test_a_conditional_in_a_loop(run: Run, records: Records) -> None:
    is_big = {"left": "{{item}}", "operator": "GTE", "right": 2}
    await run([loop("{{trigger.numbers}}", conditional(is_big, [create("{{item}}")]))], {"numbers": [1, 2, 3]})
    assert [each["Name"] for each in await records.all()] == ["2", "3"]


async def test_an_object_that_a_template_makes_is_no_query(run: Run, records: Records) -> None:
    await run([create("kept")])
    each = {"type": "DELETE_RECORD", "config": {"recordId": "{{item}}"}}
    ended = await run([loop("{{trigger.body}}", each)], {"body": {"limit": 5}})
    assert (ended.status, ended.error) == ("FAILED", "Step 1 (LOOP): records: it is no list.")
    assert [record["Name"] for record in await records.all()] == ["kept"]
