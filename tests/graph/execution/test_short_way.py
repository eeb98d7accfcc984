"""The short way answers, byte for byte, what the executor answers."""

import re
from typing import Any

import pytest

from domain.accounts.viewer import Viewer
from graph.execution.direct import deferred_fields
from graph.execution.engine import Engine, Request
from graph.schema import build_schema
from resolvers.context import Client, RequestContext
from resolvers.services import Limits, Services
from tests.graph.records.conftest import FIELDS, PARTS
from tests.support.api import Api
from tests.support.tables import MadeTable, create_records, make_table

SCHEMA = build_schema()
PLAIN = Limits(report_cost=False)
"""What is left of a budget, and until when, is another at each request."""
SHORT, LONG = Engine(SCHEMA, PLAIN), Engine(SCHEMA, PLAIN, takes_short_way=False)
CHANGES = 'query ($table: ID!) { recordChanges(tableId: $table, after: "313a313a", first: 3)'
"""Behind the cursor before all changes."""

READS: dict[str, tuple[str, dict[str, Any]]] = {
    "record": ("query ($id: ID!) { record(id: $id) { id fields revision createdAt } }", {}),
    "record with aliases and typenames": (
        'query ($id: ID!) { a: record(id: $id) { __typename x: fields(only: ["Price"]) y: value(field: "Name") } }',
        {},
    ),
    "record that is not there": ('{ record(id: "01a2022a-a178-8000-8789-01bd9e221580") { id } }', {}),
    "record by what is no id": ('{ record(id: "nonsense") { id } }', {}),
    "list": (
        "query ($table: ID!) { records(tableId: $table, first: 3) { nodes { id fields } totalCount "
        "pageInfo { hasNextPage endCursor } edges { cursor node { id } } } }",
        {},
    ),
    "list with variables": (
        "query ($table: ID!, $filter: RecordFilter, $order: [RecordOrder!], $only: [String!]) "
        "{ records(tableId: $table, filter: $filter, orderBy: $order) { nodes { fields(only: $only, keyBy: ID) } } }",
        {
            "filter": {
                "or": [
                    {"field": "Price", "operator": "GT", "value": 1},
                    {"not": {"field": "Ready", "operator": "EQ", "value": True}},
                ]
            },
            "order": [{"field": "Price", "direction": "DESC"}],
            "only": ["Name", "Price"],
        },
    ),
    "groups": (
        "query ($table: ID!, $by: [GroupByInput!]) { aggregate(tableId: $table, groupBy: $by, "
        'metrics: [{function: SUM, field: "Price"}], orderBy: [{by: "sum_Price"}]) { __typename totalCount '
        "edges { cursor node { hash key count metrics } } pageInfo { hasNextPage endCursor } } }",
        {"by": [{"field": "Status"}, {"field": "Day", "bucket": "MONTH", "as": "month"}]},
    ),
    "groups, refused": (
        'query ($table: ID!) { aggregate(tableId: $table, groupBy: [{field: "Nope"}]) { totalCount } }',
        {},
    ),
    "two lists": (
        "query ($table: ID!) { a: records(tableId: $table, first: 1) { nodes { id } } "
        "b: records(tableId: $table, last: 1) { nodes { id } } }",
        {},
    ),
    "two lists, one refused": (
        "query ($table: ID!) { a: records(tableId: $table) { nodes { id } } "
        "b: records(tableId: $table, first: -1) { nodes { id } } }",
        {},
    ),
    "fragments": (
        "query ($table: ID!) { records(tableId: $table) { ...page nodes { ... on Record { id } ...name } } } "
        "fragment page on RecordConnection { totalCount nodes { revision } } "
        'fragment name on Record { value(field: "Name") table { id name } }',
        {},
    ),
    "directives": (
        "query ($table: ID!, $yes: Boolean = true) { records(tableId: $table) { totalCount @include(if: $yes) "
        "nodes { id @skip(if: $yes) revision } } }",
        {},
    ),
    "changes": (
        f"{CHANGES} {{ more: hasMore __typename events {{ __typename kind: type recordId tableId previous "
        "changedFields isFilterTransition mutationId at record { id fields } actor { email } } } }",
        {},
    ),
    "changes without events": (f"{CHANGES} {{ hasMore }} }}", {}),
    "changes under two keys": (f"{CHANGES} {{ a: events {{ recordId }} b: events {{ type }} }} }}", {}),
    "changes that are not covered": (f"{CHANGES} {{ events {{ record {{ table {{ name }} }} }} hasMore }} }}", {}),
    "directive at the root": ("query ($id: ID!) { record(id: $id) @skip(if: false) { id } }", {}),
    "a selection that is not covered": (
        "query ($id: ID!) { record(id: $id) { id revision fields table { base { name } } } }",
        {},
    ),
    "a variable of the wrong type": (
        "query ($id: ID!, $n: Int) { record(id: $id) { id } x: records(tableId: $id, first: $n) { totalCount } }",
        {"n": "x"},
    ),
    "an unknown field": ('query ($table: ID!) { records(tableId: $table) { nodes { value(field: "Nope") } } }', {}),
    "users": ("query ($id: ID!) { record(id: $id) { createdBy { id email name isActive createdAt } } }", {}),
}


@pytest.fixture
async def table(api: Api) -> MadeTable:
    return await make_table(api, FIELDS)


async def answer(engine: Engine, services: Services, table: MadeTable, request: Request) -> bytes:
    context = RequestContext(services, Viewer(table.owner.id), Client("request-1"))
    return (await engine.answer(request, context)).body


@pytest.mark.parametrize("name", READS)
async def test_a_query_is_answered_alike(api: Api, services: Services, table: MadeTable, name: str) -> None:
    ids = await create_records(api, table, PARTS)
    document, variables = READS[name]
    request = Request(document, {"table": str(table.id), "id": ids[0], **variables})
    short, long = [await answer(engine, services, table, request) for engine in (SHORT, LONG)]
    assert short == long
    assert await answer(SHORT, services, table, request) == short  # from the plan that was kept


MUTATIONS = {
    "create": 'mutation ($table: ID!) { createRecord(input: {tableId: $table, fields: {Name: "New", Price: 4.5}}) '
    "{ record { fields revision } __typename } }",
    "create with a bad value": "mutation ($table: ID!) { createRecord("
    'input: {tableId: $table, fields: {Price: "x"}}) { record { id } } }',
    "update": "mutation ($id: ID!) { updateRecord(input: {id: $id, fields: {Price: 9}}) { record { id fields } } }",
    "update at another revision": "mutation ($id: ID!) { updateRecord("
    "input: {id: $id, fields: {Price: 9}, ifRevision: 7}) { record { id } } }",
    "transact": "mutation ($table: ID!, $id: ID!) { transact(input: {operations: [{create: {tableId: $table, records: "
    '[{fields: {Name: "New"}, tempId: "a"}]}}, {update: {tableId: $table, records: [{id: $id, fields: {Price: 2}}]}}'
    "]}) { results { records { fields revision } updatedIds } tempIds { tempId } isDryRun __typename } }",
    "transact with a bad value": "mutation ($table: ID!) { transact(input: {operations: [{create: {tableId: $table, "
    'records: [{fields: {Price: "x"}}]}}]}) { eventCursor } }',
    "transact with two operations in one": "mutation ($table: ID!) { transact(input: {operations: [{create: "
    "{tableId: $table, records: []}, delete: {tableId: $table, ids: []}}]}) { eventCursor } }",
    "delete": "mutation ($table: ID!, $id: ID!) { deleteRecords(input: {tableId: $table, ids: [$id]}) { deletedIds } }",
    "two": "mutation ($id: ID!) { a: updateRecord(input: {id: $id, fields: {Price: 1}}) { record { revision } } "
    "b: updateRecord(input: {id: $id, fields: {Price: 2}}) { record { revision } } }",
    "not covered": "mutation ($id: ID!) { updateRecord(input: {id: $id, fields: {Price: 9}}) "
    "{ record { id table { base { name } } } } }",
}


@pytest.mark.parametrize("name", MUTATIONS)
async def test_a_mutation_is_answered_alike_and_does_the_same(
    api: Api, services: Services, table: MadeTable, name: str
) -> None:
    answers, states = [], []
    for engine in (SHORT, LONG):
        [id] = await create_records(api, table, [{"Name": "Old", "Price": 1}])
        request = Request(MUTATIONS[name], {"table": str(table.id), "id": id})
        answers.append((await answer(engine, services, table, request)).replace(id.encode(), b"ID"))
        everything = "query ($table: ID!) { records(tableId: $table) { nodes { id fields revision } } }"
        left = await api.execute(everything, {"table": table.id}, as_=table.owner)
        states.append([(node["fields"], node["revision"]) for node in left.ok["records"]["nodes"]])
        await delete_all(api, table)
    assert re.sub(rb"[0-9a-f-]{36}", b"", answers[0]) == re.sub(rb"[0-9a-f-]{36}", b"", answers[1])
    assert states[0] == states[1]


async def delete_all(api: Api, table: MadeTable) -> None:
    document = "query ($table: ID!) { records(tableId: $table) { nodes { id } } }"
    left = await api.execute(document, {"table": table.id}, as_=table.owner)
    ids = [node["id"] for node in left.ok["records"]["nodes"]]
    delete = "mutation ($input: DeleteRecordsInput!) { deleteRecords(input: $input) { deletedIds } }"
    if ids:
        (await api.execute(delete, {"input": {"tableId": table.id, "ids": ids}}, as_=table.owner)).ok  # noqa: B018


def test_the_fields_of_records_take_the_short_way() -> None:
    assert set(deferred_fields(SCHEMA)) == {
        ("Query", "record"),
        ("Query", "records"),
        ("Query", "aggregate"),
        ("Query", "deletedRecords"),
        ("Query", "recordChanges"),
        ("Mutation", "createRecord"),
        ("Mutation", "createRecords"),
        ("Mutation", "updateRecord"),
        ("Mutation", "updateRecords"),
        ("Mutation", "upsertRecords"),
        ("Mutation", "deleteRecords"),
        ("Mutation", "transact"),
        ("Mutation", "restoreRecords"),
    }
