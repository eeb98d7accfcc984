"""Stored values as the JSON that PostgreSQL reads."""

from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest

from domain.fields.storage import encode_json, encode_rows


def test_rows_become_one_json_array() -> None:
    rows: list[dict[str, object]] = [
        {"a": Decimal("0.00000010"), "b": date(1, 2, 3)},
        {"a": datetime(2024, 5, 31, 1, 2, 3, 4, UTC), "b": ["x", UUID(int=1), None]},
    ]

    assert encode_rows(rows) == (
        '[{"a":0.00000010,"b":"0001-02-03"},'
        '{"a":"2024-05-31T01:02:03.000004+00:00","b":["x","00000000-0000-0000-0000-000000000001",null]}]'
    )


def test_decimal_keeps_all_its_digits() -> None:
    assert encode_json({"a": Decimal("1E+3"), "b": Decimal("0.1234567890123456789012345678")}) == (
        '{"a":1000,"b":0.1234567890123456789012345678}'
    )


def test_what_no_parser_returns_is_an_error() -> None:
    with pytest.raises(TypeError, match="object"):
        encode_json(object())
