"""The indexes of each type of field: PostgreSQL makes them, and reads orders and equality from them."""

from typing import Any

import asyncpg
import pytest

from domain.errors import BadRequest
from domain.fields.contract import FieldType
from domain.records.indexes import create_indexes, drop_indexes
from domain.sql import Parameters
from tests.support.field_types import standalone_types

NOT_INDEXABLE = {"multi_select", "attachment", "gdt", "material"}
"""Types whose values are lists or documents."""


@pytest.mark.parametrize("type", standalone_types().values(), ids=lambda type: type.key)
async def test_every_type_can_be_indexed_or_says_that_it_cannot(
    type: FieldType[Any], pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    options = type.parse_options({})
    if type.key in NOT_INDEXABLE:
        with pytest.raises(BadRequest):
            create_indexes("t", 1, type, options)
        return
    transaction = pg.transaction()
    await transaction.start()
    await pg.execute(f"CREATE SCHEMA base_1; CREATE TABLE base_1.t (id uuid, f_1 {type.column_ddl(options)})")

    for statement in create_indexes("base_1.t", 1, type, options):
        await pg.execute(statement)

    count = "SELECT count(*) FROM pg_indexes WHERE schemaname = 'base_1'"
    assert await pg.fetchval(count) in (1, 2)
    for statement in drop_indexes("base_1", 1):
        await pg.execute(statement)
    assert await pg.fetchval(count) == 0
    await transaction.rollback()


@pytest.mark.parametrize("key", ["text", "number", "date", "checkbox"])
@pytest.mark.parametrize("direction", ["ASC NULLS FIRST", "DESC NULLS LAST"])
async def test_an_order_is_read_from_its_index(
    key: str, direction: str, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    type = standalone_types()[key]
    options = type.parse_options({})
    await pg.execute(f"CREATE TEMPORARY TABLE t (id uuid, f_1 {type.column_ddl(options)}); SET enable_sort = off")
    for statement in create_indexes("t", 1, type, options):
        await pg.execute(statement)
    order = type.order("f_1", options, Parameters()).sql

    plan = await pg.fetch(
        f"EXPLAIN SELECT id FROM t ORDER BY {order} {direction}, id {direction.partition(' ')[0]} LIMIT 10"
    )

    assert any("using f_1_order" in row[0] for row in plan)
    assert not any("Sort" in row[0] for row in plan)
