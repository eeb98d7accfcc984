"""A temporary PostgreSQL table with one column of a field type, used as the record path uses columns."""

from collections.abc import Mapping
from itertools import count
from typing import Any

import asyncpg
import orjson

from domain.fields.contract import FieldType
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from domain.fields.storage import encode_rows
from domain.sql import Convert, Parameters

_numbers = count(1)
NEGATIVE = (FilterOperator.NEQ, FilterOperator.NOT_IN, FilterOperator.NOT_CONTAINS, FilterOperator.HAS_NONE)


class Value:
    """The value of a filter, as the compiler hands it to the conditions."""

    def __init__(self, value: object, parameters: Parameters) -> None:
        self._value = value
        self._parameters = parameters

    @property
    def is_null(self) -> bool:
        return self._value is None or self._value == ""

    def bind(self, convert: Convert, type: str) -> str:
        return self._parameters.input(0, type, convert)


class Column:
    """One column of a field type; row numbers count from 0 in the order of insertion."""

    def __init__(self, connection: asyncpg.Connection, type: FieldType[Any], options: Any) -> None:
        self.type = type
        self.options = options
        self._connection = connection
        self._table = f"column_{next(_numbers)}"
        self._count = 0

    async def insert(self, values: list[object], *, typecast: bool = False) -> None:
        """Store JSON values: parse each, and write all of them with one statement."""
        parse = self.type.parser(self.options, typecast=typecast)
        rows = [{"row": self._count + row, "f": parse(value)} for row, value in enumerate(values)]
        self._count += len(rows)
        await self._connection.execute(
            f"INSERT INTO {self._table} (row, f) SELECT row, f FROM"
            f" json_to_recordset($1::json) AS x(row int, f {self.type.column_type_for(self.options)})",
            encode_rows(rows),
        )

    async def insert_defaults(self, count: int) -> None:
        """Store rows whose values PostgreSQL makes."""
        await self._connection.execute(f"INSERT INTO {self._table} (row) SELECT generate_series(0, {count - 1})")

    async def output(self) -> list[object]:
        """The JSON values of all rows."""
        parameters = Parameters()
        json = self.type.json("f", self.options, parameters)
        rows = await self._fetch(f"SELECT coalesce({json}, '{self.type.empty_json}') FROM {self._table}", parameters)
        return [orjson.loads(value) for value in rows]

    async def matching(self, operator: FilterOperator, value: object) -> set[int]:
        """The rows that pass one condition."""
        parameters = Parameters()
        condition = self.type.condition(operator, "f", Value(value, parameters), self.options, parameters)
        if operator in NEGATIVE:
            nulls = f"SELECT row FROM {self._table} WHERE ({condition}) IS NULL"
            assert not await self._fetch(nulls, parameters, value), "a negative condition is never NULL"
        return set(await self._fetch(f"SELECT row FROM {self._table} WHERE {condition}", parameters, value))

    async def plan(self, operator: FilterOperator, value: object) -> str:
        """PostgreSQL's plan for one condition, with a btree index on the column and sequential scans discouraged."""
        await self._connection.execute(f"CREATE INDEX ON {self._table} (f)")
        parameters = Parameters()
        condition = self.type.condition(operator, "f", Value(value, parameters), self.options, parameters)
        async with self._connection.transaction():
            await self._connection.execute("SET LOCAL enable_seqscan = off")
            sql = f"EXPLAIN SELECT row FROM {self._table} WHERE {condition}"
            return "\n".join(await self._fetch(sql, parameters, value))

    async def ordered(self) -> list[int]:
        """The rows in ascending order, empty ones first, then by number."""
        parameters = Parameters()
        key = self.type.order("f", self.options, parameters)
        return await self._fetch(f"SELECT row FROM {self._table} ORDER BY {key.sql} NULLS FIRST, row", parameters)

    async def after(self, row: int) -> list[int]:
        """The rows behind a row, found as a cursor does: by the text of its order key, cast back."""
        parameters = Parameters()
        key = self.type.order("f", self.options, parameters)
        [text] = await self._fetch(f"SELECT ({key.sql})::text FROM {self._table} WHERE row = {row}", parameters)
        parameters = Parameters()
        key = self.type.order("f", self.options, parameters)
        place = parameters.constant(text, "text")
        condition = f"({key.sql}) > {place}::{key.type} OR ({key.sql}) = {place}::{key.type} AND row > {row}"
        if text is None:
            condition = f"({key.sql}) IS NOT NULL OR row > {row} AND {place} IS NULL"
        sql = f"SELECT row FROM {self._table} WHERE {condition} ORDER BY {key.sql} NULLS FIRST, row"
        return await self._fetch(sql, parameters)

    async def texts(self) -> list[object]:
        """The searchable texts of all rows."""
        parameters = Parameters()
        text = self.type.text("f", self.options, parameters)
        return await self._fetch(f"SELECT {text} FROM {self._table}", parameters)

    async def refit(self, options: Any) -> None:
        """Give the field new options, as an update of the field does."""
        parameters = Parameters()
        self.options = self.type.merge_options(self.options, options)
        value = self.type.refit("f", self.options, parameters)
        if value is not None:
            await self._connection.execute(f"UPDATE {self._table} SET f = {value}", *parameters.bind([]))

    async def create(self) -> None:
        ddl = self.type.column_ddl(self.options)
        await self._connection.execute(f"CREATE TEMPORARY TABLE {self._table} (row int PRIMARY KEY, f {ddl})")

    async def drop(self) -> None:
        await self._connection.execute(f"DROP TABLE {self._table}")

    async def _fetch(self, sql: str, parameters: Parameters, *inputs: object) -> list[Any]:
        return [row[0] for row in await self._connection.fetch(sql, *parameters.bind(inputs))]


async def make_column(
    connection: asyncpg.Connection, key: str, options: Mapping[str, object] | None = None, *values: object
) -> Column:
    """A new column of the type `key` that holds `values`."""
    type = field_type(key)
    column = Column(connection, type, type.parse_options(options or {}))
    await column.create()
    await column.insert(list(values))
    return column
