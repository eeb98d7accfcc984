"""Small requests that would cost much are refused, by name and before they do."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from graphql import get_introspection_query

from domain.records.compile import MAX_STATEMENT_LENGTH
from graph.execution.inputs import MAX_INPUT_OBJECTS, MAX_INPUT_VALUES
from resolvers.services import Services
from tests.support.api import Api
from tests.support.records import Records
from tests.support.tables import make_table

HUGE_NUMBER = "1" + "0" * 5_000
UNWEIGHED = {
    "max_query_depth": 100,
    "max_query_aliases": 10**9,
    "max_selected_fields": 10**9,
    "max_field_recursion": 100,
    "max_query_cost": 10**30,
    "max_cost_per_minute": 0,
}
TOO_MUCH = f"The variables hold too much: at most {MAX_INPUT_VALUES:,} list items, of which {MAX_INPUT_OBJECTS:,} may"


@pytest.fixture
def services(services: Services) -> Services:
    """With bounds so wide that what stands behind them has to do its work; guard/ has the tests of those bounds."""
    services.limits = replace(services.limits, execution_timeout=timedelta(minutes=2), **UNWEIGHED)
    return services


async def test_a_selection_that_multiplies_in_circles_is_given_up(api: Api, services: Services) -> None:
    services.limits = replace(services.limits, max_answer_values=20_000)
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    rounds = "".join(
        f" fragment R{i} on Table {{ a: base {{ tables {{ ...R{i + 1} }} }} b: base {{ tables {{ ...R{i + 1} }} }} }}"
        for i in range(20)
    )
    document = f"query ($id: ID!) {{ table(id: $id) {{ ...R0 }} }}{rounds} fragment R20 on Table {{ id }}"
    result = await api.execute(document, {"id": table.id}, as_=table.owner)
    assert result.data == {"table": None}
    assert set(result.codes) == {"QUERY_TOO_COMPLEX"}
    assert result.errors[0]["message"] == "The answer has more than 20,000 values; ask for less at once."
    assert result.errors[0]["extensions"] == {
        "code": "QUERY_TOO_COMPLEX",
        "limit": "max_answer_values",
        "most": 20_000,
    }


async def test_as_many_values_as_the_setting_says_are_answered(api: Api, services: Services) -> None:
    table = await make_table(api, [{"name": f"Field {i}", "type": "TEXT"} for i in range(10)])
    document = "query ($id: ID!) { table(id: $id) { fields { id name } } }"
    for most, codes in ((22, []), (21, ["QUERY_TOO_COMPLEX"])):
        services.limits = replace(services.limits, max_answer_values=most)
        assert (await api.execute(document, {"id": table.id}, as_=table.owner)).codes == codes


@pytest.mark.parametrize(
    "document",
    [
        f'{{ records(tableId: "x", first: {HUGE_NUMBER}) {{ totalCount }} }}',
        f'query ($n: Int = {HUGE_NUMBER}) {{ records(tableId: "x", first: $n) {{ totalCount }} }}',
    ],
)
async def test_a_number_of_thousands_of_digits_in_a_document_is_a_bad_request(api: Api, document: str) -> None:
    result = await api.execute(document)
    assert (result.codes, result.errors[0]["message"]) == (["BAD_REQUEST"], "The number has too many digits.")


@pytest.mark.parametrize(
    ("type", "value"),
    [
        ("RecordFilter", {"or": [{}] * (MAX_INPUT_OBJECTS + 1)}),
        ("RecordFilter", {"not": {"or": [{"and": [{}] * 6_001}] * 2}}),
        ("[RecordOrder!]", [{"field": "Name"}] * (MAX_INPUT_OBJECTS + 1)),
        ("UpdateRecordsInput!", {"tableId": "x", "records": [{}] * (MAX_INPUT_OBJECTS + 1)}),
        ("CreateRecordsInput!", {"tableId": "x", "records": [{}] * (MAX_INPUT_VALUES + 1)}),
        ("DeleteRecordsInput!", {"tableId": "x", "ids": ["x"] * (MAX_INPUT_VALUES + 1)}),
    ],
)
async def test_variables_with_too_many_list_items_are_refused(api: Api, type: str, value: Any) -> None:
    used = {
        "RecordFilter": 'query ($v: RecordFilter) { records(tableId: "x", filter: $v) { totalCount } }',
        "[RecordOrder!]": 'query ($v: [RecordOrder!]) { records(tableId: "x", orderBy: $v) { totalCount } }',
        "UpdateRecordsInput!": "mutation ($v: UpdateRecordsInput!) { updateRecords(input: $v) { eventCursor } }",
        "CreateRecordsInput!": "mutation ($v: CreateRecordsInput!) { createRecords(input: $v) { eventCursor } }",
        "DeleteRecordsInput!": "mutation ($v: DeleteRecordsInput!) { deleteRecords(input: $v) { deletedIds } }",
    }
    result = await api.execute(used[type], {"v": value})
    assert result.codes == ["QUERY_TOO_COMPLEX"]
    assert result.errors[0]["message"].startswith(TOO_MUCH)


@pytest.mark.parametrize("part", [{}, {"or": []}, {"and": [], "not": {}}])
async def test_empty_filters_count_as_conditions(api: Api, part: dict[str, Any]) -> None:
    table = await make_table(api, [{"name": "Name", "type": "TEXT"}])
    records = Records(api, table)
    result = await records.page(selection="totalCount", filter={"or": [part] * 501})
    assert result.codes == ["BAD_REQUEST"]
    assert result.errors[0]["message"] == "The filter has more than 500 conditions."


async def test_a_selection_whose_statement_would_be_too_long_is_refused(api: Api) -> None:
    table = await make_table(api, [{"name": f"Field {i}", "type": "TEXT"} for i in range(60)])
    selection = " ".join(f"a{i}: fields" for i in range(500))
    result = await Records(api, table).page(selection=f"nodes {{ {selection} }}")
    assert result.codes == ["QUERY_TOO_COMPLEX"]
    assert f"at most {MAX_STATEMENT_LENGTH:,} are run" in result.errors[0]["message"]


async def test_that_a_statement_would_be_too_long_is_told_to_members_only(api: Api) -> None:
    table = await make_table(api, [{"name": f"Field {i}", "type": "TEXT"} for i in range(60)])
    selection = " ".join(f"a{i}: fields" for i in range(500))
    stranger = await api.register()
    result = await Records(api, table).page(selection=f"nodes {{ {selection} }}", as_=stranger)
    assert result.codes == ["NOT_FOUND"]


async def test_a_tool_may_ask_for_the_whole_schema(api: Api, services: Services) -> None:
    """With room for the rest of an answer as large again."""
    whole = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    services.limits = replace(services.limits, max_answer_values=services.limits.max_answer_values // 2)
    assert (await api.execute(whole)).codes == []
