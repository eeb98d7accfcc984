"""Values that are sound but larger than a row or an index of PostgreSQL: refused, and nothing is written."""

import random
import string
from collections.abc import Awaitable, Callable

from tests.support.api import Api
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.tables import make_table

State = Callable[[], Awaitable[object]]
_random = random.Random(7)


def noise(length: int) -> str:
    """A text that does not compress."""
    return "".join(_random.choices(string.ascii_letters + string.digits, k=length))


async def test_a_value_too_long_for_an_index_is_refused_with_its_place(api: Api, state: State) -> None:
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Code", "type": "TEXT", "isIndexed": True}]
    records = Records(api, await make_table(api, fields))
    id = (await records.create({"Code": noise(2_500)})).ok["createRecord"]["record"]["id"]
    before = await state()
    for answer, index in (
        (await records.create({"Code": noise(5_000)}), 0),
        (await records.create_all([{"Code": "x"}, {"Code": noise(5_000), "Name": noise(5_000)}]), 1),
        (await records.update(id, {"Code": noise(5_000)}), 0),
        (await records.upsert(["Name"], [{"Name": "a", "Code": noise(5_000)}]), 0),
        (await records.create({"Code": noise(5_000)}, idempotencyKey="once"), 0),
    ):
        refused = refusal(answer, "VALIDATION_ERROR")
        assert [(each["loc"], each["recordIndex"]) for each in refused["errors"]] == [(["Code"], index)]
        assert refused["errors"][0]["type"] == "value_error.max_length"
        assert "2,600 bytes" in refused["message"]
    assert await state() == before
    found = await records.page(
        filter={"field": "Code", "operator": "EQ", "value": noise(5_000)}, selection="totalCount"
    )
    assert found.ok["records"]["totalCount"] == 0


async def test_values_that_do_not_fit_into_a_row_are_refused(api: Api, state: State) -> None:
    names = [f"Notes {i}" for i in range(480)]
    fields = [{"name": name, "type": "LONG_TEXT"} for name in names]
    records = Records(api, await make_table(api, fields))
    id = (await records.create({})).ok["createRecord"]["record"]["id"]
    before = await state()
    text = noise(2_100)
    for answer in (
        await records.create(dict.fromkeys(names, text), selection="id"),
        await records.create_all([{}, dict.fromkeys(names, text)], selection="id"),
        await records.update(id, dict.fromkeys(names, text), selection="id"),
    ):
        refused = refusal(answer, "VALIDATION_ERROR")
        assert refused["message"].endswith("Give values to fewer fields.")
    assert await state() == before
    assert (await records.create(dict.fromkeys(names[:350], text), selection="id")).ok
