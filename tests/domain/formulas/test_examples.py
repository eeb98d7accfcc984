"""Every example of a function's page is true: as it stands, of values in columns, and in generated columns."""

import asyncpg
import pytest

from domain.formulas.checking import check
from domain.formulas.compile import Compiled, compile_formula
from domain.formulas.contract import ErrorValue, Example
from domain.formulas.grammar import parse
from domain.formulas.operators import OPERATORS
from domain.formulas.registry import functions
from domain.formulas.typed import Source
from domain.formulas.types import SQL_TYPES
from domain.sql import quote_name
from tests.domain.formulas.running import RECORD, RECORD_COLUMNS, definition, environment, evaluate, lifted, run


def _made(example: Example, alias: str = "r") -> tuple[Compiled, dict[Source, str]]:
    """An example's formula over columns of its values."""
    fields: dict[Source, str] = {}
    formula = lifted(check(parse(example.formula), {}.get), fields)
    return compile_formula(formula, environment(alias)), fields


_EXAMPLES = [example for each in (*OPERATORS, *functions().values()) for example in each.examples]
_GENERATABLE = [each for each in _EXAMPLES if _made(each, "generated")[0].is_generatable]
_every_example = pytest.mark.parametrize("example", _EXAMPLES, ids=lambda example: example.formula)


def _assert_as_shown(value: object, example: Example) -> None:
    if isinstance(example.result, float):
        assert float(value) == pytest.approx(example.result)
    else:
        assert value == example.result
    assert isinstance(value, bool) == isinstance(example.result, bool)
    assert isinstance(value, ErrorValue) == isinstance(example.result, ErrorValue)


@_every_example
async def test_example(pg: asyncpg.Connection, example: Example) -> None:
    _assert_as_shown(await evaluate(pg, example.formula), example)


@_every_example
async def test_example_of_values_in_columns(pg: asyncpg.Connection, example: Example) -> None:
    made, fields = _made(example)

    _assert_as_shown(await run(pg, made, fields), example)


@pytest.mark.parametrize("example", _GENERATABLE, ids=lambda example: example.formula)
async def test_what_is_said_to_be_generatable_is(pg: asyncpg.Connection, example: Example) -> None:
    made, fields = _made(example, "generated")
    type = SQL_TYPES[made.type.kind] + ("[]" if made.type.is_array else "")
    columns = "".join(f"{definition(field)}, " for field in fields)
    await pg.execute(
        f"CREATE TEMP TABLE generated ({RECORD_COLUMNS}, {columns}"
        f"value {type} GENERATED ALWAYS AS ({made.value}) STORED,"
        f" error text GENERATED ALWAYS AS ({made.error or 'NULL::text'}) STORED)"
    )

    names = ", ".join(quote_name(name) for name in (*RECORD, *(field.name for field in fields)))
    values = ", ".join((*RECORD.values(), *fields.values()))
    await pg.execute(f"INSERT INTO generated ({names}) VALUES ({values})")

    row = await pg.fetchrow("SELECT value, error FROM generated")
    _assert_as_shown(row["value"] if row["error"] is None else ErrorValue(row["error"]), example)


def test_every_function_has_a_sentence_and_examples() -> None:
    silent = [
        each.name
        for each in (*OPERATORS, *functions().values())
        if not each.description.endswith(".") or not each.examples
    ]

    assert silent == []
