"""The cursor of a write: behind its own changes, before those of all who were still running."""

from domain.changes.cursor import cursor_after_own


def test_cursor_after_own_makes_the_own_transaction_visible_and_none_of_the_others() -> None:
    assert decoded(cursor_after_own("10:10:", "10")) == "11:11:"
    assert decoded(cursor_after_own("10:10:", "12")) == "10:13:10,11"
    assert decoded(cursor_after_own("8:12:8,9", "12")) == "8:13:8,9"
    assert decoded(cursor_after_own("8:12:8,9", "9")) == "8:10:8"
    assert decoded(cursor_after_own("8:12:8,9", "14")) == "8:15:8,9,12,13"
    assert decoded(cursor_after_own("8:9:8", "8")) == "9:9:"


def decoded(cursor: str) -> str:
    return bytes.fromhex(cursor).decode()
