"""Groups by links, lookups and rollups, and what is made of their values."""

from tests.graph.relations.conftest import World
from tests.support.aggregates import Aggregates


async def test_links_lookups_and_rollups_are_grouped_and_added_up(world: World) -> None:
    acme, zeta = await world.add(
        world.companies, {"Name": "Zulu", "City": "Bonn", "Size": 5}, {"Name": "Acme", "City": "Bonn", "Size": 7}
    )
    ages = (("a", 20, acme), ("b", 30, acme), ("c", 40, zeta), ("d", 50, None))
    await world.add(world.people, *({"Name": n, "Age": age, "Company": company} for n, age, company in ages))
    link = await world.id_of(world.people, "Company")
    back = next(name for name in await world.fields(world.companies) if name not in ("Name", "City", "Size"))
    found = {"linked_field_id": link, "lookup_field_id": await world.id_of(world.companies, "City")}
    assert (await world.add_field(world.people, "City", "LOOKUP", found)).ok
    size = {"linked_field_id": link, "lookup_field_id": await world.id_of(world.companies, "Size")}
    assert (await world.add_field(world.people, "Size", "LOOKUP", size)).ok
    total = {
        "linked_field_id": await world.id_of(world.companies, back),
        "rollup_field_id": await world.id_of(world.people, "Age"),
        "function": "sum",
    }
    assert (await world.add_field(world.companies, "Years", "ROLLUP", total)).ok
    people, companies = Aggregates(world.api, world.people.table), Aggregates(world.api, world.companies.table)

    first, second = {"id": zeta, "value": "Acme"}, {"id": acme, "value": "Zulu"}
    assert await people.counts("Company") == [(None, 1), (first, 1), (second, 2)]
    assert await people.counts("City") == [(None, 1), ("Bonn", 3)]
    metrics = await people.totals(("SUM", "Size"), ("MAX", "Size"), ("EMPTY", "Company"), ("DISTINCT", "Company"))
    assert metrics == {"sum_Size": 17, "max_Size": 7, "empty_Company": 1, "distinct_Company": 2}
    assert await companies.totals(("SUM", "Years"), ("MEDIAN", "Years")) == {"sum_Years": 90, "median_Years": 45}
    assert await companies.counts("Years") == [(40, 1), (50, 1)]


async def test_lists_of_links_and_of_looked_up_values_are_taken_whole_or_by_their_items(many: World) -> None:
    acme, zeta = await many.add(many.companies, {"Name": "Acme", "City": "Bonn"}, {"Name": "Zeta", "City": "Ulm"})
    links = ((acme, zeta), (zeta, acme), (zeta,), ())
    await many.add(many.people, *({"Name": str(n), "Company": list(each)} for n, each in enumerate(links)))
    options = {
        "linked_field_id": await many.id_of(many.people, "Company"),
        "lookup_field_id": await many.id_of(many.companies, "City"),
    }
    assert (await many.add_field(many.people, "City", "LOOKUP", options)).ok
    people = Aggregates(many.api, many.people.table)

    first, second = {"id": acme, "value": "Acme"}, {"id": zeta, "value": "Zeta"}
    assert await people.counts("Company") == [([], 1), ([first, second], 2), ([second], 1)]
    assert await people.counts({"field": "Company", "eachItem": True}) == [(None, 1), (first, 2), (second, 3)]
    assert await people.counts("City") == [([], 1), (["Bonn", "Ulm"], 1), (["Ulm"], 1), (["Ulm", "Bonn"], 1)]
    assert await people.counts({"field": "City", "eachItem": True}) == [(None, 1), ("Bonn", 2), ("Ulm", 3)]
    refused = await people.read(metrics=[{"function": "SUM", "field": "City"}])
    assert refused.codes == ["BAD_REQUEST"]
