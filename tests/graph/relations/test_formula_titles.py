"""A formula as the primary field: records are named by what it makes of them, wherever that is shown or looked for."""

from typing import Any

import pytest

from resolvers.services import Services
from tests.graph.relations.conftest import World
from tests.support.aggregates import Aggregates
from tests.support.api import Result
from tests.support.catalog import mutate
from tests.support.imports import imported
from tests.support.records import Records
from tests.support.refusals import done, refusal
from tests.support.statements import StatementLog
from tests.support.tables import MadeTable

LABEL = "{Name} & ', ' & {City}"
DIVISION = {"error": "DIVISION_BY_ZERO", "message": "A division by zero, or an average of nothing."}
_COPY = """
mutation ($input: DuplicateBaseInput!) {
  duplicateBase(input: $input) { base { id tables { id name primaryField { name type error } } } }
}
"""


async def make_title(world: World, formula: str, records: Records | None = None) -> Result:
    """A formula `Label` of the companies, or of others, that is made their primary field."""
    records = records or world.companies
    id = done(await world.add_field(records, "Label", "FORMULA", {"formula": formula}))["createField"]["field"]["id"]
    given = {"id": records.table.id, "primaryFieldId": id}
    return await mutate(world.api, "updateTable", "table { primaryField { name } }", given, as_=world.owner)


async def change(world: World, records: Records, field: str, **changes: Any) -> Result:
    """updateField."""
    given = {"id": await world.id_of(records, field), **changes}
    return await mutate(world.api, "updateField", "field { name }", given, as_=world.owner)


async def remove(world: World, records: Records, field: str) -> Result:
    """deleteField."""
    return await mutate(
        world.api, "deleteField", "deletedId", {"id": await world.id_of(records, field)}, as_=world.owner
    )


async def lookup(world: World, name: str) -> dict[str, Any]:
    """createField of a lookup of the names of a company's people."""
    options = {
        "linked_field_id": await world.id_of(world.companies, "People"),
        "lookup_field_id": await world.id_of(world.people, "Name"),
    }
    return done(await world.add_field(world.companies, name, "LOOKUP", options))


async def titles(world: World) -> dict[str, list[Any]]:
    """What the companies of each person are called."""
    found = await world.values(world.people, "Company")
    return {name: [each["value"] for each in linked] for name, linked in found.items()}


@pytest.fixture
async def labelled(many: World) -> World:
    """Companies named by name and city: Acme in Rome, where Ann works, and Best in Oslo, where both do."""
    done(await make_title(many, LABEL))
    acme, best = await many.add(many.companies, {"Name": "Acme", "City": "Rome"}, {"Name": "Best", "City": "Oslo"})
    await many.add(many.people, {"Name": "Ann", "Company": [best, acme]}, {"Name": "Ben", "Company": [best]})
    return many


async def test_links_show_what_the_formula_makes_as_it_is_now(labelled: World) -> None:
    assert await titles(labelled) == {"Ann": ["Best, Oslo", "Acme, Rome"], "Ben": ["Best, Oslo"]}
    best = (await labelled.companies.page()).ok["records"]["nodes"][1]["id"]

    done(await labelled.companies.update(best, {"City": "Bonn"}))

    assert await titles(labelled) == {"Ann": ["Best, Bonn", "Acme, Rome"], "Ben": ["Best, Bonn"]}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("{Size} * 2", 14),
        ("IF({Size} > 5, 'large', 'small')", "large"),
        ("DATEADD('2024-05-31', {Size}, 'days')", "2024-06-07T00:00:00Z"),
        ("{Kind} & ' ' & {Name}", "Club Acme"),  # of a select, whose names the table does not have
        ("{Shout} & IF(NOW() > '2000-01-01', '?')", "Acme!?"),
        ("{Size} / 0", DIVISION),
    ],
)
async def test_any_value_of_the_record_itself_names_it(many: World, formula: str, expected: object) -> None:
    choices = {"choices": [{"name": "Club"}]}
    done(await many.add_field(many.companies, "Kind", "SINGLE_SELECT", choices))
    done(await many.add_field(many.companies, "Shout", "FORMULA", {"formula": "{Name} & '!'"}))
    done(await make_title(many, formula))
    [acme] = await many.add(many.companies, {"Name": "Acme", "Size": 7, "Kind": "Club"})
    await many.add(many.people, {"Name": "Ann", "Company": [acme]})

    assert await titles(many) == {"Ann": [expected]}


async def test_links_are_sorted_searched_and_grouped_by_it(labelled: World) -> None:
    [cyd] = await labelled.add(labelled.people, {"Name": "Cyd"})
    acme = (await labelled.companies.page()).ok["records"]["nodes"][0]["id"]
    done(await labelled.people.update(cyd, {"Company": [acme]}))

    async def names(**given: Any) -> list[str]:
        nodes = (await labelled.people.page(**given)).ok["records"]["nodes"]
        return [node["fields"]["Name"] for node in nodes]

    assert await names(orderBy=[{"field": "Company"}]) == ["Cyd", "Ben", "Ann"]
    assert await names(search="oslo") == ["Ann", "Ben"]
    groups = await Aggregates(labelled.api, labelled.people.table).groups(groupBy=[{"field": "Company"}])
    assert [[each["value"] for each in group["key"]["Company"]] for group in groups] == [
        ["Acme, Rome"],
        ["Acme, Rome", "Best, Oslo"],
        ["Best, Oslo"],
    ]


async def test_a_name_is_found_by_what_the_formula_makes(labelled: World) -> None:
    await labelled.add(labelled.companies, {"Name": "Solo"})

    made = await labelled.people.create({"Name": "Cyd", "Company": '"Acme, Rome", "Solo,"'}, typecast=True)
    unknown = await labelled.people.create({"Name": "Dan", "Company": ["Acme"]}, typecast=True)

    assert [each["value"] for each in done(made)["createRecord"]["record"]["fields"]["Company"]] == [
        "Acme, Rome",
        "Solo, ",
    ]
    problem = refusal(unknown, "FOREIGN_KEY_VIOLATION")["errors"][0]
    assert problem["msg"] == "No record of 'Companies' has 'Acme' in 'Label', by which none can be made."


async def test_links_and_their_titles_cost_one_statement(labelled: World, services: Services) -> None:
    await labelled.people.page()
    with StatementLog(services.database) as seen:
        await labelled.people.page()
    assert seen.count == 1


async def test_a_table_is_made_with_a_formula_first(world: World) -> None:
    fields = [
        {"name": "Full", "type": "FORMULA", "options": {"formula": "{First} & ' ' & {Last}"}},
        {"name": "First", "type": "TEXT"},
        {"name": "Last", "type": "TEXT"},
    ]
    place = world.people.table
    given = {"baseId": place.base_id, "name": "Authors", "fields": fields}

    made = done(await mutate(world.api, "createTable", "table { id primaryField { name } }", given, as_=world.owner))

    table = made["createTable"]["table"]
    assert table["primaryField"] == {"name": "Full"}
    authors = Records(world.api, MadeTable(world.owner, place.workspace_id, place.base_id, table["id"], {}))
    await world.add(authors, {"First": "Ada", "Last": "Lee"})
    assert (await authors.all())[0]["Full"] == "Ada Lee"


@pytest.mark.parametrize("formula", ["{People} & ''", "{Staff} & ''", "{Crew} & ''"])
async def test_a_formula_that_looks_at_other_records_names_none(world: World, formula: str) -> None:
    await lookup(world, "Staff")
    done(await world.add_field(world.companies, "Crew", "FORMULA", {"formula": "{Staff} & '!'"}))

    refused = refusal(await make_title(world, formula), "BAD_REQUEST")

    name = formula[1:].partition("}")[0]
    assert refused["field"] == "Label"
    assert refused["message"] == (
        f"The field 'Label' cannot be the primary field. {name!r} is made of other records, and not everybody who may "
        "see a record may see those. A primary formula is made of fields of the record itself."
    )
    assert (await world.fields(world.companies))["Label"]["error"] is None


@pytest.mark.parametrize(
    ("formula", "type"), [("{Size} > 1", "a boolean"), ("ARRAYUNIQUE({Name})", "an array of texts")]
)
async def test_a_title_is_one_value_that_reads(world: World, formula: str, type: str) -> None:
    refused = refusal(await make_title(world, formula), "BAD_REQUEST")

    assert refused["message"] == (
        f"The field 'Label' cannot be the primary field. It gives {type}; a primary formula gives a text, a number, "
        "a date or a duration."
    )


async def test_changes_leave_a_primary_formula_one(labelled: World) -> None:
    companies = labelled.companies
    await lookup(labelled, "Staff")

    itself = await change(labelled, companies, "Label", options={"formula": "{Name} & {Staff}"})
    links = {"linked_table_id": str(labelled.people.table.id)}
    under_it = await change(labelled, companies, "City", type="LINKED_RECORD", options=links)
    converted = await change(labelled, companies, "Label", type="TEXT")
    gone = await remove(labelled, companies, "Label")

    assert "'Staff' is made of other records" in refusal(itself, "VALIDATION_ERROR")["errors"][0]["msg"]
    assert "Companies.Label depends on it and would have no values" in refusal(under_it, "CONFLICT")["message"]
    assert "make a new field" in refusal(converted, "BAD_REQUEST")["message"]
    assert "is the primary field" in refusal(gone, "CONFLICT")["message"]
    assert (await titles(labelled))["Ben"] == ["Best, Oslo"]

    done(await change(labelled, companies, "Label", options={"formula": "UPPER({City})"}))
    assert (await titles(labelled))["Ben"] == ["OSLO"]


async def test_a_deleted_field_makes_names_errors_until_it_is_back(labelled: World) -> None:
    done(await remove(labelled, labelled.companies, "City"))

    [ben] = (await titles(labelled))["Ben"]
    assert ben["error"] == "INVALID_FORMULA"
    assert "There is no field 'City'" in ben["message"]
    assert (await labelled.people.page(orderBy=[{"field": "Company"}], search="Best")).ok["records"]["nodes"] == []
    query = "query ($id: ID!) { table(id: $id) { primaryField { name error } } }"
    shown = (await labelled.companies.run(query, {"id": labelled.companies.table.id})).ok["table"]["primaryField"]
    assert (shown["name"], "There is no field 'City'" in shown["error"]) == ("Label", True)
    named = await labelled.people.create({"Name": "Cyd", "Company": ["Best, Oslo"]}, typecast=True)
    assert "No record of 'Companies' has 'Best, Oslo' in 'Label'" in str(refusal(named, "FOREIGN_KEY_VIOLATION"))

    done(await world_field(labelled, "City", "NUMBER"))
    assert (await titles(labelled))["Ben"] == ["Best, "]


async def world_field(world: World, name: str, type: str, options: Any = None) -> Result:
    """createField in the companies."""
    return await world.add_field(world.companies, name, type, options)


async def test_a_lost_name_does_not_come_back_as_other_records(labelled: World) -> None:
    await lookup(labelled, "Staff")
    done(await remove(labelled, labelled.companies, "City"))

    done(await change(labelled, labelled.companies, "Staff", name="City"))

    [ben] = (await titles(labelled))["Ben"]
    assert (ben["error"], "'City' is made of other records" in ben["message"]) == ("INVALID_FORMULA", True)


async def test_another_field_comes_to_name_records(labelled: World) -> None:
    given = {"id": labelled.companies.table.id, "primaryFieldId": await labelled.id_of(labelled.companies, "Name")}

    done(await mutate(labelled.api, "updateTable", "table { id }", given, as_=labelled.owner))

    assert (await titles(labelled))["Ben"] == ["Best"]
    done(await remove(labelled, labelled.companies, "Label"))


async def test_a_copy_of_the_base_is_named_likewise(labelled: World) -> None:
    given = {"baseId": labelled.people.table.base_id, "includeRecords": True}

    copy = done(await labelled.people.run(_COPY, {"input": given}))["duplicateBase"]["base"]

    tables = {table["name"]: table for table in copy["tables"]}
    assert tables["Companies"]["primaryField"] == {"name": "Label", "type": "FORMULA", "error": None}
    table = MadeTable(labelled.owner, labelled.people.table.workspace_id, copy["id"], tables["People"]["id"], {})
    [ann, _] = await Records(labelled.api, table).all()
    assert [each["value"] for each in ann["Company"]] == ["Best, Oslo", "Acme, Rome"]


async def test_an_import_leaves_it_out_and_makes_no_record_by_it(labelled: World) -> None:
    api, owner = labelled.api, labelled.owner
    content = "Label,Name,City\nMine,Cord,Bonn\n"
    people = 'Name,Company\nCyd,"""Cord, Bonn"", New"\n'

    companies = await imported(api, owner, content, "companies.csv", tableId=labelled.companies.table.id)
    loaded = await imported(
        api, owner, people, "people.csv", tableId=labelled.people.table.id, createMissingRecords=True
    )

    assert companies["rowCount"] == 1
    assert (await labelled.companies.all())[2]["Label"] == "Cord, Bonn"
    assert [each["message"] for each in loaded["problems"]] == [
        "No record of 'Companies' has 'New' in 'Label', by which none can be made."
    ]
    assert (await titles(labelled))["Cyd"] == ["Cord, Bonn"]


async def test_texts_become_links_by_it_and_back(labelled: World) -> None:
    options = {"linked_table_id": str(labelled.companies.table.id)}
    done(await labelled.add_field(labelled.people, "Other", "TEXT"))
    ben = (await labelled.people.page()).ok["records"]["nodes"][1]["id"]
    done(await labelled.people.update(ben, {"Other": '"Acme, Rome"'}))

    done(await change(labelled, labelled.people, "Other", type="LINKED_RECORD", options=options))
    linked = await labelled.values(labelled.people, "Other")
    done(await change(labelled, labelled.people, "Other", type="TEXT"))

    assert [each["value"] for each in linked["Ben"]] == ["Acme, Rome"]
    assert await labelled.values(labelled.people, "Other") == {"Ann": None, "Ben": '"Acme, Rome"'}


async def test_a_record_that_is_gone_has_no_name(labelled: World) -> None:
    done(await world_field(labelled, "Kind", "SINGLE_SELECT", {"choices": [{"name": "Club"}]}))
    done(await change(labelled, labelled.companies, "Label", options={"formula": "'Firm ' & {Name} & {Kind}"}))
    acme, best = [node["id"] for node in (await labelled.companies.page()).ok["records"]["nodes"]]
    ann = (await labelled.people.page()).ok["records"]["nodes"][0]["id"]
    query = """
        query ($id: ID!) { record(id: $id) { history(first: 9) { nodes { values previous } } } }
    """

    done(await labelled.companies.delete([acme]))

    history = (await labelled.people.run(query, {"id": ann})).ok["record"]["history"]["nodes"]
    assert {"id": acme, "value": None} in history[-1]["values"]["Company"]
    assert {"id": best, "value": "Firm Best"} in history[-1]["values"]["Company"]
