"""The action CONDITIONAL."""

from typing import Any

import pytest

from domain.errors import ValidationFailed
from tests.graph.automations.actions.conftest import Run
from tests.support.automations import checked
from tests.support.records import Records


def create(name: str) -> dict[str, Any]:
    """An action that makes a record."""
    return {"type": "CREATE_RECORD", "config": {"fields": {"Name": name}}}


def conditional(condition: Any, then: list[Any], otherwise: list[Any] | None = None) -> dict[str, Any]:
    """One that asks."""
    config = {"condition": condition, "then_actions": then, "else_actions": otherwise or []}
    return {"type": "CONDITIONAL", "config": config}


IS_MANY = {"left": "{{trigger.record.Count}}", "operator": "GT", "right": 10}


@pytest.mark.parametrize(("count", "name"), [(11, "many"), (3, "few")])
async def test_one_of_two_ways_is_gone(count: int, name: str, run: Run, records: Records) -> None:
    actions = [conditional(IS_MANY, [create("many")], [create("few")]), create("then {{steps.1.matched}}")]
    ended = await run(actions, {"record": {"Count": count}})
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert [each["Name"] for each in await records.all()] == [name, f"then {'true' if count > 10 else 'false'}"]
    inner = "1.then.1" if count > 10 else "1.else.1"
    assert list(ended.steps) == ["1", inner, "2"]
    assert ended.steps["1"]["output"]["matched"] is (count > 10)


async def test_outputs_inside_are_there_inside_and_behind(run: Run, records: Records) -> None:
    inside = [create("one"), create("{{steps.1.then.1.record.Name}} two")]
    ended = await run([conditional(True, inside), create("{{steps.1.then.2.record.Name}} three")])
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert [each["Name"] for each in await records.all()] == ["one", "one two", "one two three"]


async def test_a_failure_inside_names_its_step(run: Run) -> None:
    ended = await run([conditional(True, [create("{{steps.9.x}}")])])
    assert ended.status == "FAILED"
    assert (ended.error or "").startswith("Step 1.then.1 (CREATE_RECORD): config.fields.Name: ")
    assert [step["status"] for step in ended.steps.values()] == ["FAILED", "FAILED"]


async def test_what_is_wrong_inside_is_told_with_its_place() -> None:
    wrong = {"type": "SEND_EMAIL", "config": {"subject": "Hi", "body": "{{oops"}}
    with pytest.raises(ValidationFailed) as refused:
        checked([create("fine"), conditional(IS_MANY, [wrong])])
    assert [problem.loc for problem in refused.value.problems] == [
        ("actions", 1, "config", "thenActions", 0, "config", "to"),
        ("actions", 1, "config", "thenActions", 0, "config", "body"),
    ]


async def test_conditionals_go_five_deep_and_no_deeper() -> None:
    action = create("deep")
    for _ in range(5):
        action = conditional(True, [action])
    checked([action])
    with pytest.raises(ValidationFailed, match="At most 5 conditionals and loops"):
        checked([conditional(True, [action])])
