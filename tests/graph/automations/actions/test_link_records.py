"""The actions LINK_RECORDS and UNLINK_RECORDS."""

from dataclasses import dataclass

import asyncpg
import pytest

from resolvers.services import Services
from tests.graph.automations.actions.conftest import Run
from tests.support.api import Api
from tests.support.automations import begin_runs, create_automation, ended, working
from tests.support.records import Records
from tests.support.tables import MadeTable, create_records

_FIELD = "mutation ($input: CreateFieldInput!) { createField(input: $input) { field { id } } }"


@dataclass(frozen=True, slots=True)
class Linked:
    """Three records; the first can be linked with others by `field`."""

    source: str
    one: str
    two: str
    field: str


@pytest.fixture
async def linked(api: Api, table: MadeTable) -> Linked:
    """Parts that are linked with parts."""
    options = {"linked_table_id": str(table.id)}
    field = {"name": "Needs", "type": "LINKED_RECORD", "options": options}
    made = await api.execute(_FIELD, {"input": {"tableId": table.id, "field": field}}, as_=table.owner)
    [source, one, two] = await create_records(api, table, [{"Name": "source"}, {"Name": "one"}, {"Name": "two"}])
    return Linked(source, one, two, made.ok["createField"]["field"]["id"])


async def needs(records: Records, linked: Linked) -> list[str]:
    """The ids that the source is linked with."""
    fields = (await records.get(linked.source)).ok["record"]["fields"]
    return [each["id"] for each in fields["Needs"] or []]


async def test_links_are_added_to_those_that_there_are(run: Run, records: Records, linked: Linked) -> None:
    config = {"sourceRecord": "{{trigger.record.id}}", "fieldId": "Needs"}
    ended = await run(
        [
            {"type": "LINK_RECORDS", "config": {**config, "targetRecord": linked.one}},
            {"type": "LINK_RECORDS", "config": {**config, "target_records": [linked.two, linked.one]}},
        ],
        {"record": {"id": linked.source}},
    )
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert await needs(records, linked) == [linked.one, linked.two]


async def test_links_are_taken_away(run: Run, records: Records, linked: Linked) -> None:
    await records.update(linked.source, {"Needs": [linked.one, linked.two]})
    config = {"sourceRecord": linked.source, "fieldId": linked.field, "targetRecord": linked.one}
    ended = await run([{"type": "UNLINK_RECORDS", "config": config}, {"type": "UNLINK_RECORDS", "config": config}])
    assert (ended.status, ended.error) == ("SUCCEEDED", None)
    assert await needs(records, linked) == [linked.two]


@pytest.mark.parametrize("type", ["LINK_RECORDS", "UNLINK_RECORDS"])
async def test_a_field_without_links_is_an_error(type: str, run: Run, linked: Linked) -> None:
    config = {"sourceRecord": linked.source, "fieldId": "Name", "targetRecord": linked.one}
    ended = await run([{"type": type, "config": config}])
    assert ended.error == f"Step 1 ({type}): 'Name' is no field with links to records."


async def test_runs_that_link_the_same_record_at_once_lose_no_link(
    api: Api, services: Services, pg: asyncpg.Connection, table: MadeTable, records: Records, linked: Linked
) -> None:
    targets = await create_records(api, table, [{"Name": str(n)} for n in range(20)])
    config = {"sourceRecord": linked.source, "targetRecord": "{{trigger.target}}", "fieldId": linked.field}
    automation = await create_automation(api, table, [{"type": "LINK_RECORDS", "config": config}])
    ids = await begin_runs(services, automation, [{"target": target} for target in targets])
    async with working(services):
        assert [(await ended(pg, id)).status for id in ids] == ["SUCCEEDED"] * 20
    assert sorted(await needs(records, linked)) == sorted(targets)
