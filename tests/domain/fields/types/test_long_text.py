"""The long text field's exact rules."""

import asyncpg

from domain.fields.types.long_text import MAX_LENGTH
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


def test_text_of_the_largest_length_is_taken() -> None:
    assert parse("long_text", "x" * MAX_LENGTH) == "x" * 100_000
    assert refusal("long_text", "x" * (MAX_LENGTH + 1)).message == (
        "The text may have at most 100,000 characters, not 100,001."
    )


async def test_cursor_of_a_long_text_is_short(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "long_text", {}, "x" * MAX_LENGTH, "y")

    assert await column.after(0) == [1]
