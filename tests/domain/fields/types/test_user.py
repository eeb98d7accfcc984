"""The user field's exact rules."""

from uuid import UUID

import asyncpg
import pytest

from domain.fields import faults
from domain.fields.operators import FilterOperator
from domain.fields.registry import field_type
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal

ANN, BEN, CAT = (str(UUID(int=number)) for number in (1, 2, 3))
MANY = {"allow_multiple": True}


def test_stored_value_is_a_uuid_or_a_list_of_them() -> None:
    type = field_type("user")

    assert type.references == "user"
    assert parse("user", ANN) == UUID(ANN)
    assert parse("user", [BEN, ANN], MANY) == [UUID(BEN), UUID(ANN)]
    assert type.column_ddl(type.parse_options({})) == "uuid"
    assert type.column_ddl(type.parse_options(MANY)) == "uuid[]"


@pytest.mark.parametrize("text", ["ann", ANN.replace("-", ""), f"{{{ANN}}}", f"urn:uuid:{ANN}"])
def test_text_that_is_no_id_is_refused(text: str) -> None:
    assert refusal("user", text).type == faults.FORMAT


def test_place_of_a_bad_id_is_named() -> None:
    assert refusal("user", [ANN, "ben"], MANY).loc == (1,)
    assert refusal("user", [ANN, BEN, ANN.upper()], MANY).type == faults.DUPLICATE


async def test_filters_on_one_user(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "user", {}, ANN, BEN, None)

    assert await column.matching(FilterOperator.EQ, ANN) == {0}
    assert await column.matching(FilterOperator.HAS_ANY, [ANN, BEN]) == {0, 1}
    assert await column.matching(FilterOperator.HAS_ALL, [ANN, BEN]) == set()
    assert await column.matching(FilterOperator.HAS_ALL, [ANN]) == {0}
    assert await column.matching(FilterOperator.HAS_NONE, [ANN]) == {1, 2}


async def test_filters_on_many_users(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "user", MANY, [ANN, BEN], [BEN], [], None)

    assert await column.output() == [[ANN, BEN], [BEN], [], []]
    assert await column.matching(FilterOperator.EQ, [BEN, ANN]) == {0}
    assert await column.matching(FilterOperator.HAS_ALL, [BEN]) == {0, 1}
    assert await column.matching(FilterOperator.IN, [ANN, CAT]) == {0}
    assert await column.matching(FilterOperator.NOT_IN, [ANN]) == {1, 2, 3}
    assert await column.matching(FilterOperator.IS_EMPTY, None) == {2, 3}
