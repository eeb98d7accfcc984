"""The autonumber field's exact rules."""

from typing import Any

import asyncpg
import pytest
from pydantic import ValidationError

from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from tests.domain.fields.column import Column

INVOICE = {"prefix": "INV-"}


async def numbered(connection: asyncpg.Connection, options: dict[str, Any], count: int) -> Column:
    """A column that PostgreSQL has filled."""
    type = field_type("autonumber")
    column = Column(connection, type, type.parse_options(options))
    await column.create()
    await column.insert_defaults(count)
    return column


async def test_records_are_numbered_from_one(connection: asyncpg.Connection) -> None:
    plain = await numbered(connection, {}, 3)
    invoices = await numbered(connection, INVOICE, 11)

    assert await plain.output() == [1, 2, 3]
    assert (await invoices.output())[8:] == ["INV-9", "INV-10", "INV-11"]
    assert await invoices.ordered() == list(range(11))


async def test_column_that_is_added_numbers_the_records_there_are(connection: asyncpg.Connection) -> None:
    type = field_type("autonumber")
    ddl = type.column_ddl(type.parse_options({}))
    await connection.execute("CREATE TEMPORARY TABLE added AS SELECT 1 AS row FROM generate_series(1, 3)")

    await connection.execute(f"ALTER TABLE added ADD COLUMN f {ddl}")

    assert await connection.fetchval("SELECT array_agg(f ORDER BY f) FROM added") == [1, 2, 3]


async def test_filters_take_the_number_and_the_text(connection: asyncpg.Connection) -> None:
    column = await numbered(connection, INVOICE, 12)

    assert await column.matching(FilterOperator.EQ, "INV-7") == {6}
    assert await column.matching(FilterOperator.GT, 10) == {10, 11}
    assert await column.matching(FilterOperator.CONTAINS, "V-1") == {0, 9, 10, 11}
    with pytest.raises(ValueError, match="is not 'INV-' and a number behind it"):
        await column.matching(FilterOperator.EQ, "7")


def test_clients_cannot_write_it() -> None:
    assert not field_type("autonumber").is_writable


@pytest.mark.parametrize("prefix", ["x" * 51, "\x00", "\ud800", 7])
def test_impossible_prefix_is_refused(prefix: object) -> None:
    with pytest.raises(ValidationError):
        field_type("autonumber").parse_options({"prefix": prefix})
