"""updateField with a new type, and previewFieldConversion: what becomes of each value."""

from typing import Any

import asyncpg
import pytest

from domain.fields.contract import FieldType
from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.support.api import Api
from tests.support.catalog import mutate, update_field, values
from tests.support.field_types import standalone_types
from tests.support.tables import MadeTable, create_records, make_table

PREVIEW = """
    query ($field: ID!, $type: FieldType!, $options: JSON) {
      previewFieldConversion(fieldId: $field, type: $type, options: $options) {
        total convertible lost examples { recordId value }
      }
    }
"""


async def preview(api: Api, table: MadeTable, field: str, type: str, options: Any = None) -> dict[str, Any]:
    """The preview of a conversion."""
    variables = {"field": table.fields[field], "type": type, "options": options}
    return (await api.execute(PREVIEW, variables, as_=table.owner)).ok["previewFieldConversion"]


async def table_of(api: Api, values: list[Any], **field: Any) -> MadeTable:
    """A table with a field `F` that holds these values."""
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "F", **field}])
    await create_records(api, table, [{"F": value} for value in values])
    return table


async def test_texts_become_numbers_and_what_is_none_is_lost(api: Api, services: Services) -> None:
    texts = ["12.5", "1,000", "many", None, "many", "12.5"]
    table = await table_of(api, texts, type="TEXT")
    before = await snapshot(services.database)

    shown = await preview(api, table, "F", "NUMBER")

    assert (shown["total"], shown["convertible"], shown["lost"]) == (5, 3, 2)
    assert [example["value"] for example in shown["examples"]] == ["many"]
    assert await snapshot(services.database) == before
    payload = await update_field(api, table, "F", type="NUMBER")
    assert (payload["field"]["type"], payload["field"]["id"], payload["cleared"]) == ("NUMBER", table.fields["F"], 2)
    assert await values(api, table, "F") == [12.5, 1000, None, None, None, 12.5]


async def test_the_example_is_the_first_record_that_loses_the_value(api: Api) -> None:
    table = await make_table(api, [{"name": "F", "type": "TEXT"}])
    ids = await create_records(api, table, [{"F": "1"}, {"F": "x"}, {"F": "x"}])

    shown = await preview(api, table, "F", "NUMBER")

    assert shown["examples"] == [{"recordId": ids[1], "value": "x"}]


async def test_texts_become_choices_of_a_select(api: Api) -> None:
    table = await table_of(api, ["red", "Green", "RED", None], type="TEXT")

    shown = await preview(api, table, "F", "SINGLE_SELECT")
    payload = await update_field(api, table, "F", type="SINGLE_SELECT")

    assert (shown["total"], shown["lost"]) == (3, 0)
    names = [choice["name"] for choice in payload["field"]["options"]["choices"]]
    assert sorted(name.lower() for name in names) == ["green", "red"]
    assert [value and value.lower() for value in await values(api, table, "F")] == ["red", "green", "red", None]


async def test_given_choices_are_not_added_to(api: Api) -> None:
    table = await table_of(api, ["red", "green"], type="TEXT")

    payload = await update_field(api, table, "F", type="SINGLE_SELECT", options={"choices": ["Red"]})

    assert payload["cleared"] == 1
    assert [choice["name"] for choice in payload["field"]["options"]["choices"]] == ["Red"]
    assert await values(api, table, "F") == ["Red", None]


async def test_texts_as_csv_files_have_them_become_choices_and_files(api: Api) -> None:
    table = await table_of(api, ['new,"a, b"', "new", "plan.pdf (https://a.example/x7)"], type="TEXT")
    files = [{"url": "https://a.example/x7", "filename": "plan.pdf"}]

    shown = await preview(api, table, "F", "ATTACHMENT")
    listed = await update_field(api, table, "F", type="MULTI_SELECT")

    assert shown["convertible"] == 1
    assert listed["cleared"] == 0
    assert await values(api, table, "F") == [["new", "a, b"], ["new"], ["plan.pdf (https://a.example/x7)"]]
    await update_field(api, table, "F", type="TEXT")
    assert (await update_field(api, table, "F", type="ATTACHMENT"))["cleared"] == 2
    assert await values(api, table, "F") == [[], [], files]


async def test_selects_become_texts_and_lists(api: Api) -> None:
    table = await table_of(api, ["b", "a", None], type="SINGLE_SELECT", options={"choices": ["a", "b"]})

    listed = await update_field(api, table, "F", type="MULTI_SELECT")
    many = await values(api, table, "F")
    await update_field(api, table, "F", type="TEXT")

    assert listed["cleared"] == 0
    assert many == [["b"], ["a"], []]
    assert await values(api, table, "F") == ["b", "a", None]


async def test_the_default_is_converted_like_a_value(api: Api) -> None:
    options = {"choices": ["1", "two"]}
    table = await table_of(api, ["1"], type="SINGLE_SELECT", options=options, defaultValue="1")

    text = await update_field(api, table, "F", type="TEXT")
    number = await update_field(api, table, "F", type="NUMBER")
    date = await update_field(api, table, "F", type="DATE")

    assert [each["field"]["defaultValue"] for each in (text, number, date)] == ["1", 1, None]


async def test_options_that_change_the_column_convert_it(api: Api) -> None:
    owner = await api.register()
    fields = [{"name": "Name", "type": "TEXT"}, {"name": "Who", "type": "USER"}]
    table = await make_table(api, fields, owner=owner)
    await create_records(api, table, [{"Who": str(owner.id)}, {}])

    await update_field(api, table, "Who", options={"allow_multiple": True})
    several = await values(api, table, "Who")
    await update_field(api, table, "Who", options={})

    assert several == [[str(owner.id)], []]
    assert await values(api, table, "Who") == [str(owner.id), None]


async def test_only_members_become_users(api: Api) -> None:
    owner, stranger = await api.register(), await api.register()
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, {"name": "F", "type": "TEXT"}], owner=owner)
    await create_records(api, table, [{"F": str(owner.id)}, {"F": str(stranger.id)}])

    payload = await update_field(api, table, "F", type="USER")

    assert payload["cleared"] == 1
    assert await values(api, table, "F") == [str(owner.id), None]


async def test_an_autonumber_counts_anew_and_what_was_there_is_lost(api: Api) -> None:
    table = await table_of(api, ["9", "x", None], type="TEXT", isRequired=False, defaultValue="1")

    shown = await preview(api, table, "F", "AUTONUMBER")
    payload = await update_field(api, table, "F", type="AUTONUMBER")

    assert (shown["total"], shown["lost"]) == (2, 2)
    assert (payload["cleared"], payload["field"]["defaultValue"]) == (2, None)
    assert await values(api, table, "F") == [1, 2, 3]


async def test_a_required_field_keeps_a_value_in_every_record(api: Api, services: Services) -> None:
    table = await table_of(api, ["1", "x"], type="TEXT", isRequired=True)
    before = await snapshot(services.database)

    refused = await mutate(api, "updateField", "cleared", {"id": table.fields["F"], "type": "NUMBER"}, as_=table.owner)
    after = await snapshot(services.database)
    payload = await update_field(api, table, "F", type="NUMBER", defaultValue=0)

    assert refused.codes == ["REQUIRED_FIELD"]
    assert after == before
    assert (payload["cleared"], payload["filled"]) == (1, 1)
    assert await values(api, table, "F") == [1, 0]


async def test_indexes_follow_the_conversion(api: Api, pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    table = await table_of(api, ["1"], type="TEXT", isIndexed=True)
    names = "SELECT indexname FROM pg_indexes WHERE schemaname LIKE 'base%' AND indexname LIKE 'f\\_%' ORDER BY 1"
    column = "SELECT 'f_' || number FROM fields WHERE name = 'F'"

    number = await update_field(api, table, "F", type="NUMBER")
    indexes = [row[0] for row in await pg.fetch(names)]
    expected = [f"{await pg.fetchval(column)}_order"]
    tags = await update_field(api, table, "F", type="MULTI_SELECT")

    assert (number["field"]["isIndexed"], tags["field"]["isIndexed"]) == (True, False)
    assert indexes == expected
    assert await pg.fetch(names) == []


async def test_the_primary_field_stays_one_that_reads_as_a_title(api: Api) -> None:
    table = await make_table(api)

    refused = await mutate(
        api, "updateField", "cleared", {"id": table.fields["Name"], "type": "CHECKBOX"}, as_=table.owner
    )
    payload = await update_field(api, table, "Name", type="NUMBER")

    assert refused.codes == ["BAD_REQUEST"]
    assert payload["field"]["type"] == "NUMBER"


async def test_options_of_another_type_are_refused(api: Api, services: Services) -> None:
    table = await table_of(api, ["1"], type="TEXT")
    before = await snapshot(services.database)
    given = {"id": table.fields["F"], "type": "NUMBER", "options": {"max_length": 3}}

    result = await mutate(api, "updateField", "cleared", given, as_=table.owner)
    variables = {"field": table.fields["F"], "type": "NUMBER", "options": {"max_length": 3}}
    shown = await api.execute(PREVIEW, variables, as_=table.owner)

    assert (result.codes, shown.codes) == (["VALIDATION_ERROR"], ["VALIDATION_ERROR"])
    assert await snapshot(services.database) == before


async def test_a_conversion_is_rolled_back_with_its_operation(api: Api, services: Services) -> None:
    table = await table_of(api, ["1", "x"], type="TEXT")
    before = await snapshot(services.database)
    document = """
        mutation ($good: UpdateFieldInput!, $bad: UpdateFieldInput!) {
          good: updateField(input: $good) { cleared }
          bad: updateField(input: $bad) { cleared }
        }
    """
    field = table.fields["F"]
    variables = {"good": {"id": field, "type": "NUMBER"}, "bad": {"id": field, "name": "Name"}}

    result = await api.execute(document, variables, as_=table.owner)

    assert (result.data, result.codes) == (None, ["DUPLICATE_VALUE"])
    assert await snapshot(services.database) == before


async def test_20_000_records_convert_in_batches(api: Api, pg: "asyncpg.Connection[asyncpg.Record]") -> None:
    table = await make_table(api, [{"name": "F", "type": "TEXT"}])
    for start in (0, 10_000):
        await create_records(api, table, [{"F": f"{number:,}" if number % 5 else f"no {number}"}
                                          for number in range(start, start + 10_000)])  # fmt: skip

    shown = await preview(api, table, "F", "NUMBER")
    payload = await update_field(api, table, "F", type="NUMBER")

    assert (shown["total"], shown["lost"], len(shown["examples"])) == (20_000, 4_000, 10)
    assert payload["cleared"] == 4_000
    number, base = await pg.fetchrow(
        "SELECT f.number, format('%I.%I', 'base_' || b.number, 't_' || t.number)"
        " FROM fields f JOIN tables t ON t.id = f.table_id JOIN bases b ON b.id = t.base_id"
    )
    assert await pg.fetchval(f"SELECT sum(f_{number}) FROM {base}") == sum(n for n in range(20_000) if n % 5)


def _inputs(type: FieldType[Any]) -> list[tuple[dict[str, Any], Any]]:
    """Options and values that a client may send to a field of a type: its strict examples."""
    return [(dict(each.options), each.value) for each in type.examples if not each.typecast]


@pytest.mark.parametrize(
    "source", [type for type in standalone_types().values() if type.is_writable], ids=lambda t: t.key
)
async def test_every_type_converts_to_every_other_as_its_preview_says(api: Api, source: FieldType[Any]) -> None:
    options, value = next((o, v) for o, v in _inputs(source) if v not in (None, "", []))
    if source.references == "user":
        value = None
    targets = [type for type in standalone_types().values() if type is not source]
    fields = [{"name": type.key, "type": source.key.upper(), "options": options} for type in targets]
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}, *fields])
    await create_records(api, table, [{type.key: value for type in targets}])

    for type in targets:
        shown = await preview(api, table, type.key, type.key.upper())
        payload = await update_field(api, table, type.key, type=type.key.upper())
        assert (type.key, payload["cleared"]) == (type.key, shown["lost"])
        if shown["convertible"]:
            assert (await values(api, table, type.key))[0] not in (None, [])
