"""Fields of each type in formulas, and the functions of the record."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from domain.bases.catalog import FieldMeta
from domain.fields.contract import FieldType
from domain.fields.storage import encode_rows
from domain.formulas.checking import check
from domain.formulas.compile import compile_formula
from domain.formulas.contract import Environment
from domain.formulas.fields import field_source
from domain.formulas.grammar import parse
from domain.records.rows import Row
from domain.sql import Parameters
from tests.domain.formulas.running import table_of
from tests.support.field_types import standalone_types

ID = UUID("0191f0e5-0000-7000-8000-000000000001")


def _field(type: FieldType[Any], options: Any) -> FieldMeta:
    return FieldMeta(ID, 1, "Field", type, options, False, None, None)


@pytest.mark.parametrize("type", standalone_types().values(), ids=lambda type: type.key)
async def test_a_field_of_every_type_can_stand_in_a_formula(type: FieldType[Any], pg: asyncpg.Connection) -> None:
    example = next(each for each in type.examples if not each.typecast)
    options = type.parse_options(example.options)
    await pg.execute(f"CREATE TEMP TABLE t (n int, f_1 {type.column_ddl(options)})")
    if type.is_writable:
        await pg.execute(
            f"INSERT INTO t SELECT n, f_1 FROM json_to_recordset($1::json) AS x(n int, f_1 {type.column_type})",
            encode_rows([{"n": 1, "f_1": type.parser(options)(example.value)}]),
        )
    else:
        await pg.execute("INSERT INTO t (n) VALUES (1)")
    parameters = Parameters()
    formula = check(
        parse("IF({Field}, LEN({Field} & '') > 0, COUNTA({Field}) = 0)"), {"Field": _source(type, options)}.get
    )
    made = compile_formula(formula, Environment(Row("t", table_of(), parameters), "UTC"))

    holds, error = await pg.fetchrow(f"SELECT {made.value}, {made.error or 'NULL::text'} FROM t", *parameters.bind([]))

    assert error is None
    assert holds is True


def _source(type: FieldType[Any], options: Any) -> Any:
    return field_source(_field(type, options))
