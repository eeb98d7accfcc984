"""What is made of the records of a group, by each function and for each type of field."""

from typing import Any

import pytest

from domain.fields.aggregates import AggregateFunction
from tests.support.aggregates import Aggregates
from tests.support.api import Api, bearer
from tests.support.field_types import standalone_types
from tests.support.tables import MadeTable, create_records, make_table

PRICE = [(function.name, "Price") for function in AggregateFunction]
NOTHING = {"field": "Name", "operator": "EQ", "value": "nobody"}


async def test_numbers_are_exact(work: Aggregates) -> None:
    found = await work.totals("COUNT", *PRICE)

    assert found == {
        "count": 5,
        "count_Price": 4,
        "filled_Price": 4,
        "empty_Price": 1,
        "distinct_Price": 4,
        "sum_Price": 6.3,
        "avg_Price": 1.575,
        "min_Price": -1,
        "max_Price": 7,
        "median_Price": 0.15,
    }


async def test_the_median_of_an_odd_number_is_the_one_in_the_middle(work: Aggregates) -> None:
    positive = {"field": "Price", "operator": "GT", "value": 0}

    assert await work.totals(("MEDIAN", "Price"), filter=positive) == {"median_Price": 0.2}


async def test_large_and_small_numbers_keep_every_digit(api: Api) -> None:
    table = await make_table(api, [{"name": "N", "type": "NUMBER"}])
    await create_records(api, table, [{"N": 9e20}, {"N": 1e-12}, {"N": 9007199254740991}])
    document = """
        query ($table: ID!) { aggregate(tableId: $table, metrics: [{field: "N", function: SUM}]) { nodes { metrics } } }
    """

    request = {"query": document, "variables": {"table": str(table.id)}}
    response = await api.http.post("/graphql", json=request, headers=bearer(table.owner))

    assert '"sum_N":900009007199254740991.000000000001' in response.text


async def test_no_values_have_no_sum(work: Aggregates) -> None:
    found = await work.totals("COUNT", *PRICE, filter=NOTHING)

    counted = ["count", "count_Price", "filled_Price", "empty_Price", "distinct_Price"]
    assert found == dict.fromkeys(counted, 0) | {
        f"{name}_Price": None for name in ("sum", "avg", "min", "max", "median")
    }


async def test_values_come_out_as_their_type_writes_them(work: Aggregates) -> None:
    found = await work.totals(
        ("SUM", "Spent"), ("AVG", "Spent"), ("MAX", "Spent"), ("AVG", "Stars"), ("SUM", "Stars"), ("MAX", "Stars"),
        ("MIN", "No"), ("MAX", "No"), ("SUM", "No"), ("MIN", "Day"), ("MAX", "Day"), ("MIN", "At"), ("MAX", "At"),
        ("SUM", "$revision"), ("DISTINCT", "$createdBy"),
    )  # fmt: skip

    assert found == {
        "sum_Spent": 90.5,
        "avg_Spent": 45.25,
        "max_Spent": 90,
        "avg_Stars": 4.5,
        "sum_Stars": 9,
        "max_Stars": 5,
        "min_No": "T-1",
        "max_No": "T-5",
        "sum_No": 15,
        "min_Day": "2026-01-31",
        "max_Day": "2026-02-28",
        "min_At": "2026-03-29T00:30:00Z",
        "max_At": "2026-03-29T01:30:00Z",
        "sum_$revision": 5,
        "distinct_$createdBy": 1,
    }


async def test_different_values_are_counted_as_they_read(work: Aggregates) -> None:
    fields = ("Name", "Ready", "Stage", "Tags", "Day")
    found = await work.totals(*(("DISTINCT", field) for field in fields))

    assert found == {
        "distinct_Name": 3,
        "distinct_Ready": 2,
        "distinct_Stage": 2,
        "distinct_Tags": 2,
        "distinct_Day": 3,
    }


async def test_a_box_is_filled_when_it_is_checked(work: Aggregates) -> None:
    assert await work.totals(("FILLED", "Ready"), ("EMPTY", "Ready")) == {"filled_Ready": 1, "empty_Ready": 4}


async def test_a_metric_has_the_name_that_it_is_given(work: Aggregates) -> None:
    given = [{"function": "SUM", "field": work.table.fields["Price"], "as": "total"}]

    [group] = await work.groups(metrics=given)

    assert group == {"key": {}, "count": 5, "metrics": {"total": 6.3}}


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ({"function": "SUM", "field": "Name"}, "of type TEXT. These do: COUNT, FILLED, EMPTY, DISTINCT."),
        ({"function": "MEDIAN", "field": "Day"}, "of type DATE. These do: COUNT, FILLED, EMPTY, DISTINCT, MIN, MAX."),
        ({"function": "MIN", "field": "Stage"}, "of type SINGLE_SELECT. These do: COUNT, FILLED, EMPTY, DISTINCT."),
        ({"function": "SUM"}, "SUM needs a 'field'."),
        ({"function": "SUM", "field": "Nope"}, "has no field 'Nope'"),
    ],
)
async def test_what_does_not_fit_is_refused_with_what_does(
    work: Aggregates, metric: dict[str, Any], expected: str
) -> None:
    result = await work.read(metrics=[metric])

    assert result.codes == ["BAD_REQUEST"]
    assert expected in result.errors[0]["message"]


async def test_every_type_can_be_counted_and_grouped(api: Api) -> None:
    types = list(standalone_types().values())
    examples = {type.key: next((each for each in type.examples if not each.typecast), None) for type in types}
    fields: list[dict[str, Any]] = [{"name": "Name", "type": "TEXT"}]
    fields += [
        {"name": key, "type": key.upper(), "options": dict(example.options) if example else {}}
        for key, example in examples.items()
    ]
    table: MadeTable = await make_table(api, fields)
    plain = {
        type.key: examples[type.key].value  # type: ignore[union-attr]  # each has an example
        for type in types
        if type.is_writable and type.references is None and examples[type.key]
    }
    await create_records(api, table, [plain, plain, {}])
    aggregates = Aggregates(api, table)

    for type in types:
        metrics = [{"function": function.name, "field": type.key} for function in type.aggregates]
        groups = await aggregates.groups(groupBy=[{"field": type.key}], metrics=metrics)
        assert sum(group["count"] for group in groups) == 3
        filled = 1 if type.key == "checkbox" and not plain["checkbox"] else len(groups)
        assert len(groups) == filled, type.key
        for group in groups:
            assert group["metrics"][f"empty_{type.key}"] + group["metrics"][f"filled_{type.key}"] == group["count"]
