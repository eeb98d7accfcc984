"""The bodies of a webhook's messages, their parts, and the pauses between tries."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.webhooks.deliveries import asked_pause, pause_before, read_pauses
from domain.webhooks.messages import batch_text, event_text, narrowed_event, parts

EVENT: dict[str, Any] = {
    "type": "UPDATED",
    "tableId": "t",
    "recordId": "r",
    "record": {"id": "r", "fields": {"A": 1, "B": 2}},
    "previous": {"A": 0},
    "changedFields": ["A"],
    "isFilterTransition": False,
    "mutationId": "m",
    "actor": None,
    "cursor": "c",
    "at": "2026-01-01T00:00:00Z",
}


def test_an_event_is_told_with_the_fields_that_are_asked_for() -> None:
    assert narrowed_event(EVENT, None) is EVENT
    found = narrowed_event(EVENT, {"A"})
    assert found is not None
    assert (found["record"]["fields"], found["previous"], found["changedFields"]) == ({"A": 1}, {"A": 0}, ["A"])


def test_a_change_of_others_is_not_told_unless_the_record_came_or_went() -> None:
    assert narrowed_event(EVENT, {"B"}) is None
    assert narrowed_event({**EVENT, "isFilterTransition": True}, {"B"}) is not None
    gone = narrowed_event({**EVENT, "type": "DELETED", "record": None, "previous": None}, {"B"})
    assert gone is not None
    assert (gone["record"], gone["previous"]) == (None, None)


def test_a_message_has_type_time_and_data() -> None:
    found = json.loads(event_text(EVENT, 10_000))
    assert (found["type"], found["timestamp"]) == ("record.updated", EVENT["at"])
    assert set(found["data"]) == set(EVENT) - {"type"}


def test_a_large_one_has_no_values() -> None:
    found = json.loads(event_text(EVENT, 100))["data"]
    assert (found["isTruncated"], found["record"], found["previous"]) == (True, {"id": "r", "fields": {}}, None)


def test_a_batch_has_its_events_in_order() -> None:
    found = json.loads(batch_text('{"n":1},{"n":2}'))
    assert (found["type"], found["data"]) == ("records.changed", {"events": [{"n": 1}, {"n": 2}]})


def test_parts_are_bounded_by_number_and_size() -> None:
    assert parts(["a", "b", "c"], 0, 0, 2, 100) == [["a", "b"], ["c"]]
    assert parts(["a", "b", "c"], 1, 1, 2, 100) == [["a"], ["b", "c"]]
    assert parts(["a", "b"], 2, 2, 2, 100) == [[], ["a", "b"]]
    assert parts(["aaa", "bbb"], 0, 0, 9, 4) == [["aaa"], ["bbb"]]
    assert parts(["aaaaaaaaa"], 0, 0, 9, 4) == [["aaaaaaaaa"]]


def test_each_pause_comes_once_in_order() -> None:
    pauses = read_pauses("5,300,1800")
    found = [pause_before(left, pauses) for left in (3, 2, 1)]
    for seconds, pause in zip((5, 300, 1800), found, strict=True):
        assert timedelta(seconds=0.8 * seconds) <= pause <= timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("status", "header", "seconds"),
    [
        (503, "120", 120),
        (429, " 7 ", 7),
        (500, "120", 0),
        (429, None, 0),
        (429, "", 0),
        (429, "-1", 0),
        (429, "soon", 0),
        (429, "9" * 400, 3_600),
        (429, "3601", 3_600),
        (503, "Thu, 26 Nov 2026 12:02:00 GMT", 120),
        (503, "Thu, 26 Nov 2026 11:00:00 GMT", 0),
        (503, "Fri, 26 Nov 2027 12:00:00 GMT", 3_600),
        (503, "Thu, 99 Nov 2026 12:02:00 GMT", 0),
    ],
)
def test_a_target_says_when_it_wants_to_be_asked_again(status: int, header: str | None, seconds: int) -> None:
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    assert asked_pause(status, header, now, timedelta(hours=1)) == timedelta(seconds=seconds)
