"""updateField from values to links: each value names records by their primary values."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from resolvers.services import Services
from tests.authorization.snapshot import snapshot
from tests.graph.relations.conftest import World
from tests.support.api import Result
from tests.support.records import Records
from tests.support.refusals import refusal
from tests.support.statements import StatementLog

PREVIEW = """
    query ($field: ID!, $type: FieldType!, $options: JSON, $create: Boolean) {
      previewFieldConversion(fieldId: $field, type: $type, options: $options, createMissingRecords: $create) {
        total convertible lost created ambiguous examples { value }
      }
    }
"""
UPDATE = """
    mutation ($input: UpdateFieldInput!) {
      updateField(input: $input) { cleared filled created ambiguous field { id type options } }
    }
"""


async def preview(world: World, records: Records, field: str, type: str, options: Any, **more: Any) -> Result:
    """previewFieldConversion."""
    variables = {"field": await world.id_of(records, field), "type": type, "options": options, **more}
    return await world.api.execute(PREVIEW, variables, as_=world.owner)


async def convert(world: World, records: Records, field: str, type: str, options: Any, **more: Any) -> Result:
    """updateField with a type."""
    given = {"id": await world.id_of(records, field), "type": type, "options": options, **more}
    return await world.api.execute(UPDATE, {"input": given}, as_=world.owner)


async def converted(world: World, records: Records, field: str, type: str, options: Any = None, **more: Any) -> Any:
    """The payload of a conversion that has counted what its preview said."""
    previewed = {"create": create} if (create := more.get("createMissingRecords")) is not None else {}
    shown = (await preview(world, records, field, type, options, **previewed)).ok["previewFieldConversion"]
    payload = (await convert(world, records, field, type, options, **more)).ok["updateField"]
    assert {"cleared": shown["lost"], "created": shown["created"], "ambiguous": shown["ambiguous"]} == {
        key: payload[key] for key in ("cleared", "created", "ambiguous")
    }
    return payload


def to_companies(world: World, **options: Any) -> Mapping[str, Any]:
    """Options of a link to the companies."""
    return {"linked_table_id": str(world.companies.table.id), **options}


async def add_people(world: World, type: str, values: Sequence[Any], **field: Any) -> list[str]:
    """A field Employer of the people, and a person P0, P1, … for each value."""
    assert (await world.add_field(world.people, "Employer", type, **field)).ok
    rows = [{"Name": f"P{i}", "Employer": value} for i, value in enumerate(values)]
    return await world.add(world.people, *rows)


def names(value: Any) -> list[Any]:
    """The titles of linked records."""
    return [each["value"] for each in value]


async def employers(world: World) -> list[list[Any]]:
    """The titles of the employers of P0, P1, …"""
    found = await world.values(world.people, "Employer")
    return [names(found[name]) for name in sorted(found)]


async def test_texts_become_links_to_the_records_that_they_name(world: World) -> None:
    acme, best, smith = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Best"}, {"Name": "Smith, Sons"})
    values = ["Best, Acme", "Acme", None, '"Smith, Sons", Best,Best', acme]
    await add_people(world, "TEXT", values)

    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert (payload["cleared"], payload["created"], payload["ambiguous"]) == (0, 0, 0)
    assert payload["field"]["type"] == "LINKED_RECORD"
    assert await employers(world) == [["Best", "Acme"], ["Acme"], [], ["Smith, Sons", "Best"], ["Acme"]]
    symmetric = payload["field"]["options"]["symmetric_field_id"]
    fields = await world.fields(world.companies)
    other = next(name for name, field in fields.items() if field["id"] == symmetric)
    assert {name: names(value) for name, value in (await world.values(world.companies, other)).items()} == {
        "Acme": ["P0", "P1", "P4"],
        "Best": ["P0", "P3"],
        "Smith, Sons": ["P3"],
    }
    assert best != smith


async def test_names_that_no_record_has_become_records_of_their_own(world: World) -> None:
    await world.add(world.companies, {"Name": "Acme"})
    await add_people(world, "LONG_TEXT", ["Acme, New", "New", "Newer"])
    cursor_before = [row["Name"] for row in await world.companies.all()]

    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert (payload["cleared"], payload["created"]) == (0, 2)
    assert await employers(world) == [["Acme", "New"], ["New"], ["Newer"]]
    assert cursor_before == ["Acme"]
    assert sorted(row["Name"] for row in await world.companies.all()) == ["Acme", "New", "Newer"]


async def test_the_new_records_are_in_the_history_with_their_maker(
    world: World, pg: "asyncpg.Connection[asyncpg.Record]"
) -> None:
    await add_people(world, "TEXT", ["New"])
    before = await pg.fetchval("SELECT count(*) FROM changes WHERE kind = 'record'")

    await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    rows = await pg.fetch(
        "SELECT operation, table_id::text, actor_id FROM changes WHERE kind = 'record' ORDER BY seq OFFSET $1", before
    )
    assert [tuple(row) for row in rows] == [("C", str(world.companies.table.id), world.owner.id)]
    node = await world.companies.page(selection="nodes { revision createdBy { id } }")
    assert node.ok["records"]["nodes"] == [{"revision": 1, "createdBy": {"id": str(world.owner.id)}}]
    people = await world.people.page(selection="nodes { revision }")
    assert people.ok["records"]["nodes"] == [{"revision": 1}]


async def test_names_without_a_record_can_be_left_out(world: World) -> None:
    await world.add(world.companies, {"Name": "Acme"})
    await add_people(world, "TEXT", ["Acme, New", "New", "Acme"])

    shown = await preview(world, world.people, "Employer", "LINKED_RECORD", to_companies(world), create=False)
    payload = await converted(
        world, world.people, "Employer", "LINKED_RECORD", to_companies(world), createMissingRecords=False
    )

    found = shown.ok["previewFieldConversion"]
    assert (found["total"], found["convertible"], found["lost"], found["created"]) == (3, 1, 2, 0)
    assert sorted(each["value"] for each in found["examples"]) == ["Acme, New", "New"]
    assert (payload["cleared"], payload["created"]) == (2, 0)
    assert await employers(world) == [["Acme"], [], ["Acme"]]
    assert len(await world.companies.all()) == 1


async def test_the_oldest_of_several_records_of_a_name_is_linked(world: World) -> None:
    first, _ = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Acme"})
    await add_people(world, "TEXT", ["Acme", "Acme, New"])

    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert payload["ambiguous"] == 1
    linked = await world.values(world.people, "Employer")
    assert [each["id"] for each in linked["P0"]] == [first]


async def test_a_preview_changes_nothing(world: World, services: Services) -> None:
    await add_people(world, "TEXT", ["A", "B, A"])
    before = await snapshot(services.database)

    shown = await preview(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert shown.ok["previewFieldConversion"]["created"] == 2
    assert await snapshot(services.database) == before


async def test_where_a_value_takes_one_record_the_whole_text_is_its_name(world: World) -> None:
    await world.add(world.companies, {"Name": "Smith, Sons"}, {"Name": "Acme"})
    await add_people(world, "TEXT", ["Smith, Sons", '"Smith, Sons"', "Acme"])

    options = to_companies(world, allow_multiple=False)
    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", options)

    assert (payload["cleared"], payload["created"]) == (0, 0)
    found = await world.values(world.people, "Employer")
    assert [found[f"P{i}"]["value"] for i in range(3)] == ["Smith, Sons", "Smith, Sons", "Acme"]


@pytest.mark.parametrize(
    ("type", "field", "values", "expected"),
    [
        ("SINGLE_SELECT", {"options": {"choices": ["a", "b, c"]}}, ["a", "b, c"], [["a"], ["b", "c"]]),
        ("MULTI_SELECT", {"options": {"choices": ["a", "b, c"]}}, [["b, c", "a"], []], [["b, c", "a"], []]),
        ("NUMBER", {}, [12, 1.5], [["12"], ["1.5"]]),
        ("EMAIL", {}, ["a@b.example"], [["a@b.example"]]),
        ("MATERIAL", {}, [{"name": "Oak"}], [["Oak"]]),
        ("CHECKBOX", {}, [True], [[]]),
    ],
)
async def test_values_of_other_types_name_records(
    world: World, type: str, field: Mapping[str, Any], values: list[Any], expected: list[list[str]]
) -> None:
    await add_people(world, type, values, **field)

    await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert await employers(world) == expected


async def test_names_of_records_with_a_number_are_numbers(world: World) -> None:
    given = {"id": await world.id_of(world.companies, "Name"), "type": "NUMBER"}
    assert (await world.api.execute(UPDATE, {"input": given}, as_=world.owner)).ok
    await world.add(world.companies, {"Name": 7})
    await add_people(world, "TEXT", ["7", "7.0", "8", "8.0", "eight"])

    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert (payload["cleared"], payload["created"]) == (1, 1)
    assert await employers(world) == [[7], [7], [8], [8], []]


async def test_where_case_does_not_make_a_name_another_one_it_finds_the_record(world: World) -> None:
    unique = "mutation ($f: ID!) { createUniqueConstraint(input: {fieldId: $f, caseSensitive: false}) { __typename } }"
    assert (await world.api.execute(unique, {"f": await world.id_of(world.companies, "Name")}, as_=world.owner)).ok
    await world.add(world.companies, {"Name": "Acme"})
    await add_people(world, "TEXT", ["ACME", "acme", "new", "NEW"])

    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert payload["created"] == 1
    assert [[name.lower() for name in each] for each in await employers(world)] == [["acme"]] * 2 + [["new"]] * 2


async def test_a_table_can_be_linked_to_itself(world: World) -> None:
    await add_people(world, "TEXT", ["P1", "P0, New"])

    options = {"linked_table_id": str(world.people.table.id)}
    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", options)

    assert payload["created"] == 1
    assert await world.values(world.people, "Employer") is not None
    found = {name: names(value) for name, value in (await world.values(world.people, "Employer")).items()}
    assert found == {"P0": ["P1"], "P1": ["P0", "New"], "New": []}


async def test_records_that_need_more_than_a_name_are_not_made(world: World, services: Services) -> None:
    assert (await world.add_field(world.companies, "Code", "TEXT", isRequired=True)).ok
    await add_people(world, "TEXT", ["New"])
    before = await snapshot(services.database)

    result = await convert(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert "Records of 'Companies' cannot be made by their names alone" in refusal(result, "REQUIRED_FIELD")["message"]
    assert await snapshot(services.database) == before


async def test_no_more_records_are_made_than_the_limit_says(world: World, services: Services) -> None:
    await add_people(world, "TEXT", ["A", "B"])
    before = await snapshot(services.database)
    services.limits = replace(services.limits, max_converted_records=1)

    shown = await preview(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))
    result = await convert(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))
    after = await snapshot(services.database)
    services.limits = replace(services.limits, max_converted_records=2)
    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert "More than 1 records would be made" in refusal(shown, "BAD_REQUEST")["message"]
    assert "More than 1 records would be made" in refusal(result, "BAD_REQUEST")["message"]
    assert after == before
    assert payload["created"] == 2


async def test_a_required_field_keeps_its_links(world: World, services: Services) -> None:
    await add_people(world, "TEXT", ["Acme"], isRequired=True)
    before = await snapshot(services.database)

    refused = await convert(
        world, world.people, "Employer", "LINKED_RECORD", to_companies(world), createMissingRecords=False
    )
    after = await snapshot(services.database)
    payload = await converted(world, world.people, "Employer", "LINKED_RECORD", to_companies(world))

    assert refused.codes == ["REQUIRED_FIELD"]
    assert after == before
    assert payload["cleared"] == 0


async def test_options_that_are_no_link_are_refused(world: World, services: Services) -> None:
    await add_people(world, "TEXT", ["Acme"])
    before = await snapshot(services.database)
    nowhere = {"linked_table_id": "01a2029a-dd30-8000-8000-114344842918"}
    own = {**to_companies(world), "is_symmetric": True}

    results = [await convert(world, world.people, "Employer", "LINKED_RECORD", each) for each in (None, nowhere, own)]
    primary = await convert(world, world.people, "Name", "LINKED_RECORD", to_companies(world))

    assert [result.codes for result in results] == [["VALIDATION_ERROR"]] * 3
    assert primary.codes == ["BAD_REQUEST"]
    assert await snapshot(services.database) == before


async def test_what_is_written_behind_a_conversion_in_one_operation_sees_the_links(world: World) -> None:
    await add_people(world, "TEXT", ["New"])
    document = """
        mutation ($field: UpdateFieldInput!, $record: CreateRecordInput!) {
          updateField(input: $field) { created }
          createRecord(input: $record) { record { fields } }
        }
    """
    field = {"id": await world.id_of(world.people, "Employer"), "type": "LINKED_RECORD", "options": to_companies(world)}
    record = {"tableId": world.people.table.id, "fields": {"Name": "P1", "Employer": ["New"]}, "typecast": True}

    result = await world.api.execute(document, {"field": field, "record": record}, as_=world.owner)

    assert names(result.ok["createRecord"]["record"]["fields"]["Employer"]) == ["New"]
    assert await employers(world) == [["New"], ["New"]]


async def test_many_values_take_no_more_statements_than_few(world: World, services: Services) -> None:
    counts = []
    for size in (2, 500):
        assert (await world.add_field(world.people, f"F{size}", "TEXT")).ok
        await world.add(world.people, *({f"F{size}": f"{size}-{i}, {size} {i % 2}"} for i in range(size)))
        field = await world.id_of(world.people, f"F{size}")
        given = {"id": field, "type": "LINKED_RECORD", "options": to_companies(world)}
        with StatementLog(services.database) as log:
            made = (await world.api.execute(UPDATE, {"input": given}, as_=world.owner)).ok["updateField"]["created"]
        assert made == size + 2
        counts.append(log.count)

    assert counts[0] == counts[1]
