"""Two states of a channel, and the changes between them."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from domain.presence.events import PresenceEventType, changes_between


def member(id: str, joined_at: str = "1", focus: Any = None, cursor: Any = None) -> dict[str, Any]:
    return {"connectionId": id, "joinedAt": joined_at, "focus": focus, "cursor": cursor}


def told(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(type.name, each["connectionId"]) for type, each in changes_between(before, after)]


def test_each_kind_of_change() -> None:
    before = [member("a"), member("b"), member("c", focus={"tableId": "t"}), member("d")]
    after = [member("b", focus={"tableId": "t"}), member("c"), member("d", cursor=0), member("e", cursor=1)]

    assert told(before, after) == [("LEAVE", "a"), ("JOIN", "e"), ("FOCUS", "b"), ("BLUR", "c"), ("CURSOR", "d")]


def test_who_left_and_came_back_did_both() -> None:
    assert told([member("a", "1")], [member("a", "2")]) == [("LEAVE", "a"), ("JOIN", "a")]


MEMBERS = st.builds(member, st.sampled_from("abc"), st.sampled_from("12"), st.none() | st.just({}), st.integers(0, 1))
STATES = st.lists(MEMBERS, unique_by=lambda each: each["connectionId"])


@given(STATES, STATES)
def test_a_state_and_its_changes_make_the_next_state(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> None:
    state = {each["connectionId"]: each for each in before}
    for type, each in changes_between(before, after):
        if type is PresenceEventType.LEAVE:
            del state[each["connectionId"]]
        else:
            state[each["connectionId"]] = each

    assert state == {each["connectionId"]: each for each in after}
