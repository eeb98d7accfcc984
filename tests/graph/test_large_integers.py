"""Integers beyond 64 bits, which only the text of a document can bring in: answered, never a fault of the server."""

import pytest

from tests.support.api import Api
from tests.support.tables import make_table

LARGE = 15 * 10**19


async def test_large_numbers_come_back_as_options_and_defaults(api: Api) -> None:
    table = await make_table(api, [{"name": "N", "type": "NUMBER"}])
    field = table.fields["N"]
    change = f'mutation {{ updateField(input: {{id: "{field}", defaultValue: {LARGE}, options: {{min: -{LARGE}}}}})'

    changed = await api.execute(f"{change} {{ field {{ options defaultValue }} }} }}", as_=table.owner)
    read = await api.execute(f'{{ field(id: "{field}") {{ options defaultValue }} }}', as_=table.owner)

    for found in (changed.ok["updateField"]["field"], read.ok["field"]):
        assert (found["options"]["min"], found["defaultValue"]) == (-LARGE, LARGE)


@pytest.mark.parametrize("digits", [22, 400, 4_000, 5_000])
async def test_a_number_that_is_too_large_is_refused(api: Api, digits: int) -> None:
    table = await make_table(api, [{"name": "N", "type": "NUMBER"}])
    number = "9" * digits
    document = (
        f'mutation {{ createRecord(input: {{tableId: "{table.id}", fields: {{N: {number}}}}}) {{ record {{ id }} }} }}'
    )

    result = await api.execute(document, as_=table.owner)

    assert result.status == 200
    assert len(result.codes) == 1
    assert result.codes[0] in ("VALIDATION_ERROR", "BAD_REQUEST")
