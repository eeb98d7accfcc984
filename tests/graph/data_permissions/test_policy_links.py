"""Links to records that policies hide: neither ids nor values show, and what is made of them is not there."""

from typing import Any

import pytest

from tests.graph.data_permissions.conftest import Office
from tests.graph.data_permissions.test_hidden_fields import EVERYTHING
from tests.support.api import Result
from tests.support.catalog import mutate

ROMAN = {"field": "City", "operator": "EQ", "value": "Rome"}
MORE = """
  gone: deletedRecords(tableId: $people) { nodes { record { fields } } }
  companies: aggregate(tableId: $table, groupBy: [{field: "Name"}], metrics: [{function: MAX, field: "Size"}]) {
    nodes { key metrics }
  }
  grouped: aggregate(tableId: $people, groupBy: [{field: "Company"}], metrics: [{function: COUNT}]) {
    nodes { key count }
  }
"""
PEOPLE = "records(tableId: $id%s) { totalCount nodes { fields } }"


@pytest.fixture
async def hidden(office: Office) -> str:
    """Id of a company that is not in Rome, where bob works; the editor sees companies in Rome."""
    [best] = await office.world.add(office.world.companies, {"Name": "Secret Ltd", "City": "Oslo"})
    await work(office, office.bob, best)
    await limit(office)
    return best


async def limit(office: Office, **more: Any) -> None:
    """Limit editors to companies in Rome."""
    given = {"tableId": office.companies, "name": "Roman", "roles": ["EDITOR"], "applies": "READ", "filter": ROMAN}
    (await mutate(office.api, "createRecordPolicy", "__typename", {**given, **more}, as_=office.owner)).ok  # noqa: B018


async def work(office: Office, person: str, company: str | None) -> None:
    """Have a person work for a company."""
    given = {"id": person, "fields": {"Company": company}}
    (await mutate(office.api, "updateRecord", "__typename", given, as_=office.owner)).ok  # noqa: B018


async def change(office: Office, mutation: str, selection: str = "__typename", **given: Any) -> Result:
    """A mutation of the editor's."""
    return await mutate(office.api, mutation, selection, given, as_=office.editor)


async def people(office: Office, arguments: str = "") -> list[dict[str, Any]]:
    """The people that the editor reads."""
    found = (await office.ask(PEOPLE % arguments, id=office.people)).ok["records"]
    assert found["totalCount"] == len(found["nodes"])
    return [node["fields"] for node in found["nodes"]]


@pytest.mark.usefixtures("hidden")
async def test_a_link_shows_the_records_that_are_seen(office: Office) -> None:
    ann, bob = await people(office)

    assert ann == {"Name": "Ann", "Age": None, "Company": {"id": office.acme, "value": "Acme"}}
    assert bob == {"Name": "Bob", "Age": None, "Company": None}


async def test_a_record_with_links_shows_them_wherever_it_is_read(office: Office, hidden: str) -> None:
    query = """
        record(id: $id) {
          value(field: "Company") fields linked(field: "Company") { totalCount nodes { id } }
          history(first: 9) { nodes { values previous changedFields } }
        }
        deletedRecords(tableId: $table) { nodes { record { fields } } }
    """

    found = (await office.ask(query, id=office.bob, table=office.people)).ok

    assert found["record"]["linked"] == {"totalCount": 0, "nodes": []}
    assert found["record"]["value"] is None
    assert "Secret" not in str(found)
    assert hidden not in str(found)


@pytest.mark.usefixtures("hidden")
async def test_a_page_of_links_of_which_none_are_selected_is_answered(office: Office) -> None:
    query = 'record(id: $id) { linked(field: "Company") { __typename } }'

    assert (await office.ask(query, id=office.bob)).ok["record"] == {"linked": {"__typename": "RecordConnection"}}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (', filter: {field: "Company", operator: IS_EMPTY}', ["Bob"]),
        (', filter: {field: "Company", operator: IS_NOT_EMPTY}', ["Ann"]),
        (', filter: {field: "Company", operator: HAS_ANY, value: ["%s"]}', []),
        (', filter: {field: "Company.Name", operator: CONTAINS, value: "e"}', ["Ann"]),
        (', filter: {field: "Company.Name", operator: CONTAINS, value: "Secret"}', []),
        (', filter: {not: {field: "Company.City", operator: IS_EMPTY}}', ["Ann"]),
        (', search: "secret"', []),
        (', search: "acme"', ["Ann"]),
        (', orderBy: [{field: "Company", direction: DESC}]', ["Ann", "Bob"]),
        (', orderBy: [{field: "Company.City", direction: DESC}]', ["Ann", "Bob"]),
    ],
)
async def test_what_is_found_by_links_follows_from_those_that_are_seen(
    arguments: str, names: list[str], office: Office, hidden: str
) -> None:
    found = await people(office, arguments % hidden if "%s" in arguments else arguments)

    assert [person["Name"] for person in found] == names


@pytest.mark.usefixtures("hidden")
async def test_groups_by_a_link_are_of_the_records_that_are_seen(office: Office) -> None:
    query = (
        'aggregate(tableId: $id, groupBy: [{field: "Company"}], metrics: [{function: COUNT}]) { nodes { key count } }'
    )

    found = (await office.ask(query, id=office.people)).ok["aggregate"]["nodes"]

    assert sorted(each["count"] for each in found) == [1, 1]
    assert "Secret" not in str(found)


@pytest.mark.usefixtures("hidden")
async def test_what_is_made_of_limited_records_is_not_there(office: Office) -> None:
    listed = await office.ask("fields(tableId: $id) { name }", id=office.people)
    refused = await office.ask(PEOPLE % ', filter: {field: "City", operator: EQ, value: "Rome"}', id=office.people)

    assert [field["name"] for field in listed.ok["fields"]] == ["Name", "Age", "Company"]
    assert refused.codes == ["BAD_REQUEST"]


@pytest.mark.parametrize("applies", ["READ", "WRITE", "BOTH"])
async def test_links_to_records_with_policies_are_not_written(applies: str, office: Office) -> None:
    await limit(office, applies=applies)

    refused = await change(office, "updateRecord", id=office.ann, fields={"Company": None})
    created = await change(
        office, "createRecord", tableId=office.people, fields={"Name": "Cid", "Company": office.acme}
    )
    changed = await change(office, "updateRecord", id=office.ann, fields={"Name": "Anna"})

    assert (refused.codes, created.codes, changed.codes) == (["FORBIDDEN"], ["FORBIDDEN"], [])
    assert await office.world.values(office.world.people, "Company") == {
        "Anna": {"id": office.acme, "value": "Acme"},
        "Bob": None,
    }


async def test_a_write_leaves_links_that_are_not_seen(office: Office, hidden: str) -> None:
    (await change(office, "updateRecord", id=office.bob, fields={"Name": "Rob"})).ok  # noqa: B018
    (await change(office, "deleteRecords", tableId=office.people, ids=[office.bob])).ok  # noqa: B018
    (await change(office, "restoreRecords", tableId=office.people, ids=[office.bob])).ok  # noqa: B018

    company = (await office.world.values(office.world.people, "Company"))["Rob"]
    assert company == {"id": hidden, "value": "Secret Ltd"}


@pytest.mark.usefixtures("hidden")
async def test_the_other_side_of_links_is_written_by_who_may_write_its_record(office: Office) -> None:
    """A company is the editor's to write; the people who work there are, too."""
    fields = (await office.ask("fields(tableId: $id) { name type }", id=office.companies)).ok["fields"]
    [other] = [field["name"] for field in fields if field["type"] == "LINKED_RECORD"]

    changed = await change(office, "updateRecord", "record { fields }", id=office.acme, fields={other: []})

    assert changed.ok["updateRecord"]["record"]["fields"][other] == []
    assert await people(office, ', filter: {field: "Company", operator: IS_NOT_EMPTY}') == []


async def test_nothing_that_can_be_selected_names_a_hidden_record_or_shows_its_values(
    office: Office, hidden: str
) -> None:
    made = await office.world.add(office.world.companies, {"Name": "Secret and gone", "City": "Oslo", "Size": 4711})
    await work(office, office.ann, made[0])
    for mutation, given in (
        ("updateRecord", {"id": made[0], "fields": {"Name": "Secret too"}}),
        ("deleteRecords", {"tableId": office.companies, "ids": made}),
        ("updateRecord", {"id": office.ann, "fields": {"Company": office.acme}}),
        ("deleteRecords", {"tableId": office.people, "ids": [office.bob]}),
    ):
        (await mutate(office.api, mutation, "__typename", given, as_=office.owner)).ok  # noqa: B018
    variables = {"base": office.base, "table": office.companies, "record": office.ann, "people": office.people}
    document = EVERYTHING.replace("$record: ID!", "$record: ID!, $people: ID!").replace(
        "record(id: $record)", MORE + " record(id: $record)"
    )

    owners = str((await office.api.execute(document, variables, as_=office.owner)).ok)
    mine = str((await office.api.execute(document, variables, as_=office.editor)).ok)

    for secret in ("Secret", "4711", "Oslo", hidden, made[0]):
        assert secret in owners
        assert secret not in mine


async def test_records_that_are_read_one_by_one_are_those_that_are_seen(office: Office, hidden: str) -> None:
    await limit(office, filter={"field": "$createdBy", "operator": "EQ", "value": {"me": True}})
    fields = (await office.ask("fields(tableId: $id) { name type }", id=office.companies)).ok["fields"]
    [other] = [field["name"] for field in fields if field["type"] == "LINKED_RECORD"]
    query = f"""
        records(tableId: $id, first: 2) {{ nodes {{
          id presence {{ connectionId }} history(first: 3) {{ nodes {{ type }} }}
          linked(field: "{other}", first: 2) {{ nodes {{ fields presence {{ connectionId }}
            linked(field: "Company", first: 2) {{ nodes {{ id fields presence {{ connectionId }} }} }} }} }} }} }}
        people: records(tableId: $people, first: 2) {{ nodes {{ id presence {{ connectionId }}
          linked(field: "Company", first: 2) {{ totalCount nodes {{ id presence {{ connectionId }} }} }} }} }}
    """

    found = (await office.ask(query, id=office.companies, people=office.people)).ok

    [acme] = found["records"]["nodes"]
    assert acme["linked"]["nodes"][0]["linked"]["nodes"][0]["id"] == office.acme
    assert [node["linked"]["totalCount"] for node in found["people"]["nodes"]] == [1, 0]
    assert hidden not in str(found)
