"""The checkbox field's exact rules."""

import asyncpg
import pytest

from domain.fields import faults
from domain.fields.operators import FilterOperator
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


async def test_empty_is_unchecked_everywhere(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "checkbox", {}, None, False, True)

    assert await column.output() == [False, False, True]
    assert await column.matching(FilterOperator.EQ, False) == {0, 1}
    assert await column.matching(FilterOperator.NEQ, False) == {2}
    assert await column.matching(FilterOperator.IN, [False]) == {0, 1}
    assert await column.matching(FilterOperator.IS_EMPTY, None) == {0, 1}
    assert await column.matching(FilterOperator.IS_NOT_EMPTY, None) == {2}
    assert await column.ordered() == [0, 1, 2]


@pytest.mark.parametrize("word", ["TRUE", "yes", "Y", "on", "1", "x", "✓", " checked "])
def test_words_of_consent_are_true(word: str) -> None:
    assert parse("checkbox", word, typecast=True) is True


@pytest.mark.parametrize("word", ["False", "no", "N", "off", "0", "", " "])
def test_words_of_refusal_are_false(word: str) -> None:
    assert parse("checkbox", word, typecast=True) is False


@pytest.mark.parametrize("value", ["maybe", 2, 0.5, [], ["yes", "no"], {}])
def test_other_values_are_refused(value: object) -> None:
    assert refusal("checkbox", value, typecast=True).type == faults.FORMAT
