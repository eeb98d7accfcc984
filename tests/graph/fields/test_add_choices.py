"""`updateField(addChoices:)`: choices behind those that there are, whoever adds others at the same time."""

import asyncio
from typing import Any

import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api, Result
from tests.support.catalog import mutate, values
from tests.support.tables import MadeTable, create_records, make_table

TAGS = {"choices": [{"id": "a", "name": "A"}, {"id": "b", "name": "B", "color": "#123456"}]}


@pytest.fixture
async def table(api: Api) -> MadeTable:
    """A table with a record that has both tags."""
    tags = {"name": "Tags", "type": "MULTI_SELECT", "options": TAGS}
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, tags])
    await create_records(api, table, [{"Tags": ["A", "B"]}])
    return table


async def add(api: Api, table: MadeTable, *choices: Any, **more: Any) -> Result:
    """Add choices to the tags."""
    given = {"id": table.fields["Tags"], "addChoices": choices, **more}
    return await mutate(api, "updateField", "field { options } cleared", given, as_=table.owner)


def choices(result: Result) -> list[tuple[str, str]]:
    """The names and colors of all choices."""
    return [(each["name"], each["color"]) for each in result.ok["updateField"]["field"]["options"]["choices"]]


async def test_they_come_behind_the_others(api: Api, table: MadeTable) -> None:
    added = await add(api, table, "C", {"name": "D", "color": "red"}, {"id": "e", "name": "E"})
    assert choices(added) == [("A", "blue"), ("B", "#123456"), ("C", "teal"), ("D", "red"), ("E", "yellow")]
    assert added.ok["updateField"]["field"]["options"]["choices"][-1]["id"] == "e"
    assert await values(api, table, "Tags") == [["A", "B"]]
    await create_records(api, table, [{"Tags": ["E", "C"]}])


async def test_what_is_there_stays_as_it_is(api: Api, table: MadeTable) -> None:
    added = await add(api, table, "b", {"name": " A", "color": "red"}, "C")
    assert choices(added) == [("A", "blue"), ("B", "#123456"), ("C", "teal")]
    assert choices(await add(api, table)) == choices(await add(api, table, "c")) == choices(added)


async def test_those_that_several_add_at_the_same_time_are_all_kept(api: Api, table: MadeTable) -> None:
    done = await asyncio.gather(*(add(api, table, f"c{i}", "shared") for i in range(8)))
    assert [each.codes for each in done] == [[]] * 8
    names = [name for name, _ in choices(await add(api, table))]
    assert names[:2] == ["A", "B"]
    assert sorted(names[2:]) == [*(f"c{i}" for i in range(8)), "shared"]


async def test_those_that_writes_make_at_the_same_time_are_kept(api: Api, table: MadeTable) -> None:
    given = {"tableId": table.id, "fields": {"Tags": "late, hot"}, "typecast": True, "createMissingChoices": True}
    writes = [mutate(api, "createRecord", "record { id }", given, as_=table.owner) for _ in range(3)]
    done = await asyncio.gather(*writes[:2], add(api, table, "hot", "cold"), *writes[2:])
    assert [each.codes for each in done] == [[]] * 4
    assert sorted(name for name, _ in choices(await add(api, table))) == ["A", "B", "cold", "hot", "late"]
    assert await values(api, table, "Tags") == [["A", "B"], *[["late", "hot"]] * 3]


@pytest.mark.parametrize(
    ("given", "place", "type"),
    [
        (["C", ""], ["addChoices", 1, "name"], "value_error"),
        (["C", {"name": "D", "color": "mauve"}], ["addChoices", 1, "color"], "value_error"),
        (["C", "c"], ["addChoices"], "value_error"),
        (["C", {"id": "a", "name": "D"}], ["addChoices", 1, "id"], "value_error.duplicate"),
        ([str(i) for i in range(999)], ["addChoices"], "value_error.range"),
    ],
)
async def test_what_can_be_no_choice_is_refused_where_it_stands(
    api: Api, services: Services, table: MadeTable, given: list[Any], place: list[Any], type: str
) -> None:
    before = await snapshot(services.database)
    refused = await add(api, table, *given)
    assert (refused.data, refused.codes) == (None, ["VALIDATION_ERROR"])
    [problem] = refused.errors[0]["extensions"]["errors"]
    assert (problem["loc"], problem["type"]) == (place, type)
    assert await snapshot(services.database) == before


@pytest.mark.parametrize("more", [{"options": TAGS}, {"type": "SINGLE_SELECT"}])
async def test_they_go_with_no_other_options(
    api: Api, services: Services, table: MadeTable, more: dict[str, Any]
) -> None:
    before = await snapshot(services.database)
    refused = await add(api, table, "C", **more)
    assert (refused.codes, refused.errors[0]["extensions"]["argument"]) == (["BAD_REQUEST"], "addChoices")
    assert await snapshot(services.database) == before


async def test_other_fields_have_none(api: Api, table: MadeTable) -> None:
    refused = await add(api, table, "C", id=table.fields["Name"])
    assert (refused.codes, refused.errors[0]["message"]) == (["BAD_REQUEST"], "A field of type TEXT has no choices.")
