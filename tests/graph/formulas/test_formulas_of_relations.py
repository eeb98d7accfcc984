"""Formulas of linked records, lookups and rollups, and lookups and rollups of formulas."""

from tests.graph.relations.conftest import World, make_world
from tests.support.api import Api
from tests.support.refusals import done, refusal


async def _formula(world: World, people: bool, name: str, formula: str) -> None:
    records = world.people if people else world.companies
    done(await world.add_field(records, name, "FORMULA", {"formula": formula}))


async def _staffed(api: Api) -> World:
    """Acme (size 4) with Ann (30) and Ben (20), and Best without anybody."""
    world = await make_world(api)
    acme, _ = await world.add(world.companies, {"Name": "Acme", "Size": 4}, {"Name": "Best", "Size": 0})
    await world.add(
        world.people,
        {"Name": "Ann", "Age": 30, "Company": acme},
        {"Name": "Ben", "Age": 20, "Company": acme},
        {"Name": "Cy", "Age": 50},
    )
    link = await world.id_of(world.companies, "People")
    age = await world.id_of(world.people, "Age")
    options = {"linked_field_id": link, "lookup_field_id": age}
    done(await world.add_field(world.companies, "Ages", "LOOKUP", options))
    options = {"linked_field_id": link, "rollup_field_id": age, "function": "sum"}
    done(await world.add_field(world.companies, "Years", "ROLLUP", options))
    return world


async def test_a_formula_reads_links_lookups_and_rollups(api: Api) -> None:
    world = await _staffed(api)
    await _formula(world, False, "Mean", "AVERAGE(Ages)")
    await _formula(world, False, "Label", "Name & ': ' & People & ' ' & IF(Years > 40, Years, 'few')")
    await _formula(world, False, "Sorted", "ARRAYSLICE(Ages, -1)")

    assert await world.values(world.companies, "Label") == {"Acme": "Acme: Ann, Ben 50", "Best": "Best:  few"}
    assert await world.values(world.companies, "Sorted") == {"Acme": [20], "Best": []}
    assert await world.values(world.companies, "Mean") == {
        "Acme": 25,
        "Best": {"error": "DIVISION_BY_ZERO", "message": "A division by zero, or an average of nothing."},
    }


async def test_formulas_are_looked_up_and_rolled_up(api: Api) -> None:
    world = await _staffed(api)
    await _formula(world, True, "Share", "100 / (Age - 20)")
    await _formula(world, False, "Loud", "UPPER(Name) & '!'")
    link, back = await world.id_of(world.companies, "People"), await world.id_of(world.people, "Company")
    share, loud = await world.id_of(world.people, "Share"), await world.id_of(world.companies, "Loud")
    options = {"linked_field_id": link, "lookup_field_id": share}
    done(await world.add_field(world.companies, "Shares", "LOOKUP", options))
    options = {"linked_field_id": link, "rollup_field_id": share, "function": "sum"}
    done(await world.add_field(world.companies, "Total", "ROLLUP", options))
    done(await world.add_field(world.people, "Shout", "LOOKUP", {"linked_field_id": back, "lookup_field_id": loud}))
    await _formula(world, True, "Twice", "Shout & Shout")

    assert await world.values(world.companies, "Shares") == {"Acme": [10, None], "Best": []}
    assert await world.values(world.companies, "Total") == {"Acme": 10, "Best": None}
    assert await world.values(world.people, "Twice") == {"Ann": "ACME!ACME!", "Ben": "ACME!ACME!", "Cy": None}


async def test_a_cycle_across_tables_is_refused_with_its_path(api: Api) -> None:
    world = await _staffed(api)
    await _formula(world, True, "Half", "Age / 2")
    half, link = await world.id_of(world.people, "Half"), await world.id_of(world.companies, "People")
    options = {"linked_field_id": link, "rollup_field_id": half, "function": "sum"}
    done(await world.add_field(world.companies, "Halves", "ROLLUP", options))
    back, halves = await world.id_of(world.people, "Company"), await world.id_of(world.companies, "Halves")
    done(await world.add_field(world.people, "All", "LOOKUP", {"linked_field_id": back, "lookup_field_id": halves}))

    result = await world.api.execute(
        "mutation ($input: UpdateFieldInput!) { updateField(input: $input) { cleared } }",
        {"input": {"id": half, "options": {"formula": "Age + All"}}},
        as_=world.owner,
    )

    [problem] = refusal(result, "VALIDATION_ERROR")["errors"]
    assert "made of itself: Companies.Halves → People.Half → People.All → Companies.Halves." in problem["msg"]
    assert await world.values(world.companies, "Halves") == {"Acme": 25, "Best": None}


async def test_a_formula_of_a_lookup_follows_the_linked_records(api: Api) -> None:
    world = await _staffed(api)
    await _formula(world, False, "Oldest", "MAX(Ages)")
    [ann, *_] = [node["id"] for node in (await world.people.page()).ok["records"]["nodes"]]

    updated = (await world.people.update(ann, {"Age": 60})).ok["updateRecord"]["record"]

    assert updated["fields"]["Age"] == 60
    assert await world.values(world.companies, "Oldest") == {"Acme": 60, "Best": None}
