"""`Record.linked`: a page of linked records, filtered, ordered and paged, at any depth, in one statement."""

from typing import Any

import pytest

from tests.graph.relations.conftest import World
from tests.support.refusals import refusal
from tests.support.statements import StatementLog

COVERED = "nodes { fields }"
NOT_COVERED = "nodes { fields presence { connectionId } }"


async def linked(world: World, id: str, arguments: str = "", selection: str = COVERED, **variables: Any) -> Any:
    """`linked` of a company, by its field People; the answer."""
    declared = ", ".join(f"${name}: {type}" for name, (type, _) in variables.items())
    page = f'linked(field: "People" {arguments}) {{ {selection} }}'
    document = f"query ($id: ID!, {declared}) {{ record(id: $id) {{ {page} }} }}"
    values = {name: value for name, (_, value) in variables.items()}
    return await world.api.execute(document, {"id": id, **values}, as_=world.owner)


async def names(world: World, id: str, arguments: str = "", selection: str = COVERED, **variables: Any) -> list[str]:
    """The names of the linked people."""
    found = (await linked(world, id, arguments, selection, **variables)).ok["record"]["linked"]["nodes"]
    return [node["fields"]["Name"] for node in found]


@pytest.fixture
async def acme(many: World) -> str:
    """A company where three work, and a fourth elsewhere."""
    acme, best = await many.add(many.companies, {"Name": "Acme"}, {"Name": "Best"})
    people = await many.add(
        many.people,
        {"Name": "Ann", "Age": 30},
        {"Name": "Ben", "Age": 20},
        {"Name": "Cyd", "Age": 40},
        {"Name": "Dan", "Company": [best]},
    )
    assert (await many.companies.update(acme, {"People": [people[2], people[0], people[1]]})).ok
    return acme


@pytest.mark.parametrize("selection", [COVERED, NOT_COVERED])
async def test_linked_records_come_in_the_order_of_the_links(many: World, acme: str, selection: str) -> None:
    assert await names(many, acme, "", selection) == ["Cyd", "Ann", "Ben"]


@pytest.mark.parametrize("selection", [COVERED, NOT_COVERED])
async def test_they_are_filtered_and_ordered(many: World, acme: str, selection: str) -> None:
    filter = {"field": "Age", "operator": "GTE", "value": 30}
    arguments = 'filter: $filter, orderBy: [{field: "Age"}]'
    assert await names(many, acme, arguments, selection, filter=("RecordFilter", filter)) == ["Ann", "Cyd"]
    filter["value"] = 35
    assert await names(many, acme, arguments, selection, filter=("RecordFilter", filter)) == ["Cyd"]


@pytest.mark.parametrize("order", ["", 'orderBy: [{field: "Age", direction: DESC}],'])
@pytest.mark.parametrize("selection", [COVERED, NOT_COVERED])
async def test_they_are_paged(many: World, acme: str, selection: str, order: str) -> None:
    whole = await names(many, acme, order.rstrip(","), selection)
    shown = f"{selection} pageInfo {{ hasNextPage endCursor }} totalCount"
    found: list[str] = []
    after = None
    for left in (True, False):
        answer = await linked(many, acme, f"{order} first: 2, after: $after", shown, after=("String", after))
        page = answer.ok["record"]["linked"]
        assert (page["pageInfo"]["hasNextPage"], page["totalCount"]) == (left, 3)
        found += [node["fields"]["Name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert found == whole


async def test_a_cursor_of_another_list_is_refused(many: World, acme: str) -> None:
    page = (await many.people.page(selection="pageInfo { endCursor }")).ok["records"]["pageInfo"]
    answer = await linked(many, acme, "after: $after", after=("String", page["endCursor"]))
    refusal(answer, "BAD_REQUEST")


async def test_a_field_that_is_no_link_is_refused(many: World, acme: str) -> None:
    for field in ("City", "Nothing"):
        document = f'query ($id: ID!) {{ record(id: $id) {{ linked(field: "{field}") {{ totalCount }} }} }}'
        refused = refusal(await many.api.execute(document, {"id": acme}, as_=many.owner), "BAD_REQUEST")
        assert refused["field"] == field


NESTED = """
query ($table: ID!, $age: JSON, $city: JSON) {
  records(tableId: $table, filter: {field: "City", operator: EQ, value: $city}) {
    nodes {
      value(field: "Name")
      linked(field: "People", first: 2, filter: {field: "Age", operator: GT, value: $age}, orderBy: [{field: "Name"}]) {
        totalCount
        nodes { value(field: "Name") linked(field: "Company", first: 1) { nodes { value(field: "Name") } } }
      }
      all: linked(field: "People") { totalCount }
    }
  }
}
"""


async def test_links_of_links_are_one_statement(many: World, acme: str) -> None:
    assert (await many.companies.update(acme, {"City": "Rome"})).ok
    variables = {"table": many.companies.table.id, "city": "Rome", "age": 25}
    await many.api.execute(NESTED, variables, as_=many.owner)
    with StatementLog(many.api.services.database) as log:
        result = await many.api.execute(NESTED, variables, as_=many.owner)
    person = {"linked": {"nodes": [{"value": "Acme"}]}}
    assert result.ok["records"]["nodes"] == [
        {
            "value": "Acme",
            "linked": {"totalCount": 2, "nodes": [{"value": "Ann", **person}, {"value": "Cyd", **person}]},
            "all": {"totalCount": 3},
        }
    ]
    assert log.count == 1


async def test_a_mutation_answers_linked_records(many: World, acme: str) -> None:
    answer = await many.companies.update(
        acme, {"City": "Oslo"}, selection='linked(field: "People", first: 1) { nodes { fields } }'
    )
    [node] = answer.ok["updateRecord"]["record"]["linked"]["nodes"]
    assert node["fields"]["Name"] == "Cyd"
