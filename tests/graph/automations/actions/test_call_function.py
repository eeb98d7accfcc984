"""The action CALL_FUNCTION."""

from typing import Any

import pytest

from tests.graph.automations.actions.conftest import Run
from tests.graph.automations.actions.test_conditional import create
from tests.graph.functions.conftest import greetings
from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import MadeTable

__all__ = ["greetings"]
pytestmark = pytest.mark.usefixtures("greetings")
CALLS = "{ functionCalls { nodes { id function input status } } }"


def call(name: str, arguments: Any = None) -> dict[str, Any]:
    """An action that calls a function."""
    return {"type": "CALL_FUNCTION", "config": {"name": name, "arguments": arguments}}


async def test_its_output_goes_on_and_the_call_is_recorded(
    run: Run, records: Records, api: Api, table: MadeTable
) -> None:
    ended = await run([call("greet", {"name": "{{trigger.who}}"}), create("{{steps.1.output.text}}")], {"who": "Ada"})
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    [made] = (await api.execute(CALLS, as_=table.owner)).ok["functionCalls"]["nodes"]
    assert ended.outputs["1"]["call"] == made["id"]
    assert (made["function"], made["input"]["name"], made["status"]) == ("greet", "Ada", "SUCCEEDED")
    assert [each["Name"] for each in await records.all()] == ["Hello Ada"]


@pytest.mark.parametrize("arguments", [None, {"name": 3}])
async def test_arguments_that_do_not_fit_fail_the_step(run: Run, records: Records, arguments: Any) -> None:
    ended = await run([call("greet", arguments), create("never")])
    assert ended.status == "FAILED"
    assert await records.all() == []


async def test_one_that_is_not_there_fails_the_step(run: Run) -> None:
    ended = await run([call("nothing")])
    assert (ended.status, ended.error) == ("FAILED", "Step 1 (CALL_FUNCTION): There is no function 'nothing'.")
