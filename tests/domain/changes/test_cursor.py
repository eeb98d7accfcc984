"""The text of event cursors; what clients may do with them is tested in tests/graph/subscriptions/test_cursors.py."""

from uuid import UUID

import pytest

from domain.changes.cursor import OWN, EventCursor, encode_cursor, read_cursor
from domain.errors import BadRequest

CURSORS = [
    EventCursor("10:10:"),
    EventCursor("10:14:10,12"),
    EventCursor("10:14:10,12", "11:15:12", 7),
    EventCursor("1:9223372036854775807:", "1:1:", (1 << 63) - 1),
    EventCursor("10:14:10,12", "11:15:12", 7, OWN),
    EventCursor("10:14:10,12", "11:15:12", 7, UUID("01a21553-0b1a-8000-8000-056d9c030737")),
]
FAULTY = ["10:10:/11:11:/7/", "10:10:/11:11:/7/01A21553", "10:10:/11:11:/7/" + "g" * 32, f"10:10:/11:11:/7/{OWN.hex}/7"]


@pytest.mark.parametrize("cursor", CURSORS)
def test_a_cursor_is_read_as_it_was_written(cursor: EventCursor) -> None:
    assert read_cursor(cursor.encode()) == cursor


@pytest.mark.parametrize("text", FAULTY)
def test_a_record_in_a_cursor_is_a_whole_id(text: str) -> None:
    with pytest.raises(BadRequest):
        read_cursor(encode_cursor(text))


def test_the_cursor_of_a_read_is_its_snapshot() -> None:
    assert read_cursor(encode_cursor("10:14:10,12")) == EventCursor("10:14:10,12")


def test_a_long_list_of_running_transactions_is_read() -> None:
    running = ",".join(map(str, range(10, 20_000, 2)))
    assert read_cursor(encode_cursor(f"10:20000:{running}")).since == f"10:20000:{running}"


def test_the_error_names_the_argument() -> None:
    with pytest.raises(BadRequest) as raised:
        read_cursor("x", "before")
    assert raised.value.location == {"argument": "before"}
