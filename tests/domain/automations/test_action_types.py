"""What the registry finds, and what the configs of actions take."""

from typing import Any

import pytest

from domain.automations.conditions import FilterLimits
from domain.automations.configs import read_config
from domain.automations.contract import Reading
from domain.automations.nesting import MAX_ACTIONS, read_actions
from domain.automations.registry import action_type, action_types


def reading() -> Reading:
    """A reading of configs that name no fields of the table."""
    return Reading(None, FilterLimits(20, 500))  # type: ignore[arg-type]  # see above


def test_there_are_these_actions() -> None:
    assert list(action_types()) == [
        "create_record",
        "update_record",
        "delete_record",
        "send_email",
        "send_slack_message",
        "send_webhook",
        "link_records",
        "unlink_records",
        "run_script",
        "call_function",
        "conditional",
        "loop",
        "delay",
    ]


@pytest.mark.parametrize("key", list(action_types()))
def test_each_says_what_it_is(key: str) -> None:
    type = action_type(key)
    names = {field.name for field in type.config}
    assert type.description.endswith(".")
    assert type.output
    assert type.own <= names
    assert type.hidden <= type.own
    assert not (type.writes and type.is_flow)


@pytest.mark.parametrize(
    ("key", "config", "places"),
    [
        ("create_record", {}, [("c", "fields")]),
        ("create_record", {"fields": [], "tableId": "x"}, [("c", "tableId"), ("c", "fields")]),
        ("create_record", {"fields": {"Name": "{{trigger.x"}}, [("c", "fields")]),
        ("update_record", {"recordId": "x", "fields": {}}, [("c", "recordId")]),
        ("update_record", {"record_id": "{{trigger.record.id}}", "fields": "{{steps.1.output}}"}, []),
        ("delete_record", {"recordId": 5}, [("c", "recordId")]),
        ("send_email", {"to": 5, "subject": "s", "body": "b"}, [("c", "to")]),
        ("send_email", {"to": ["a@x.org", 5], "subject": "s", "body": "b"}, [("c", "to", 1)]),
        ("send_slack_message", {"webhookUrl": "https://x.org", "message": 5}, [("c", "message")]),
        ("send_webhook", {"url": "https://x.org", "method": "TRACE"}, [("c", "method")]),
        ("send_webhook", {"url": "https://x.org", "method": "put", "secret": "s3cret"}, [("c", "secret")]),
        (
            "link_records",
            {"sourceRecord": "{{a.b}}", "targetRecord": [5]},
            [("c", "sourceRecord"), ("c", "targetRecord", 0), ("c", "fieldId")],
        ),
        ("run_script", {"language": "RUBY", "script": "1"}, [("c", "language")]),
        ("run_script", {"script": "output = '{{not a template'"}, []),
        ("loop", {"records": 5}, [("c", "records")]),
        ("loop", {"records": {"table": "x"}}, [("c", "records", "table")]),
        ("loop", {"records": {"tableId": "x"}}, [("c", "records", "tableId")]),
        ("loop", {"records": "{{trigger.list}}", "actions": [{"type": "NO"}]}, [("c", "actions", 0, "type")]),
        (
            "loop",
            {"records": [], "actions": [{"type": "DELAY", "config": {"seconds": 1}, "x": 1}]},
            [("c", "actions", 0, "x")],
        ),
        ("delay", {}, [("c",)]),
        ("delay", {"seconds": "{{trigger.seconds}}"}, []),
        ("delay", {"seconds": float("inf")}, [("c", "seconds")]),
        ("delay", {"hours": 1, "seconds": 1}, [("c", "hours")]),
    ],
)
def test_what_is_wrong_is_told_with_its_place(key: str, config: Any, places: list[Any]) -> None:
    read = reading()
    read_config(action_type(key), config, ("c",), read)
    assert [problem.loc for problem in read.problems] == places


def test_lists_of_actions_have_a_limit() -> None:
    delay = {"type": "DELAY", "config": {"seconds": 1}}
    read = reading()
    assert len(read_actions([delay] * MAX_ACTIONS, ("actions",), read)) == MAX_ACTIONS
    assert read.problems == []
    read_actions([delay] * (MAX_ACTIONS + 1), ("actions",), read)
    assert [problem.loc for problem in read.problems] == [("actions",)]
