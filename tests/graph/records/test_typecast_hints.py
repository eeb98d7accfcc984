"""What a value that is refused says of `typecast`, and of values that stand one level too deep."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.support.records import Records
from tests.support.refusals import refusal

HINT = "With `typecast: true` it is understood."


async def messages(records: Records, fields: Mapping[str, Any], **more: Any) -> list[str]:
    """What is said of each bad value of a new record."""
    refused = refusal(await records.create_all([fields], **more), "VALIDATION_ERROR")
    return [each["msg"] for each in refused["errors"]]


@pytest.mark.parametrize(("field", "value"), [("Price", "12.50"), ("Status", "open"), ("Day", "May 31, 2024")])
async def test_a_value_that_typecast_would_take_says_so(records: Records, field: str, value: str) -> None:
    [message] = await messages(records, {"Name": "A", field: value})
    assert message.endswith(HINT)
    assert (await records.create_all([{"Name": "A", field: value}], typecast=True)).ok


async def test_one_that_it_would_not_take_says_nothing_of_it(records: Records) -> None:
    [message] = await messages(records, {"Name": "A", "Price": "a lot"})
    assert HINT not in message
    [message] = await messages(records, {"Name": "A", "Price": "a lot"}, typecast=True)
    assert HINT not in message


async def test_only_the_first_few_problems_are_looked_at(records: Records) -> None:
    refused = refusal(await records.create_all([{"Name": "A", "Price": "1"}] * 8), "VALIDATION_ERROR")
    assert sum(each["msg"].endswith(HINT) for each in refused["errors"]) == 5


async def test_values_inside_fields_are_told_where_they_stand(records: Records) -> None:
    first, *_ = await messages(records, {"fields": {"Name": "A"}})
    assert "The values stand in the record itself, without 'fields' around them." in first
