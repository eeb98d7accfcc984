"""How many statements an aggregate costs: one, whatever is selected and however many groups there are."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.aggregates import Aggregates
from tests.support.api import Api
from tests.support.statements import StatementLog
from tests.support.tables import create_records

SELECTIONS = {
    "nodes": "nodes { hash key count metrics }",
    "count": "totalCount",
    "page": "pageInfo { hasNextPage hasPreviousPage startCursor endCursor }",
    "all": "__typename a: nodes { __typename k: key } edges { __typename cursor node { __typename count metrics } } "
    "totalCount eventCursor pageInfo { __typename endCursor }",
}
WHOLE: dict[str, Any] = {
    "groupBy": [{"field": "Tags", "eachItem": True}, {"field": "At", "bucket": "DAY", "timeZone": "Asia/Tokyo"}],
    "metrics": [{"function": "MEDIAN", "field": "Spent"}, {"function": "DISTINCT", "field": "Name"}],
    "orderBy": [{"by": "median_Spent", "direction": "DESC"}],
    "filter": {"field": "Price", "operator": "GT", "value": -5},
    "search": "a",
}


@pytest.mark.parametrize("selection", SELECTIONS.values(), ids=SELECTIONS)
@pytest.mark.parametrize("arguments", [{}, WHOLE], ids=["plain", "everything"])
@pytest.mark.parametrize("count", [1, 40])
async def test_an_aggregate_is_one_statement(
    api: Api,
    work: Aggregates,
    statements: Callable[[], StatementLog],
    selection: str,
    arguments: dict[str, Any],
    count: int,
) -> None:
    await create_records(api, work.table, [{"Name": f"a{n}", "At": "2026-01-01T00:00:00Z"} for n in range(count)])
    await work.read(selection, **arguments)
    with statements() as seen:
        assert (await work.read(selection, **arguments)).ok
    assert (len(reads(seen)), seen.transactions) == (1, []), seen.texts


async def test_other_values_of_the_same_shape_are_the_same_statement(
    work: Aggregates, statements: Callable[[], StatementLog]
) -> None:
    for value in (1, 2):
        with statements() as seen:
            assert (await work.read(filter={"field": "Price", "operator": "GT", "value": value}, first=value)).ok
    assert len(reads(seen)) == 1


def reads(seen: StatementLog) -> list[str]:
    """The statements but that by which a session is looked at once a second, which a slow test comes upon."""
    return [text for text in seen.texts if "UPDATE sessions" not in text]
