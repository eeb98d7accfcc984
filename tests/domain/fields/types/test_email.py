"""The email field's exact rules."""

import asyncpg
import pytest

from domain.fields import faults
from domain.fields.operators import FilterOperator
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


@pytest.mark.parametrize(
    "email",
    ["a@b.co", "A.B+c@Example.COM", "x_y-z'w@sub.example.org", "o!#$%&*/=?^`{|}~@example.com", "δ@παράδειγμα.example"],
)
def test_address_is_kept_as_it_is(email: str) -> None:
    assert parse("email", email) == email


@pytest.mark.parametrize(
    "text",
    [
        "@b.co",
        "a@@b.co",
        ".a@b.co",
        "a.@b.co",
        "a@b..co",
        "a@b.c-",
        "a@b_c.co",
        "a@[127.0.0.1]",
        '"a b"@b.co',
        "a@b.co,c@d.co",
        "Jo <a@b.co>",
        "a@b.co\n",
        " a@b.co",
        "a@" + "b" * 64 + ".co",
    ],
)
def test_text_that_is_no_address_is_refused(text: str) -> None:
    assert refusal("email", text).type == faults.FORMAT


async def test_eq_has_case_and_icontains_has_not(connection: asyncpg.Connection) -> None:
    column = await make_column(connection, "email", {}, "Jo@example.com", "jo@example.com")

    assert await column.matching(FilterOperator.EQ, "jo@example.com") == {1}
    assert await column.matching(FilterOperator.ICONTAINS, "JO@") == {0, 1}
    assert await column.matching(FilterOperator.ENDS_WITH, "@example.com") == {0, 1}
