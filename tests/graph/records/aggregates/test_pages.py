"""The order of groups, pages of them by cursor, and how many there are."""

from typing import Any

import pytest

from tests.support.aggregates import Aggregates
from tests.support.api import Api
from tests.support.tables import create_records

PAGE = "totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } edges { cursor node { key count } }"
BY_STAGE = [{"field": "Stage"}]
SUM = [{"function": "SUM", "field": "Price", "as": "total"}]


async def keys(work: Aggregates, *order: str, **more: Any) -> list[Any]:
    """The keys in an order: names, with a minus for descending."""
    given = [{"by": name.lstrip("-"), "direction": "DESC" if name.startswith("-") else "ASC"} for name in order]
    groups = await work.groups(**({"groupBy": BY_STAGE, "metrics": SUM, "orderBy": given} | more))
    return [next(iter(group["key"].values())) for group in groups]


async def test_groups_are_sorted_by_a_key_a_metric_or_their_count(work: Aggregates) -> None:
    assert await keys(work) == [None, "Open", "Done"]
    assert await keys(work, "-Stage") == ["Done", "Open", None]
    assert await keys(work, "total") == [None, "Done", "Open"]
    assert await keys(work, "-total") == ["Open", "Done", None]
    assert await keys(work, "-count") == ["Open", None, "Done"]
    assert await keys(work, "count", "-Stage") == ["Done", None, "Open"]


async def test_a_metric_of_no_values_comes_first_and_last(work: Aggregates) -> None:
    days = {"groupBy": [{"field": "Name"}], "metrics": [{"function": "MIN", "field": "Day", "as": "first"}]}

    assert await keys(work, "first", **days) == [None, "a", "A", "b"]
    assert await keys(work, "-first", **days) == ["b", "A", "a", None]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("order", [(), ("-Price",), ("total", "-Price"), ("-filled",), ("-first", "count")])
async def test_pages_are_the_whole_list_in_both_directions(
    api: Api, work: Aggregates, size: int, order: tuple[str, ...]
) -> None:
    await create_records(api, work.table, [{"Price": n, "Day": f"2026-03-0{n}"} for n in range(1, 8)])
    metrics = [
        *SUM,
        {"function": "FILLED", "field": "Name", "as": "filled"},
        {"function": "MIN", "field": "Day", "as": "first"},
    ]
    sorts = [{"by": name.lstrip("-"), "direction": "DESC" if name.startswith("-") else "ASC"} for name in order]
    given = {"groupBy": [{"field": "Price"}, {"field": "Tags"}], "metrics": metrics, "orderBy": sorts}
    whole = (await work.read(PAGE, **given)).ok["aggregate"]

    forward = await walk(work, given, "first", "after", "endCursor", "hasNextPage", size)
    backward = await walk(work, given, "last", "before", "startCursor", "hasPreviousPage", size)

    assert whole["totalCount"] == len(whole["edges"]) == 12
    assert [edge for page in forward for edge in page] == whole["edges"]
    assert [edge for page in reversed(backward) for edge in page] == whole["edges"]


async def walk(
    work: Aggregates, given: dict[str, Any], count: str, behind: str, cursor: str, more: str, size: int
) -> list[list[Any]]:
    """The pages of a list, one after the other."""
    pages: list[list[Any]] = []
    place = None
    while True:
        page = (await work.read(PAGE, **given, **{count: size, behind: place})).ok["aggregate"]
        assert page["totalCount"] == 12
        assert page["pageInfo"]["hasPreviousPage" if count == "first" else "hasNextPage"] is bool(pages)
        pages.append(page["edges"])
        if not page["pageInfo"][more]:
            return pages
        place = page["pageInfo"][cursor]


async def test_without_keys_there_is_one_group(work: Aggregates) -> None:
    page = (await work.read(PAGE)).ok["aggregate"]
    nobody = {"field": "Name", "operator": "EQ", "value": "nobody"}
    empty = (await work.read(PAGE, filter=nobody)).ok["aggregate"]
    none = (await work.read(PAGE, filter=nobody, groupBy=BY_STAGE)).ok["aggregate"]

    assert (page["totalCount"], [edge["node"] for edge in page["edges"]]) == (1, [{"key": {}, "count": 5}])
    assert (empty["totalCount"], [edge["node"] for edge in empty["edges"]]) == (1, [{"key": {}, "count": 0}])
    assert (none["totalCount"], none["edges"], none["pageInfo"]["endCursor"]) == (0, [], None)


async def test_a_cursor_is_good_for_its_keys_and_order_whatever_they_are_called(work: Aggregates) -> None:
    given: dict[str, Any] = {"groupBy": BY_STAGE, "metrics": SUM, "orderBy": [{"by": "total"}]}
    page = (await work.read(PAGE, first=1, **given)).ok["aggregate"]
    after = page["pageInfo"]["endCursor"]
    renamed = {
        "groupBy": [{"field": work.table.fields["Stage"], "as": "stage"}],
        "metrics": [{"function": "COUNT"}, {"function": "SUM", "field": "Price", "as": "sum"}],
        "orderBy": [{"by": "sum"}],
    }
    others = [
        given | {"orderBy": [{"by": "total", "direction": "DESC"}]},
        given | {"orderBy": [{"by": "Stage"}]},
        given | {"groupBy": [{"field": "Ready"}]},
        given | {"metrics": [{"function": "AVG", "field": "Price", "as": "total"}]},
        given | {"groupBy": [{"field": "Day", "bucket": "DAY"}]},
    ]

    assert [group["key"] for group in await work.groups(after=after, **renamed)] == [
        {"stage": "Done"},
        {"stage": "Open"},
    ]
    for other in others:
        assert (await work.read(after=after, **other)).codes == ["BAD_REQUEST"]
    assert (await work.read(after=after[:-1] + "0z", **given)).codes == ["BAD_REQUEST"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"orderBy": [{"by": "nope"}]}, "There is no key or metric 'nope'. There are: 'Stage', 'total', 'count'."),
        ({"orderBy": [{"by": "count"}, {"by": "count"}]}, "names 'count' twice"),
        ({"first": -1}, "from 0 to 1000"),
        ({"first": 1001}, "from 0 to 1000"),
        ({"first": 1, "last": 1}, "not for both"),
        ({"groupBy": [{"field": "Name", "as": str(n)} for n in range(11)]}, "has 11 items; at most 10 are taken"),
        ({"metrics": [{"function": "COUNT", "as": str(n)} for n in range(51)]}, "has 51 items; at most 50 are taken"),
        ({"orderBy": [{"by": "count"}] * 61}, "has 61 items; at most 60 are taken"),
    ],
)
async def test_what_is_out_of_bounds_is_refused(work: Aggregates, more: dict[str, Any], expected: str) -> None:
    result = await work.read(**({"groupBy": BY_STAGE, "metrics": SUM} | more))

    assert result.codes == ["BAD_REQUEST"]
    assert expected in result.errors[0]["message"]


async def test_as_much_as_the_bounds_allow_is_answered(work: Aggregates) -> None:
    names = list(work.table.fields)[:10]
    metrics = [{"function": "DISTINCT", "field": names[n % 10], "as": str(n)} for n in range(50)]
    order = [{"by": name} for name in names] + [{"by": str(n)} for n in range(50)]

    groups = await work.groups(groupBy=[{"field": name} for name in names], metrics=metrics, orderBy=order, first=1000)

    assert [group["count"] for group in groups] == [1] * 5
