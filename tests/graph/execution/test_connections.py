"""A query of many fields leaves connections to the database for others."""

import asyncio

import asyncpg

from resolvers.services import Services
from tests.support.api import Api
from tests.support.tables import make_table
from tests.support.waiting import eventually

FIELDS = 8


async def test_an_operation_uses_a_part_of_the_pool(
    api: Api, services: Services, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    fields = " ".join(f'r{n}: records(tableId: "{table.id}") {{ totalCount }}' for n in range(FIELDS))
    name = await pg.fetchval("SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname ~ '^base_'")

    async with pg.transaction():
        await pg.execute(f"LOCK TABLE {name} IN ACCESS EXCLUSIVE MODE")
        reading = asyncio.create_task(api.execute(f"{{ {fields} }}", as_=table.owner))
        await eventually(lambda: services.database.connections_in_use >= 4)
        await asyncio.sleep(0.2)
        in_use = services.database.connections_in_use

    assert in_use == services.limits.max_connections_per_operation == 4
    assert (await reading).ok == {f"r{n}": {"totalCount": 0} for n in range(FIELDS)}
