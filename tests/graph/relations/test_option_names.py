"""Names of tables and fields in the options of fields, where ids do as well."""

from typing import Any

from tests.graph.relations.conftest import World
from tests.graph.relations.test_convert_to_links import converted
from tests.support.api import Result
from tests.support.catalog import mutate
from tests.support.refusals import refusal

LINK = {"name": "Employer", "type": "LINKED_RECORD", "options": {"linked_table_id": "Companies"}}
CITY = {"name": "City", "type": "LOOKUP", "options": {"linked_field_id": "Employer", "lookup_field_id": "City"}}
SIZE = {
    "name": "Size",
    "type": "ROLLUP",
    "options": {"linked_field_id": "Employer", "rollup_field_id": "Size", "function": "sum"},
}
DOUBLE = {"name": "Double", "type": "FORMULA", "options": {"formula": "{Size} * 2"}}
NAME = {"name": "Name", "type": "TEXT"}


async def make(world: World, *fields: Any, name: str = "Jobs") -> Result:
    """createTable with these fields behind one for the name."""
    given = {"baseId": world.companies.table.base_id, "name": name, "fields": [NAME, *fields]}
    selection = "table { id fields { id name options error } }"
    return await mutate(world.api, "createTable", selection, given, as_=world.owner)


def problems(result: Result) -> dict[tuple[Any, ...], str]:
    """What is wrong, by its place in the input."""
    return {tuple(each["loc"]): each["msg"] for each in refusal(result, "VALIDATION_ERROR")["errors"]}


async def test_one_call_makes_a_link_and_what_goes_through_it_in_any_order(world: World) -> None:
    await world.add(world.companies, {"Name": "Acme", "City": "Rome", "Size": 7})
    made = (await make(world, DOUBLE, CITY, SIZE, LINK)).ok["createTable"]["table"]
    assert [field["error"] for field in made["fields"]] == [None] * 5
    ids = {field["name"]: field["id"] for field in made["fields"]}
    assert made["fields"][2]["options"] == {
        "linked_field_id": ids["Employer"],
        "lookup_field_id": world.companies.table.fields["City"],
    }

    row = {"Name": "Clerk", "Employer": ["Acme"]}
    given = {"tableId": made["id"], "records": [row], "typecast": True}
    written = (await mutate(world.api, "createRecords", "records { fields }", given, as_=world.owner)).ok

    fields = written["createRecords"]["records"][0]["fields"]
    assert (fields["City"], fields["Size"], fields["Double"]) == (["Rome"], 7, 14)


async def test_a_new_table_is_linked_to_itself_by_its_own_name(world: World) -> None:
    boss = {"name": "Above", "type": "LINKED_RECORD", "options": {"linked_table_id": "Jobs"}}
    names = {"name": "Names", "type": "LOOKUP", "options": {"linked_field_id": "Above", "lookup_field_id": "Name"}}
    made = (await make(world, boss, names)).ok["createTable"]["table"]
    assert made["fields"][1]["options"]["linked_table_id"] == made["id"]
    assert made["fields"][2]["error"] is None


async def test_names_are_looked_for_in_what_earlier_mutations_of_the_operation_made(world: World) -> None:
    document = """
    mutation ($base: ID!, $fields: [FieldInput!]!) {
      one: createTable(input: {baseId: $base, name: "First", fields: [{name: "Name", type: TEXT}]}) { table { id } }
      two: createTable(input: {baseId: $base, name: "Second", fields: $fields}) { table { fields { options } } }
    }
    """
    link = {"name": "Link", "type": "LINKED_RECORD", "options": {"linked_table_id": "First"}}
    variables = {"base": world.companies.table.base_id, "fields": [NAME, link]}
    made = (await world.api.execute(document, variables, as_=world.owner)).ok
    assert made["two"]["table"]["fields"][1]["options"]["linked_table_id"] == made["one"]["table"]["id"]


async def test_a_field_of_a_table_that_is_there_names_the_link_from_the_other_side(world: World) -> None:
    acme, _ = await world.add(world.companies, {"Name": "Acme"}, {"Name": "Best"})
    await world.add(world.people, {"Name": "Ann", "Age": 30, "Company": acme}, {"Name": "Ben", "Age": 4})
    options = {"linked_field_id": "People", "rollup_field_id": "Age", "function": "sum"}
    assert (await world.add_field(world.companies, "Ages", "ROLLUP", options)).ok
    assert await world.values(world.companies, "Ages") == {"Acme": 30, "Best": None}


async def test_a_field_is_changed_by_names_too(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome", "Size": 7})
    await world.add(world.people, {"Name": "Ann", "Age": 30, "Company": acme})
    assert (await world.add_field(world.people, "Of it", "LOOKUP", CITY["options"] | {"linked_field_id": "Company"})).ok

    given = {
        "id": await world.id_of(world.people, "Of it"),
        "options": {"linked_field_id": "Company", "lookup_field_id": "Size"},
    }
    assert (await mutate(world.api, "updateField", "field { error }", given, as_=world.owner)).ok
    assert await world.values(world.people, "Of it") == {"Ann": 7}


async def test_a_conversion_to_links_and_its_preview_take_the_name_of_the_table(world: World) -> None:
    await world.add(world.companies, {"Name": "Acme"})
    assert (await world.add_field(world.people, "Firm", "TEXT")).ok
    await world.add(world.people, {"Name": "Ann", "Firm": "Acme"})

    payload = await converted(world, world.people, "Firm", "LINKED_RECORD", {"linked_table_id": "Companies"})

    assert (payload["cleared"], payload["created"]) == (0, 0)
    assert [each["value"] for each in (await world.values(world.people, "Firm"))["Ann"]] == ["Acme"]


async def test_names_that_nothing_has_are_all_told_with_what_was_meant_and_nothing_is_made(world: World) -> None:
    link = LINK | {"options": {"linked_table_id": "Company"}}
    plain = {"name": "Through", "type": "LOOKUP", "options": {"linked_field_id": "Name", "lookup_field_id": "City"}}
    assert problems(await make(world, link, plain)) == {
        ("fields", 1, "options", "linked_table_id"): "The base has no table 'Company'. Did you mean 'Companies'? "
        "There are: 'Companies', 'People', 'Jobs'.",
        (
            "fields",
            2,
            "options",
            "linked_field_id",
        ): "The table 'Jobs' has no LINKED_RECORD field 'Name'. There is none.",
    }
    beyond = CITY | {"options": {"linked_field_id": "Employer", "lookup_field_id": "Citty"}}
    assert problems(await make(world, LINK, beyond)) == {
        ("fields", 2, "options", "lookup_field_id"): "The table 'Companies' has no field 'Citty'. "
        "Did you mean 'City'? There are: 'Name', 'City', 'Size', 'People'.",
    }
    tables = await world.api.execute(
        "query ($id: ID!) { tables(baseId: $id) { name } }", {"id": world.companies.table.base_id}, as_=world.owner
    )
    assert tables.ok["tables"] == [{"name": "Companies"}, {"name": "People"}]
