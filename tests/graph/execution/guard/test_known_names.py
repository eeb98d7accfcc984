"""Errors about a name that is not there: they list the names that are, on a server that shows its schema."""

import pytest
from graphql import parse

from graph.execution.guard.validation import validate_bounded
from graph.schema import build_schema
from tests.support.api import Api
from tests.support.refusals import assert_clean

ORDER = 'query ($order: [RecordOrder!]) { records(tableId: "x", orderBy: $order) { totalCount } }'
DIRECTIONS = " There are: ASC, DESC."


@pytest.mark.parametrize(
    ("document", "ending"),
    [
        ('{ records(tableId: "x", orderBy: {field: "a", direction: UPWARDS}) { totalCount } }', DIRECTIONS),
        ('{ records(tableId: "x", orderBy: {field: "a", direction: "UPWARDS"}) { totalCount } }', DIRECTIONS),
        ('{ records(tableId: "x", orderBy: {by: "a", field: "a"}) { totalCount } }', " There are: field, direction."),
        ('{ record(ident: "x", id: "x") { id } }', "on field 'Query.record'. Did you mean 'id'? There are: id."),
    ],
)
async def test_a_document_with_a_name_that_is_not_there(document: str, ending: str, api: Api) -> None:
    owner = await api.register()
    refused = await api.execute(document, as_=owner)
    assert refused.codes == ["BAD_REQUEST"]
    assert_clean(refused)
    assert refused.errors[0]["message"].endswith(ending)


@pytest.mark.parametrize(
    ("order", "ending"),
    [
        ({"field": "a", "direction": "UPWARDS"}, DIRECTIONS),
        ({"by": "a", "field": "a"}, " There are: field, direction."),
    ],
)
async def test_variables_with_a_name_that_is_not_there(order: object, ending: str, api: Api) -> None:
    owner = await api.register()
    refused = await api.execute(ORDER, {"order": [order]}, as_=owner)
    assert refused.codes == ["BAD_REQUEST"]
    assert refused.errors[0]["message"].endswith(ending)


@pytest.mark.parametrize("shows_schema", [True, False])
def test_a_server_that_does_not_show_its_schema_names_nothing(shows_schema: bool) -> None:
    document = parse('{ records(tableId: "x", sort: {field: "a", direction: UPWARDS}) { totalCount } }')
    [error] = validate_bounded(build_schema()._schema, document, shows_schema=shows_schema)
    assert ("There are: tableId, " in error.message) == shows_schema
