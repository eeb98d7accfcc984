"""Random values and random filters: PostgreSQL must answer what the plain Python of the oracle answers."""

from typing import Any

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.fields.operators import FilterOperator as Op
from domain.fields.registry import field_type
from tests.domain.fields.column import Column, make_column
from tests.domain.fields.oracle import ALPHABET, ORACLES, RELATIONS, SUBSTRINGS, Oracle, any_text

LISTS = (Op.IN, Op.NOT_IN, Op.HAS_ANY, Op.HAS_ALL, Op.HAS_NONE)
random_cases = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.function_scoped_fixture,  # each example drops its table
    ],
)
each_oracle = pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: f"{oracle.type}-{len(oracle.options)}")
NOT_FROM_TEXT = {"text", "long_text", "barcode"}
"""Types whose texts lose blanks around them, or mean something else, when they are read with typecast."""


async def filled(connection: asyncpg.Connection, oracle: Oracle, values: list[Any]) -> Column:
    return await make_column(connection, oracle.type, oracle.options, *values)


def draw_values(data: st.DataObject, oracle: Oracle) -> list[Any]:
    return data.draw(st.lists(st.none() | oracle.values, min_size=1, max_size=8), label="values")


@each_oracle
@given(data=st.data())
@random_cases
async def test_what_goes_in_comes_out(connection: asyncpg.Connection, oracle: Oracle, data: st.DataObject) -> None:
    values = draw_values(data, oracle)
    column = await filled(connection, oracle, values)

    expected = [oracle.empty if value in (None, "") else oracle.output(value) for value in values]
    assert await column.output() == expected
    await column.drop()


@each_oracle
@given(data=st.data())
@random_cases
async def test_output_converts_to_text_and_back(
    connection: asyncpg.Connection, oracle: Oracle, data: st.DataObject
) -> None:
    values = draw_values(data, oracle)
    column = await filled(connection, oracle, values)
    as_text = field_type("text").parser(field_type("text").parse_options({}), typecast=True)

    back = await make_column(connection, oracle.type, oracle.options)
    await back.insert([as_text(output) for output in await column.output()], typecast=True)

    if oracle.type not in NOT_FROM_TEXT:
        assert await back.output() == await column.output()
    await column.drop()
    await back.drop()


@each_oracle
@given(data=st.data())
@random_cases
async def test_order_is_that_of_the_oracle(connection: asyncpg.Connection, oracle: Oracle, data: st.DataObject) -> None:
    values = draw_values(data, oracle)
    column = await filled(connection, oracle, values)

    expected = sorted(range(len(values)), key=lambda row: (oracle.position(values[row]), row))
    if oracle.type == "checkbox":
        expected = sorted(range(len(values)), key=lambda row: (bool(values[row]), row))
    assert await column.ordered() == expected
    await column.drop()


@each_oracle
@given(data=st.data())
@random_cases
async def test_filter_answers_what_the_oracle_answers(
    connection: asyncpg.Connection, oracle: Oracle, data: st.DataObject
) -> None:
    values = draw_values(data, oracle)
    column = await filled(connection, oracle, values)
    operators = [operator for operator in column.type.conditions if covers(oracle, operator)]

    for operator in data.draw(st.lists(st.sampled_from(operators), min_size=1, max_size=4, unique=True), "operators"):
        operand = draw_operand(data, oracle, operator, values)
        expected = {row for row, value in enumerate(values) if oracle.passes(operator, known(oracle, value), operand)}
        assert await column.matching(operator, operand) == expected
    await column.drop()


def covers(oracle: Oracle, operator: Op) -> bool:
    """Whether the oracle knows what the operator means for its type."""
    if operator in RELATIONS:
        return oracle.rank is not None
    if operator in SUBSTRINGS or operator is Op.NOT_CONTAINS:
        return oracle.text is not None
    return oracle.type != "checkbox" or operator not in (Op.IS_EMPTY, Op.IS_NOT_EMPTY)


def known(oracle: Oracle, value: Any) -> Any:
    """An empty checkbox is an unchecked one."""
    return False if oracle.type == "checkbox" and value is None else value


def draw_operand(data: st.DataObject, oracle: Oracle, operator: Op, values: list[Any]) -> Any:
    """A value of the type, often one that is there; a part of a text that is there; a list where one is needed."""
    if operator in (Op.IS_EMPTY, Op.IS_NOT_EMPTY):
        return None
    present = [value for value in values if value not in (None, "")]
    some = (st.sampled_from(present) if present else st.nothing()) | oracle.values.filter(lambda value: value != "")
    if oracle.text is not None and (operator in SUBSTRINGS or operator is Op.NOT_CONTAINS):
        pieces = st.builds(piece, some.map(oracle.text), st.integers(0, 9), st.integers(1, 9))
        return data.draw((pieces | st.text(ALPHABET, min_size=1, max_size=3)).filter(bool), "part")
    if operator in LISTS and oracle.items is None:
        return data.draw(st.lists(some, max_size=4), "operands")
    return data.draw(some, "operand")


def piece(text: str, start: int, length: int) -> str:
    return text[start : start + length] or text[:length]


@pytest.mark.parametrize("key", ["text", "long_text", "barcode"])
@given(text=any_text)
@random_cases
async def test_any_text_that_can_be_stored_comes_out(connection: asyncpg.Connection, key: str, text: str) -> None:
    column = await make_column(connection, key, {}, text)

    assert await column.output() == [text]
    assert await column.matching(Op.EQ, text) == {0}
    assert await column.matching(Op.CONTAINS, text[-3:]) == {0}
    await column.drop()
