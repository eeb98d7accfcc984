"""What every registered field type must do, whatever it holds."""

from collections.abc import Awaitable
from typing import Any

import asyncpg
import orjson
import pytest

from domain.fields import faults
from domain.fields.contract import BadExample, Example, FieldType, InvalidValue
from domain.fields.operators import OF_NULL, FilterOperator
from tests.domain.fields.column import Column
from tests.support.field_types import standalone_types

TYPES = list(standalone_types().values())
EXAMPLES = [(type, example) for type in TYPES for example in type.examples]
BAD_EXAMPLES = [(type, example) for type in TYPES for example in type.bad_examples]
LISTS = {
    FilterOperator.IN,
    FilterOperator.NOT_IN,
    FilterOperator.HAS_ANY,
    FilterOperator.HAS_ALL,
    FilterOperator.HAS_NONE,
}
TEXTS = {
    FilterOperator.CONTAINS,
    FilterOperator.NOT_CONTAINS,
    FilterOperator.ICONTAINS,
    FilterOperator.STARTS_WITH,
    FilterOperator.ENDS_WITH,
}


def nested(depth: int) -> list[Any]:
    """A list in a list, and so on."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


ODD_VALUES: list[Any] = [
    {},
    [],
    [[]],
    [None],
    {"a": "\x00"},
    {"\x00": 1},
    {"name": "\x00"},
    "\x00",
    "\ud800",
    ["\ud800"],
    {"\ud800": "\ud800"},
    "nonsense",
    " ",
    "1" * 5000,
    10**5000,
    2**63,
    1e308,
    5e-324,
    float("nan"),
    float("inf"),
    -1,
    True,
    nested(2000),
    "1 " + "\t " * 5000 + "x",
    "1" + "+ " * 5000 + "x",
    "A  B" + "  C" * 5000 + "!",
]


def name(value: object) -> str:
    return value.key if isinstance(value, FieldType) else str(getattr(value, "value", value))[:40]


async def column_of(
    connection: asyncpg.Connection, type: FieldType[Any], example: Example | BadExample | None = None
) -> Column:
    column = Column(connection, type, type.parse_options(example.options if example else {}))
    await column.create()
    return column


async def refusal(attempt: Awaitable[object]) -> InvalidValue | None:
    """The refusal of a value, or None; anything else that is raised fails the test."""
    try:
        await attempt
    except InvalidValue as fault:
        return fault
    return None


@pytest.mark.parametrize("type", TYPES, ids=name)
def test_type_describes_itself(type: FieldType[Any]) -> None:
    assert type.key == type.key.lower()
    assert type.title
    assert type.description.endswith(".")
    assert type.examples
    assert type.bad_examples or not type.is_writable
    assert {FilterOperator.IS_EMPTY, FilterOperator.IS_NOT_EMPTY} <= type.conditions.keys()
    orjson.loads(type.empty_json)


@pytest.mark.parametrize("type", TYPES, ids=name)
def test_options_have_defaults_a_schema_and_survive_the_catalog(type: FieldType[Any]) -> None:
    options = type.parse_options({})
    stored = orjson.loads(orjson.dumps(options.model_dump(mode="json")))

    assert type.parse_options(stored) == options
    assert type.options_model.model_json_schema()["additionalProperties"] is False
    assert type.merge_options(options, options) == options


@pytest.mark.parametrize(("type", "example"), EXAMPLES, ids=name)
async def test_example_goes_in_and_comes_out(
    connection: asyncpg.Connection, type: FieldType[Any], example: Example
) -> None:
    column = await column_of(connection, type, example)

    await column.insert([example.value], typecast=example.typecast)

    [output] = await column.output()
    assert output == example.output
    assert isinstance(output, bool) == isinstance(example.output, bool)


@pytest.mark.parametrize(("type", "example"), EXAMPLES, ids=name)
async def test_output_goes_in_again_and_stays_the_same(
    connection: asyncpg.Connection, type: FieldType[Any], example: Example
) -> None:
    column = await column_of(connection, type, example)

    await column.insert([example.output])

    assert await column.output() == [example.output]


@pytest.mark.parametrize(("type", "example"), EXAMPLES, ids=name)
def test_typecast_takes_what_strict_takes(type: FieldType[Any], example: Example) -> None:
    options = type.parse_options(example.options)
    if not example.typecast:
        strict = type.parser(options)(example.value)

        assert type.parser(options, typecast=True)(example.value) == strict


@pytest.mark.parametrize(("type", "example"), EXAMPLES, ids=name)
def test_typecast_example_needs_typecast(type: FieldType[Any], example: Example) -> None:
    if example.typecast:
        with pytest.raises(InvalidValue):
            type.parser(type.parse_options(example.options))(example.value)


@pytest.mark.parametrize(("type", "example"), BAD_EXAMPLES, ids=name)
def test_bad_example_is_refused_with_its_kind(type: FieldType[Any], example: BadExample) -> None:
    with pytest.raises(InvalidValue) as caught:
        type.parser(type.parse_options(example.options))(example.value)

    assert caught.value.type == example.type
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize("type", TYPES, ids=name)
@pytest.mark.parametrize("typecast", [False, True])
async def test_null_comes_out_empty(connection: asyncpg.Connection, type: FieldType[Any], typecast: bool) -> None:
    if not type.is_writable:
        return
    column = await column_of(connection, type)

    await column.insert([None], typecast=typecast)

    assert await column.output() == [orjson.loads(type.empty_json)]
    assert await column.matching(FilterOperator.IS_EMPTY, None) == {0}
    assert await column.matching(FilterOperator.IS_NOT_EMPTY, None) == set()


@pytest.mark.parametrize("type", TYPES, ids=name)
@pytest.mark.parametrize("typecast", [False, True])
async def test_odd_value_is_refused_or_stored(
    connection: asyncpg.Connection, type: FieldType[Any], typecast: bool
) -> None:
    column = await column_of(connection, type)
    stored = 0

    for value in ODD_VALUES:
        refused = await refusal(column.insert([value], typecast=typecast))
        stored += refused is None

    assert len(await column.output()) == stored


@pytest.mark.parametrize(("type", "example"), EXAMPLES, ids=name)
async def test_every_condition_finds_the_example(
    connection: asyncpg.Connection, type: FieldType[Any], example: Example
) -> None:
    empty = orjson.loads(type.empty_json)
    if example.output in (None, [], empty):
        return
    column = await column_of(connection, type, example)
    await column.insert([example.value, None][: 1 + type.is_writable], typecast=example.typecast)
    [text, *_] = await column.texts()

    for operator in type.conditions:
        rows = await column.matching(operator, text if operator in TEXTS else operand(example.output, operator))

        assert (operator, rows) == (operator, expected(operator, type))


def operand(output: object, operator: FilterOperator) -> object:
    """The output of an example as the operand of an operator."""
    return [output] if operator in LISTS and not isinstance(output, list) and output is not None else output


def expected(operator: FilterOperator, type: FieldType[Any]) -> set[int]:
    """The rows of [an example, null] that pass when the operand is the example itself."""
    if operator in {FilterOperator.GT, FilterOperator.LT}:
        return set()
    complements = {
        FilterOperator.NEQ,
        FilterOperator.NOT_IN,
        FilterOperator.NOT_CONTAINS,
        FilterOperator.HAS_NONE,
        FilterOperator.IS_EMPTY,
    }
    return {1} if operator in complements and type.is_writable else set() if operator in complements else {0}


@pytest.mark.parametrize("type", TYPES, ids=name)
async def test_null_operand_means_empty_or_is_refused(connection: asyncpg.Connection, type: FieldType[Any]) -> None:
    column = await column_of(connection, type)
    if type.is_writable:
        await column.insert([None])

    for operator in OF_NULL:
        is_found = type.is_writable and OF_NULL[operator] is FilterOperator.IS_EMPTY
        if operator in type.conditions:
            assert await column.matching(operator, None) == ({0} if is_found else set())
    for operator in type.conditions.keys() - OF_NULL.keys():
        refused = await refusal(column.matching(operator, None))
        assert refused is not None
        assert refused.type == faults.NULL


@pytest.mark.parametrize("type", TYPES, ids=name)
async def test_odd_operand_is_refused_or_answered(connection: asyncpg.Connection, type: FieldType[Any]) -> None:
    column = await column_of(connection, type)

    for operator in type.conditions:
        for value in ODD_VALUES:
            refused = await refusal(column.matching(operator, value))
            assert refused is None or refused.message.endswith(".")


@pytest.mark.parametrize("type", TYPES, ids=name)
async def test_order_is_exact_and_its_keys_survive_a_cursor(
    connection: asyncpg.Connection, type: FieldType[Any]
) -> None:
    example = max(type.examples, key=lambda example: len(example.options))
    column = await column_of(connection, type, example)
    values = [other.output for other in type.examples if other.options == example.options]
    await column.insert([*values, *values, None][: 2 * len(values) + type.is_writable])

    ordered = await column.ordered()

    assert sorted(ordered) == list(range(len(ordered)))
    for index, row in enumerate(ordered):
        assert await column.after(row) == ordered[index + 1 :]


@pytest.mark.parametrize(("type", "example"), EXAMPLES, ids=name)
async def test_search_text_is_a_text(connection: asyncpg.Connection, type: FieldType[Any], example: Example) -> None:
    column = await column_of(connection, type, example)
    await column.insert([example.output])

    [text] = await column.texts()

    assert isinstance(text, str) or (text is None and example.output in (None, []))
