"""Rollups: what each function makes of the linked values."""

from typing import Any

import pytest

from tests.graph.relations.conftest import World
from tests.support.refusals import refusal

SIZES = [5, None, 2, 2, 4]


async def rollup(world: World, name: str, target: str, function: str, **more: Any) -> Any:
    """Add a rollup of the companies to the people."""
    options = {
        "linked_field_id": await world.id_of(world.people, "Company"),
        "rollup_field_id": await world.id_of(world.companies, target),
        "function": function,
        **more,
    }
    return await world.add_field(world.people, name, "ROLLUP", options)


EXPECTED = [
    ("Size", "sum", 13, None),
    ("Size", "avg", 3.25, None),
    ("Size", "min", 2, None),
    ("Size", "max", 5, None),
    ("Size", "count", 4, 0),
    ("Size", "counta", 4, 0),
    ("Size", "countall", 5, 0),
    ("Size", "and", False, False),
    ("Size", "or", True, False),
    ("Size", "xor", False, False),
    ("Size", "array_unique", [5, 2, 4], []),
    ("Size", "array_compact", [5, 2, 2, 4], []),
    ("Size", "array_join", "5, 2, 2, 4", None),
    ("Size", "first", 5, None),
    ("Size", "last", 4, None),
    ("Size", "median", 3, None),
    ("Since", "earliest", "2020-01-02", None),
    ("Since", "latest", "2024-01-02", None),
    ("Since", "min", "2020-01-02", None),
    ("Hours", "sum", 15, None),
    ("Hours", "avg", 3, None),
    ("Hours", "median", 3, None),
    ("Name", "array_join", "0, 1, 2, 3, 4", None),
    ("Tags", "array_unique", ["x", "y"], []),
    ("Tags", "count", 6, 0),
]


async def test_each_function(many: World) -> None:
    assert (await many.add_field(many.companies, "Since", "DATE")).ok
    assert (await many.add_field(many.companies, "Hours", "DURATION")).ok
    choices = {"choices": [{"name": "x"}, {"name": "y"}]}
    assert (await many.add_field(many.companies, "Tags", "MULTI_SELECT", choices)).ok
    rows = [
        {"Name": str(n), "Size": size, "Since": f"202{n}-01-02", "Hours": n + 1, "Tags": ["x", "y"] if n % 2 else ["x"]}
        for n, size in enumerate(SIZES)
    ]
    rows[0]["Tags"] = []
    companies = await many.add(many.companies, *rows)
    await many.add(many.people, {"Name": "Ann", "Company": companies}, {"Name": "Ben"})
    for target, function, _, _ in EXPECTED:
        assert (await rollup(many, f"{function} {target}", target, function)).ok
    ann, ben = await many.people.all()
    shown = {name: (ann[name], ben[name]) for name in ann}
    for target, function, some, none in EXPECTED:
        assert shown[f"{function} {target}"] == (some, none), (function, target)


@pytest.mark.parametrize(
    ("target", "function", "takes"),
    [
        ("Name", "sum", "numbers or durations"),
        ("Size", "earliest", "dates"),
        ("Name", "median", "numbers or durations"),
    ],
)
async def test_a_function_that_does_not_fit_is_refused(many: World, target: str, function: str, takes: str) -> None:
    refused = refusal(await rollup(many, "Bad", target, function), "VALIDATION_ERROR")
    assert f"{function} takes {takes}; the field {target!r} is of type" in refused["message"]


async def test_an_unknown_function_is_refused(many: World) -> None:
    refusal(await rollup(many, "Bad", "Size", "product"), "VALIDATION_ERROR")


async def test_a_rollup_is_filtered_sorted_and_rolled_up_again(many: World) -> None:
    a, b = await many.add(many.companies, {"Name": "A", "Size": 3}, {"Name": "B", "Size": 5})
    await many.add(many.people, {"Name": "Ann", "Company": [a]}, {"Name": "Ben", "Company": [a, b]}, {"Name": "Cyd"})
    assert (await rollup(many, "Total", "Size", "sum")).ok
    page = await many.people.page(
        filter={"field": "Total", "operator": "GTE", "value": 3}, orderBy=[{"field": "Total", "direction": "DESC"}]
    )
    assert [node["fields"]["Name"] for node in page.ok["records"]["nodes"]] == ["Ben", "Ann"]
    options = {
        "linked_field_id": await many.id_of(many.companies, "People"),
        "rollup_field_id": await many.id_of(many.people, "Total"),
        "function": "max",
    }
    assert (await many.add_field(many.companies, "Most", "ROLLUP", options)).ok
    assert await many.values(many.companies, "Most") == {"A": 8, "B": 8}


async def test_a_conversion_that_would_break_a_rollup_is_refused(many: World) -> None:
    assert (await rollup(many, "Total", "Size", "sum")).ok
    document = "mutation ($input: UpdateFieldInput!) { updateField(input: $input) { field { id } } }"
    given = {"id": await many.id_of(many.companies, "Size"), "type": "TEXT"}
    refused = refusal(await many.api.execute(document, {"input": given}, as_=many.owner), "CONFLICT")
    assert refused["message"].startswith("People.Total depends on it and would have no values: sum takes")
    assert (await many.fields(many.companies))["Size"]["type"] == "NUMBER"


@pytest.mark.parametrize("function", ["sum", "count", "countall", "and", "array_join", "array_unique", "first"])
async def test_pages_by_a_rollup_are_the_same_with_a_filter_and_without(many: World, function: str) -> None:
    """Without one the values of all records are joined, with one each looks for its own."""
    companies = await many.add(many.companies, *({"Name": str(n), "Size": n % 3 or None} for n in range(7)))
    await many.add(many.people, *({"Name": str(n), "Age": 1, "Company": companies[: n % 4]} for n in range(12)))
    assert (await rollup(many, "Total", "Size", function)).ok
    whole: list[list[Any]] = []
    for filter in (None, {"field": "Age", "operator": "EQ", "value": 1}):
        for direction in ("ASC", "DESC"):
            found: list[Any] = []
            after = None
            for _ in range(4):
                page = await many.people.page(
                    orderBy=[{"field": "Total", "direction": direction}],
                    filter=filter,
                    first=3,
                    after=after,
                    selection="nodes { id fields } pageInfo { endCursor hasPreviousPage } totalCount",
                )
                assert page.ok["records"]["totalCount"] == 12
                found += page.ok["records"]["nodes"]
                after = page.ok["records"]["pageInfo"]["endCursor"]
            whole.append(found)
    assert len(whole[0]) == 12
    assert whole[:2] == whole[2:]
