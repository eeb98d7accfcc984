"""The names of time zones that are taken are those that the database knows."""

from adapters.database import Database
from domain.fields.moments import zone_names


async def test_the_database_knows_each_time_zone(database: Database) -> None:
    async with database.unit() as unit:
        rows = await unit.connection.fetch("SELECT name FROM pg_timezone_names")

    assert zone_names() - {row["name"] for row in rows} == set()
