"""What is noted of jobs is deleted when it is old; of those that failed for good it stays with them."""

from datetime import timedelta

import asyncpg
import pytest

from adapters.database import Database
from adapters.jobs import upkeep
from adapters.jobs.upkeep import JobUpkeep
from tests.support.jobs import add_dead_letter

DAY = timedelta(days=1)
OLD = """
INSERT INTO jobs.pgqueuer_log (job_id, status, priority, entrypoint, created)
SELECT n, 'successful', 0, 'test', now() - $2::interval FROM generate_series(1000000, 999999 + $1) n
"""


async def test_the_old_goes_and_the_new_and_the_failed_stay(
    database: Database, pg: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upkeep, "ROWS_AT_ONCE", 2)
    await add_dead_letter(database)
    await pg.execute("UPDATE jobs.pgqueuer_log SET created = now() - interval '9 days'")
    await pg.execute(OLD, 5, 8 * DAY)
    await pg.execute(OLD, 3, 6 * DAY)
    await JobUpkeep(database, 7 * DAY).look()
    rows = await pg.fetch("SELECT status, count(*) FROM jobs.pgqueuer_log GROUP BY status ORDER BY 1")
    assert [tuple(row) for row in rows] == [("successful", 3), ("failed", 1)]
