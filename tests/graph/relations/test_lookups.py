"""Lookups: the values of linked records, of every shape, and what becomes of them when references go."""

from typing import Any

import pytest

from tests.graph.relations.conftest import World
from tests.support.field_types import standalone_types
from tests.support.refusals import refusal


async def lookup(world: World, name: str, link: str, target: str, *, of_people: bool = True) -> None:
    """Add a lookup to one table, through a link, of a field of the other one."""
    here, there = (world.people, world.companies) if of_people else (world.companies, world.people)
    options = {
        "linked_field_id": await world.id_of(here, link),
        "lookup_field_id": await world.id_of(there, target),
    }
    assert (await world.add_field(here, name, "LOOKUP", options)).ok


async def test_through_a_link_to_one_record_the_value_is_that_of_the_record(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome", "Size": 7})
    await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben"})
    await lookup(world, "Where", "Company", "City")
    await lookup(world, "How many", "Company", "Size")
    assert await world.values(world.people, "Where") == {"Ann": "Rome", "Ben": None}
    assert await world.values(world.people, "How many") == {"Ann": 7, "Ben": None}


async def test_through_a_link_to_several_records_it_is_the_list_of_their_values(many: World) -> None:
    a, b, c = await many.add(
        many.companies, {"Name": "A", "City": "Rome"}, {"Name": "B"}, {"Name": "C", "City": "Oslo"}
    )
    await many.add(many.people, {"Name": "Ann", "Company": [c, b, a]}, {"Name": "Ben"})
    await lookup(many, "Where", "Company", "City")
    assert await many.values(many.people, "Where") == {"Ann": ["Oslo", None, "Rome"], "Ben": []}


async def test_a_lookup_follows_what_it_shows(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    await world.add(world.people, {"Name": "Ann", "Company": acme})
    await lookup(world, "Where", "Company", "City")
    assert (await world.companies.update(acme, {"City": "Oslo"})).ok
    assert await world.values(world.people, "Where") == {"Ann": "Oslo"}
    assert (await world.companies.delete([acme])).ok
    assert await world.values(world.people, "Where") == {"Ann": None}


async def test_a_lookup_of_a_lookup(many: World) -> None:
    a, b = await many.add(many.companies, {"Name": "A", "City": "Rome"}, {"Name": "B", "City": "Oslo"})
    await many.add(many.people, {"Name": "Ann", "Company": [b, a]}, {"Name": "Ben", "Company": [a]})
    await lookup(many, "Where", "Company", "City")
    await lookup(many, "Where they work", "People", "Where", of_people=False)
    assert await many.values(many.companies, "Where they work") == {
        "A": ["Oslo", "Rome", "Rome"],
        "B": ["Oslo", "Rome"],
    }


async def test_a_lookup_of_links_shows_records(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    ann, ben = await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben", "Company": acme})
    await lookup(world, "Colleagues", "Company", "People")
    both = [{"id": ann, "value": "Ann"}, {"id": ben, "value": "Ben"}]
    assert await world.values(world.people, "Colleagues") == {"Ann": both, "Ben": both}


@pytest.mark.parametrize("several", [False, True])
async def test_every_type_of_field_can_be_looked_up(world: World, many: World, several: bool) -> None:
    chosen = many if several else world
    types = [type for type in standalone_types().values() if type.references is None]
    examples = {type.key: next(each for each in type.examples if not each.typecast) for type in types}
    for type in types:
        made = await chosen.add_field(chosen.companies, type.key, type.key.upper(), dict(examples[type.key].options))
        assert made.ok
        await lookup(chosen, type.key, "Company", type.key)
    values = {type.key: examples[type.key].value for type in types if type.is_writable}
    [acme] = await chosen.add(chosen.companies, {"Name": "Acme", **values})
    await chosen.add(chosen.people, {"Name": "Ann", "Company": [acme] if several else acme})
    [company], [person] = await chosen.companies.all(), await chosen.people.all()
    for type in types:
        is_array = type.column_type_for(type.parse_options(examples[type.key].options)).endswith("[]")
        expected: Any = company[type.key]
        assert person[type.key] == ([expected] if several and not is_array else expected), type.key


async def test_lookups_are_filtered_and_sorted_as_what_they_show(many: World) -> None:
    a, b = await many.add(many.companies, {"Name": "A", "Size": 3}, {"Name": "B", "Size": 5})
    await many.add(many.people, {"Name": "Ann", "Company": [b, a]}, {"Name": "Ben", "Company": [a]}, {"Name": "Cyd"})
    await lookup(many, "Sizes", "Company", "Size")

    async def names(**more: Any) -> list[str]:
        page = await many.people.page(selection="nodes { fields } totalCount", **more)
        return [node["fields"]["Name"] for node in page.ok["records"]["nodes"]]

    def condition(operator: str, value: Any = None) -> dict[str, Any]:
        return {"field": "Sizes", "operator": operator, "value": value}

    assert await names(filter=condition("GT", 4)) == ["Ann"]
    assert await names(filter=condition("EQ", 3)) == ["Ann", "Ben"]
    assert await names(filter=condition("NEQ", 5)) == ["Ben", "Cyd"]
    assert await names(filter=condition("IN", [5, 9])) == ["Ann"]
    assert await names(filter=condition("IS_EMPTY")) == ["Cyd"]
    assert await names(orderBy=[{"field": "Sizes", "direction": "DESC"}]) == ["Ann", "Ben", "Cyd"]
    assert await names(orderBy=[{"field": "Sizes"}]) == ["Cyd", "Ben", "Ann"]
    assert await names(search="5") == ["Ann"]
    assert await names(search="B") == ["Ann", "Ben"]


async def test_pages_by_a_lookup_are_whole(many: World) -> None:
    companies = await many.add(many.companies, *({"Name": str(n), "Size": n % 3} for n in range(7)))
    await many.add(many.people, *({"Name": str(n), "Company": companies[: n % 4]} for n in range(12)))
    await lookup(many, "Sizes", "Company", "Size")
    order = [{"field": "Sizes", "direction": "DESC"}]
    whole = (await many.people.page(orderBy=order)).ok["records"]["nodes"]
    found, after = [], None
    for _ in range(4):
        page = await many.people.page(
            orderBy=order, first=3, after=after, selection="nodes { id revision fields } pageInfo { endCursor }"
        )
        found += page.ok["records"]["nodes"]
        after = page.ok["records"]["pageInfo"]["endCursor"]
    assert found == whole


async def test_a_lookup_that_leads_back_to_itself_is_refused_with_its_path(many: World) -> None:
    await lookup(many, "One", "Company", "City")
    await lookup(many, "Two", "People", "One", of_people=False)
    document = "mutation ($input: UpdateFieldInput!) { updateField(input: $input) { field { id } } }"
    one, two = await many.id_of(many.people, "One"), await many.id_of(many.companies, "Two")
    options = {"linked_field_id": await many.id_of(many.people, "Company"), "lookup_field_id": two}
    result = await many.api.execute(document, {"input": {"id": one, "options": options}}, as_=many.owner)
    refused = refusal(result, "VALIDATION_ERROR")
    assert "It is made of itself: " in refused["message"]
    assert "People.One → Companies.Two" in refused["message"]
    assert (await many.fields(many.people))["One"]["error"] is None


async def test_references_that_make_no_sense_are_refused(many: World) -> None:
    link, city = await many.id_of(many.people, "Company"), await many.id_of(many.companies, "City")
    age = await many.id_of(many.people, "Age")
    for options in (
        {"linked_field_id": age, "lookup_field_id": city},
        {"linked_field_id": link, "lookup_field_id": age},
        {"linked_field_id": city, "lookup_field_id": city},
        {"linked_field_id": "x", "lookup_field_id": city},
        {"lookup_field_id": city},
        {},
    ):
        refused = refusal(await many.add_field(many.people, "Bad", "LOOKUP", options), "VALIDATION_ERROR")
        assert refused["errors"][0]["loc"][:2] == ["field", "options"]
    assert "Bad" not in await many.fields(many.people)


async def test_a_lookup_of_a_deleted_field_says_so(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme", "City": "Rome"})
    await world.add(world.people, {"Name": "Ann", "Company": acme})
    await lookup(world, "Where", "Company", "City")
    await lookup(world, "Where of colleagues", "People", "Where", of_people=False)
    city = await world.id_of(world.companies, "City")
    document = "mutation ($input: DeleteFieldInput!) { deleteField(input: $input) { deletedId } }"
    assert (await world.api.execute(document, {"input": {"id": city}}, as_=world.owner)).ok
    assert await world.values(world.people, "Where") == {"Ann": None}
    assert await world.values(world.companies, "Where of colleagues") == {"Acme": None}
    error = (await world.fields(world.people))["Where"]["error"]
    assert error == f"The table 'Companies', to which 'Company' leads, has no field with id {city}."
    assert (await world.fields(world.companies))["Where of colleagues"][
        "error"
    ] == f"People.Where has no values: {error}"


async def test_deleting_a_link_deletes_the_symmetric_field_and_empties_lookups(world: World) -> None:
    await lookup(world, "Where", "Company", "City")
    link = await world.id_of(world.people, "Company")
    document = "mutation ($input: DeleteFieldInput!) { deleteField(input: $input) { deletedId } }"
    assert (await world.api.execute(document, {"input": {"id": link}}, as_=world.owner)).ok
    assert list(await world.fields(world.companies)) == ["Name", "City", "Size"]
    await world.add(world.people, {"Name": "Ann"})
    assert await world.values(world.people, "Where") == {"Ann": None}


async def test_deleting_a_table_removes_the_links_to_it(world: World) -> None:
    await lookup(world, "Where", "Company", "City")
    document = "mutation ($input: DeleteTableInput!) { deleteTable(input: $input) { deletedId } }"
    result = await world.api.execute(document, {"input": {"id": world.companies.table.id}}, as_=world.owner)
    assert result.ok
    assert list(await world.fields(world.people)) == ["Name", "Age", "Where"]
    await world.add(world.people, {"Name": "Ann"})
    assert await world.values(world.people, "Where") == {"Ann": None}


async def test_computed_values_cannot_be_written(world: World) -> None:
    await lookup(world, "Where", "Company", "City")
    refused = refusal(await world.people.create({"Name": "Ann", "Where": "Rome"}), "VALIDATION_ERROR")
    assert refused["message"] == "Record 0: Field 'Where': Fields of type LOOKUP cannot be written."
    refusal(await world.add_field(world.people, "X", "LOOKUP", {}, isRequired=True), "VALIDATION_ERROR")


async def test_fields_of_linked_records_are_filtered_and_sorted_by_their_path(world: World) -> None:
    rome, oslo = await world.add(world.companies, {"Name": "A", "City": "Rome"}, {"Name": "B", "City": "Oslo"})
    await world.add(world.people, {"Name": "Ann", "Company": rome}, {"Name": "Ben", "Company": oslo}, {"Name": "Cyd"})

    async def names(records: Any, **more: Any) -> list[str]:
        page = await records.page(**more)
        return [node["fields"]["Name"] for node in page.ok["records"]["nodes"]]

    city = {"field": "Company.City", "operator": "EQ", "value": "Oslo"}
    assert await names(world.people, filter=city) == ["Ben"]
    assert await names(world.people, filter={"not": city}) == ["Ann", "Cyd"]
    assert await names(world.people, orderBy=[{"field": "Company.City", "direction": "DESC"}]) == ["Ann", "Ben", "Cyd"]
    assert await names(world.companies, filter={"field": "People.Name", "operator": "EQ", "value": "Ann"}) == ["A"]
    there_and_back = {"field": "People.Company.City", "operator": "EQ", "value": "Oslo"}
    assert await names(world.companies, filter=there_and_back) == ["B"]
    assert await names(world.companies, filter={"field": "People.$revision", "operator": "GT", "value": 1}) == []
    refused = refusal(await world.people.page(filter={**city, "field": "Company.Town"}), "BAD_REQUEST")
    assert refused["message"].startswith("Table 'Companies' has no field 'Town'.")
    refused = refusal(await world.people.page(filter={**city, "field": "Name.Town"}), "BAD_REQUEST")
    assert refused["message"].startswith("Table 'People' has no field 'Name.Town'.")
    far = ".".join(["Company.People"] * 6) + ".Name"
    refused = refusal(await world.people.page(filter={**city, "field": far}), "BAD_REQUEST")
    assert refused["message"].startswith("The value lies more than 10 links away")
