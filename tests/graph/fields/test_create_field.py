"""createField: the column it adds, what the records that are there get, and races with others."""

import asyncio

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import add_field, mutate, values
from tests.support.tables import create_records, make_table

ONE = {"name": "A", "type": "TEXT"}


async def test_a_new_field_is_empty_in_the_records_that_are_there(api: Api) -> None:
    table = await make_table(api)
    await create_records(api, table, [{"Name": "Bolt"}])

    field = await add_field(api, table, name="Price", type="NUMBER", defaultValue=5)
    await create_records(api, table, [{"Name": "Nut"}])

    assert await values(api, table, field) == [None, 5]


@pytest.mark.parametrize(
    ("type", "options", "default", "output"),
    [
        ("TEXT", None, 'it\'s \\ "5"', 'it\'s \\ "5"'),
        ("NUMBER", None, 1.25, 1.25),
        ("CHECKBOX", None, True, True),
        ("DATE", None, "2024-02-29", "2024-02-29"),
        ("SINGLE_SELECT", {"choices": [{"name": "New"}]}, "New", "New"),
        ("MULTI_SELECT", {"choices": [{"name": "a, b"}, {"name": "c"}]}, ["c", "a, b"], ["c", "a, b"]),
    ],
)
async def test_a_required_field_fills_the_records_that_are_there(
    api: Api, type: str, options: object, default: object, output: object
) -> None:
    table = await make_table(api)
    await create_records(api, table, [{"Name": "Bolt"}, {"Name": "Nut"}])

    field = await add_field(api, table, name="F", type=type, options=options, isRequired=True, defaultValue=default)

    assert await values(api, table, field) == [output, output]


async def test_a_required_field_without_default_needs_an_empty_table(api: Api, services: Services) -> None:
    table = await make_table(api)
    await add_field(api, table, name="Before", type="TEXT", isRequired=True)
    await create_records(api, table, [{"Before": "x"}, {"Before": "y"}])
    before = await snapshot(services.database)

    field = {"name": "After", "type": "TEXT", "isRequired": True}
    result = await mutate(api, "createField", "field { id }", {"tableId": table.id, "field": field}, as_=table.owner)

    assert result.codes == ["REQUIRED_FIELD"]
    assert "2 records would have no value" in result.errors[0]["message"]
    assert await snapshot(services.database) == before


async def test_an_autonumber_counts_the_records_in_the_order_of_their_creation(api: Api) -> None:
    table = await make_table(api)
    ids = await create_records(api, table, [{"Name": str(number)} for number in range(5)])
    change = {"id": ids[0], "fields": {"Name": "moved behind the others in the heap"}}
    await mutate(api, "updateRecord", "record { id }", change, as_=table.owner)

    field = await add_field(api, table, name="No", type="AUTONUMBER")
    await create_records(api, table, [{"Name": "next"}])

    assert await values(api, table, field) == [1, 2, 3, 4, 5, 6]


async def test_a_name_that_another_field_has_is_refused_and_leaves_no_column(api: Api, services: Services) -> None:
    table = await make_table(api)
    before = await snapshot(services.database)

    given = {"tableId": table.id, "field": {"name": "NAME", "type": "TEXT"}}
    result = await mutate(api, "createField", "field { id }", given, as_=table.owner)

    assert result.codes == ["DUPLICATE_VALUE"]
    assert (result.errors[0]["extensions"]["field"], result.errors[0]["extensions"]["value"]) == ("name", "NAME")
    assert await snapshot(services.database) == before


async def test_a_problem_is_located_inside_the_input(api: Api) -> None:
    table = await make_table(api)

    field = {"name": " ", "type": "SINGLE_SELECT", "options": {"choices": [{"name": "a", "color": "plaid"}]}}
    result = await mutate(api, "createField", "field { id }", {"tableId": table.id, "field": field}, as_=table.owner)

    assert result.codes == ["VALIDATION_ERROR"]
    assert [problem["loc"] for problem in result.errors[0]["extensions"]["errors"]] == [
        ["field", "name"],
        ["field", "options", "choices", 0, "color"],
    ]


async def test_a_default_user_must_be_a_member(api: Api) -> None:
    table = await make_table(api)
    stranger = await api.register()

    field = {"name": "Who", "type": "USER", "defaultValue": str(stranger.id)}
    refused = await mutate(api, "createField", "field { id }", {"tableId": table.id, "field": field}, as_=table.owner)
    made = await add_field(api, table, name="Who", type="USER", defaultValue=str(table.owner.id))
    await create_records(api, table, [{"Name": "Bolt"}])

    assert refused.codes == ["FOREIGN_KEY_VIOLATION"]
    assert await values(api, table, made) == [str(table.owner.id)]


async def test_a_field_and_its_values_can_be_written_in_one_operation(api: Api) -> None:
    table = await make_table(api)
    document = """
        mutation ($field: CreateFieldInput!, $record: CreateRecordInput!) {
          createField(input: $field) { field { id } }
          createRecord(input: $record) { record { fields } }
        }
    """
    variables = {
        "field": {"tableId": table.id, "field": {"name": "Price", "type": "NUMBER"}},
        "record": {"tableId": table.id, "fields": {"Price": 3}},
    }

    result = await api.execute(document, variables, as_=table.owner)

    assert result.ok["createRecord"]["record"]["fields"] == {"Name": None, "Price": 3}


async def test_of_two_at_once_with_one_name_one_wins(api: Api, pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    table = await make_table(api)
    given = [{"tableId": table.id, "field": {**ONE, "name": name}} for name in ("Twin", "tWIN")]

    results = await asyncio.gather(
        *(mutate(api, "createField", "field { id }", each, as_=table.owner) for each in given)
    )

    assert sorted(result.codes for result in results) == [[], ["DUPLICATE_VALUE"]]
    assert await pg.fetchval("SELECT count(*) FROM fields") == 2


async def test_fields_and_records_can_be_made_at_the_same_time(api: Api) -> None:
    table = await make_table(api)
    writes = [create_records(api, table, [{"Name": f"{batch}.{n}"} for n in range(3)]) for batch in range(8)]
    changes = [add_field(api, table, name=f"F{number}", type="NUMBER") for number in range(4)]

    made = await asyncio.gather(*writes, *changes)

    assert len(await values(api, table, "Name")) == 24
    assert [await values(api, table, field) for field in made[8:]] == [[None] * 24] * 4


async def test_500_fields_a_table(api: Api) -> None:
    fields = [{"name": f"F{number}", "type": "NUMBER"} for number in range(500)]
    table = await make_table(api, fields)

    given = {"tableId": table.id, "field": ONE}
    result = await mutate(api, "createField", "field { id }", given, as_=table.owner)

    assert result.codes == ["BAD_REQUEST"]
    assert result.errors[0]["message"] == "A table may have at most 500 fields."
