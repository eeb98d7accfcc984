"""importRecords: 20,000 rows, that is several batches, in the order of the file; a reader sees all of them or none."""

from adapters.database import Database
from domain.imports.records import MAX_BATCH_ROWS
from tests.graph.imports.conftest import Owner
from tests.support.api import Api
from tests.support.imports import counts, imported
from tests.support.statements import StatementLog

ROWS = 20_000


async def test_20_000_rows_are_imported_in_their_order(api: Api, owner: Owner, database: Database) -> None:
    content = "Name,Price,Day\n" + "".join(f"Part {n},{n / 4},2026-01-{n % 28 + 1:02}\n" for n in range(ROWS))

    with StatementLog(database) as seen:
        done = await imported(api, owner.person, content, baseId=owner.base_id)

    assert (done["rowCount"], done["cellCount"], done["problemCount"]) == (ROWS, 3 * ROWS, 0)
    assert sum("INSERT INTO changes" in text for text in seen.texts) == ROWS // MAX_BATCH_ROWS == 8
    async with database.unit() as unit:
        name = await unit.connection.fetchval(
            "SELECT format('%I.%I', 'base_' || b.number, 't_' || t.number) FROM tables t JOIN bases b ON b.id = base_id"
        )
        columns = [f"f_{row[0]}" for row in await unit.connection.fetch("SELECT number FROM fields ORDER BY position")]
        rows = await unit.connection.fetch(f"SELECT {', '.join(columns)} FROM {name} ORDER BY id")
    assert [(row[0], float(row[1]), row[2].day) for row in rows] == [
        (f"Part {n}", n / 4, n % 28 + 1) for n in range(ROWS)
    ]
    assert (await counts(database))[3] == ROWS


async def test_wide_rows_come_in_smaller_batches(api: Api, owner: Owner, database: Database) -> None:
    content = ",".join(f"c{n}" for n in range(400)) + "\n" + (",".join(["x"] * 400) + "\n") * 300

    with StatementLog(database) as seen:
        done = await imported(api, owner.person, content, baseId=owner.base_id)

    assert (done["rowCount"], done["cellCount"]) == (300, 120_000)
    assert sum("INSERT INTO changes" in text for text in seen.texts) == 3
