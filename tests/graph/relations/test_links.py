"""Linked records: both sides, what is read and written, and what becomes of links when records go."""

from uuid import uuid4

from tests.graph.relations.conftest import World
from tests.support.records import Records
from tests.support.refusals import refusal


async def titles(world: World, records: Records, field: str) -> dict[str, list[str]]:
    """The primary values of the linked records, by the records' names."""
    found = await world.values(records, field)
    return {name: [each["value"] for each in linked] for name, linked in found.items()}


async def test_a_link_has_a_symmetric_field_named_after_the_table(world: World) -> None:
    company, people = (await world.fields(world.people))["Company"], (await world.fields(world.companies))["People"]
    assert people["type"] == "LINKED_RECORD"
    assert people["options"] == {
        "linked_table_id": str(world.people.table.id),
        "allow_multiple": True,
        "symmetric_field_id": company["id"],
        "is_symmetric": True,
    }
    assert company["options"] == {
        "linked_table_id": str(world.companies.table.id),
        "allow_multiple": False,
        "symmetric_field_id": people["id"],
        "is_symmetric": False,
    }


async def test_links_show_ids_and_primary_values_on_both_sides(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    ann, ben = await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben", "Company": acme})
    assert await world.values(world.people, "Company") == {
        "Ann": {"id": acme, "value": "Acme"},
        "Ben": {"id": acme, "value": "Acme"},
    }
    assert await world.values(world.companies, "People") == {
        "Acme": [{"id": ann, "value": "Ann"}, {"id": ben, "value": "Ben"}]
    }


async def test_a_mutation_answers_what_it_linked(world: World) -> None:
    [acme] = await world.add(world.companies, {"Name": "Acme"})
    created = (await world.people.create({"Name": "Ann", "Company": acme})).ok["createRecord"]["record"]
    assert created["fields"]["Company"] == {"id": acme, "value": "Acme"}
    updated = await world.companies.update(acme, {"People": []})
    assert updated.ok["updateRecord"]["record"]["fields"]["People"] == []
    assert await world.values(world.people, "Company") == {"Ann": None}


async def test_links_keep_the_order_in_which_they_were_given(many: World) -> None:
    a, b, c = await many.add(many.companies, {"Name": "A"}, {"Name": "B"}, {"Name": "C"})
    [ann] = await many.add(many.people, {"Name": "Ann", "Company": [c, a]})
    assert [each["value"] for each in (await many.values(many.people, "Company"))["Ann"]] == ["C", "A"]
    assert (await many.people.update(ann, {"Company": [b, {"id": a}, c]})).ok
    assert [each["value"] for each in (await many.values(many.people, "Company"))["Ann"]] == ["B", "A", "C"]


async def test_what_the_other_side_links_comes_last(many: World) -> None:
    a, b = await many.add(many.companies, {"Name": "A"}, {"Name": "B"})
    [ann] = await many.add(many.people, {"Name": "Ann", "Company": [b]})
    assert (await many.companies.update(a, {"People": [ann]})).ok
    assert [each["value"] for each in (await many.values(many.people, "Company"))["Ann"]] == ["B", "A"]


async def test_an_update_that_changes_no_link_changes_nothing(many: World) -> None:
    [a] = await many.add(many.companies, {"Name": "A"})
    [ann] = await many.add(many.people, {"Name": "Ann", "Company": [a]})
    assert (await many.people.update(ann, {"Company": [a]})).ok["updateRecord"]["record"]["revision"] == 1
    assert (await many.people.update(ann, {"Company": []})).ok["updateRecord"]["record"]["revision"] == 2


async def test_updates_that_set_different_fields_keep_the_links_of_the_others(many: World) -> None:
    [a] = await many.add(many.companies, {"Name": "A"})
    ann, ben = await many.add(many.people, {"Name": "Ann", "Company": [a]}, {"Name": "Ben"})
    patches = [{"id": ann, "fields": {"Age": 30}}, {"id": ben, "fields": {"Company": [a]}}]
    assert (await many.people.update_all(patches)).ok
    assert await titles(many, many.people, "Company") == {"Ann": ["A"], "Ben": ["A"]}


async def test_typecast_finds_records_by_their_primary_value(many: World) -> None:
    a, _ = await many.add(many.companies, {"Name": "Acme"}, {"Name": "Best"})
    rows = [{"Name": "Ann", "Company": "Acme"}, {"Name": "Ben", "Company": [" Best ", a]}]
    assert (await many.people.create_all(rows, typecast=True)).ok
    assert await titles(many, many.people, "Company") == {"Ann": ["Acme"], "Ben": ["Best", "Acme"]}


async def test_a_title_that_no_record_has_is_refused(many: World) -> None:
    rows = [{"Name": "Ann"}, {"Name": "Ben", "Company": ["Nobody"]}]
    refused = refusal(await many.people.create_all(rows, typecast=True), "FOREIGN_KEY_VIOLATION")
    assert refused["message"] == "Record 1: Field 'Company': No record of 'Companies' has 'Nobody' in 'Name'."
    assert (refused["recordIndex"], refused["field"], refused["value"]) == (1, "Company", "Nobody")
    assert await many.people.all() == []


async def test_records_of_other_tables_and_deleted_ones_are_refused(many: World) -> None:
    [a] = await many.add(many.companies, {"Name": "A"})
    [ann] = await many.add(many.people, {"Name": "Ann"})
    assert (await many.companies.delete([a])).ok
    for stranger in (a, ann, str(uuid4())):
        refused = refusal(await many.people.update(ann, {"Company": [stranger]}), "FOREIGN_KEY_VIOLATION")
        assert refused["message"] == f"Record 0: Field 'Company': No record of 'Companies' has the id {stranger}."
    assert await many.values(many.people, "Company") == {"Ann": []}


async def test_what_is_no_link_is_refused(world: World) -> None:
    for value in (7, "Acme", {"name": "x"}, [str(uuid4())]):
        refusal(await world.people.create({"Company": value}), "VALIDATION_ERROR")
    assert await world.people.all() == []


async def test_deleting_a_record_removes_its_links(many: World) -> None:
    a, b = await many.add(many.companies, {"Name": "A"}, {"Name": "B"})
    await many.add(many.people, {"Name": "Ann", "Company": [a, b]})
    assert (await many.companies.delete([a])).ok
    assert await many.values(many.people, "Company") == {"Ann": [{"id": b, "value": "B"}]}


async def test_a_side_that_takes_one_is_not_given_two(world: World) -> None:
    a, b = await world.add(world.companies, {"Name": "A"}, {"Name": "B"})
    [ann] = await world.add(world.people, {"Name": "Ann", "Company": a})
    refused = refusal(await world.companies.update(b, {"People": [ann]}), "DUPLICATE_VALUE")
    assert (refused["field"], refused["value"], refused["recordIndex"]) == ("People", ann, 0)
    assert await world.values(world.people, "Company") == {"Ann": {"id": a, "value": "A"}}
    assert (await world.people.update(ann, {"Company": b})).ok
    assert await world.values(world.people, "Company") == {"Ann": {"id": b, "value": "B"}}


async def test_ten_thousand_links_in_one_value(many: World) -> None:
    ids = await many.add(many.companies, *({"Name": str(n)} for n in range(10_000)))
    [ann] = await many.add(many.people, {"Name": "Ann", "Company": ids})
    linked = (await many.values(many.people, "Company"))["Ann"]
    assert [each["id"] for each in linked] == ids
    refusal(await many.people.update(ann, {"Company": [*ids, ann]}), "VALIDATION_ERROR")


async def test_a_table_can_be_linked_to_itself(world: World) -> None:
    options = {"linked_table_id": str(world.people.table.id)}
    assert (await world.add_field(world.people, "Friends", "LINKED_RECORD", options)).ok
    ann, ben = await world.add(world.people, {"Name": "Ann"}, {"Name": "Ben"})
    assert (await world.people.update(ann, {"Friends": [ben, ann]})).ok
    assert await titles(world, world.people, "Friends") == {
        "Ann": ["Ben", "Ann"],
        "Ben": [],
    }
    assert await titles(world, world.people, "People") == {
        "Ann": ["Ann"],
        "Ben": ["Ann"],
    }
    refused = refusal(await world.people.update(ann, {"Friends": [], "People": []}), "BAD_REQUEST")
    assert refused["field"] == "Friends"


async def test_a_filter_by_a_name_is_told_the_path_through_the_link(world: World) -> None:
    path = " What linked records hold is filtered by a path, such as 'Company.Name'."
    for operator, value in (("CONTAINS", "Acme"), ("HAS_ANY", ["Acme"]), ("EQ", "Acme")):
        refused = await world.people.page(filter={"field": "Company", "operator": operator, "value": value})
        assert refusal(refused, "BAD_REQUEST")["message"].endswith(path)
