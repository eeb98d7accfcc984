"""A copy of a base has links of its own, between the copies of the records."""

from tests.graph.relations.conftest import World
from tests.graph.relations.test_lookups import lookup
from tests.support.records import Records
from tests.support.tables import MadeTable

_COPY = """
mutation ($input: DuplicateBaseInput!) {
  duplicateBase(input: $input) { base { id tables { id name fields { id name error } } } }
}
"""


async def test_links_and_what_is_computed_of_them_are_copied(world: World) -> None:
    acme, _ = await world.add(world.companies, {"Name": "Acme", "City": "Rome"}, {"Name": "Best"})
    await world.add(world.people, {"Name": "Ann", "Company": acme}, {"Name": "Ben", "Company": acme}, {"Name": "Cyd"})
    await lookup(world, "Where", "Company", "City")
    given = {"baseId": world.people.table.base_id, "includeRecords": True}
    copy = (await world.api.execute(_COPY, {"input": given}, as_=world.owner)).ok["duplicateBase"]["base"]
    people, companies = (
        Records(world.api, MadeTable(world.owner, world.people.table.workspace_id, copy["id"], table["id"], {}))
        for name in ("People", "Companies")
        for table in copy["tables"]
        if table["name"] == name
    )
    shown = await people.all()
    assert [(row["Name"], row["Company"] and row["Company"]["value"], row["Where"]) for row in shown] == [
        ("Ann", "Acme", "Rome"), ("Ben", "Acme", "Rome"), ("Cyd", None, None),
    ]  # fmt: skip
    assert shown[0]["Company"]["id"] != acme
    here, there = await world.companies.all(), await companies.all()
    assert [[each["value"] for each in row["People"]] for row in there] == [["Ann", "Ben"], []]
    assert (await companies.delete([shown[0]["Company"]["id"]])).ok
    assert await world.companies.all() == here
