"""Behind which cursors changes may be missing: those that do not see all of what was dropped."""

import asyncpg
import pytest

from adapters.database import Connection
from domain.changes.horizon import is_lost

QUERY = f"SELECT {is_lost('$1::text::pg_snapshot')}"


async def test_where_nothing_was_dropped_every_cursor_is_good(pg: Connection) -> None:
    assert [await pg.fetchval(QUERY, text) for text in ("1:1:", "3:4:3", "500:500:")] == [False] * 3


@pytest.mark.parametrize(
    ("snapshot", "expected"),
    [
        ("1:1:", True),
        ("99:99:", True),
        ("100:100:", True),  # the first that it does not see is the last that was dropped
        ("100:105:100,103", True),
        ("98:200:98", True),  # it sees 100, and may not have seen 98: nobody knows whether that was dropped
        ("101:101:", False),
        ("101:300:101", False),
        ("9000000000000000:9000000000000000:", False),
    ],
)
async def test_a_cursor_is_lost_unless_it_sees_all_that_was_dropped(
    pg: Connection, snapshot: str, expected: bool
) -> None:
    await pg.execute("INSERT INTO change_horizon (id, xid) VALUES (1, '100')")

    assert await pg.fetchval(QUERY, snapshot) is expected


async def test_transactions_are_compared_as_numbers_beyond_32_bits(pg: Connection) -> None:
    await pg.execute("INSERT INTO change_horizon (id, xid) VALUES (1, '4294967300')")

    assert await pg.fetchval(QUERY, "4294967300:4294967300:") is True
    assert await pg.fetchval(QUERY, "4294967301:4294967301:") is False
    assert await pg.fetchval(QUERY, "99:99:") is True


async def test_there_is_one_horizon(pg: Connection) -> None:
    await pg.execute("INSERT INTO change_horizon (id, xid) VALUES (1, '100')")

    with pytest.raises(asyncpg.UniqueViolationError):
        await pg.execute("INSERT INTO change_horizon (id, xid) VALUES (1, '200')")
