"""A formula that is a field's own value filters, sorts and searches as that field does, for every type of result."""

from typing import Any

import pytest

from tests.graph.formulas.conftest import Shop
from tests.support.refusals import done

VALUES: dict[str, tuple[list[Any], Any, str]] = {
    "NUMBER": ([3, None, -1.5, 0, 12], 3, "3"),
    "LONG_TEXT": (["b", None, "Ab", "ä", "100%"], "b", "B"),
    "CHECKBOX": ([True, None, False, True, None], True, "tr"),
    "DATE": (["2024-05-31", None, "0001-01-02", "9999-12-30", "2024-02-29"], "2024-05-31", "2024"),
    "DATETIME": (
        ["2024-05-31T10:00:00.25Z", None, "2024-05-31T09:59:59Z", "9999-12-30T00:00:00Z", "1970-01-01T00:00:00Z"],
        "2024-05-31T10:00:00.25Z",
        "2024",
    ),
    "DURATION": ([90, None, -3600.5, 0, 86_400], 90, "0:0"),
}
"""By type: values of records, one to compare with, and a part of a text to search for."""
PLAIN = ("EQ", "NEQ", "LT", "LTE", "GT", "GTE")
TEXTS = ("CONTAINS", "NOT_CONTAINS", "ICONTAINS", "STARTS_WITH", "ENDS_WITH")


async def _fill(shop: Shop, type: str, formula: str) -> None:
    values, _, _ = VALUES[type]
    done(await shop.field("It", type))
    done(await shop.formula("Same", formula))
    await shop.add(*({"Name": str(i), "It": value} for i, value in enumerate(values)))


_formulas = pytest.mark.parametrize("formula", ["It", "IF(NOW(), It)"], ids=["stored", "computed"])
_types = pytest.mark.parametrize("type", VALUES)


@_types
@_formulas
async def test_the_values_are_the_same(shop: Shop, type: str, formula: str) -> None:
    await _fill(shop, type, formula)

    assert await shop.values("Same") == await shop.values("It")
    assert (await shop.fields())["Same"]["error"] is None


@_types
@_formulas
async def test_each_filter_finds_the_same(shop: Shop, type: str, formula: str) -> None:
    await _fill(shop, type, formula)
    _, operand, part = VALUES[type]
    infos = await shop.records.run("{ fieldTypes { type operators } }")
    fitting = next(each["operators"] for each in infos.ok["fieldTypes"] if each["type"] == type)
    tried = 0
    for operator in fitting:
        value = [operand] if operator in ("IN", "NOT_IN") else part if operator in TEXTS else operand
        given = {"operator": operator, "value": None if operator.endswith("EMPTY") else value}
        found = await shop.names(filter={"field": "It", **given})

        assert await shop.names(filter={"field": "Same", **given}) == found, operator
        tried += 1
    assert tried >= 4


@_types
@_formulas
async def test_the_order_is_the_same(shop: Shop, type: str, formula: str) -> None:
    await _fill(shop, type, formula)

    for direction in ("ASC", "DESC"):
        order = await shop.names(orderBy=[{"field": "It", "direction": direction}])
        assert await shop.names(orderBy=[{"field": "Same", "direction": direction}]) == order


@_types
async def test_an_index_gives_the_same_order(shop: Shop, type: str) -> None:
    await _fill(shop, type, "It")

    done(await shop.change("Same", isIndexed=True))

    for direction in ("ASC", "DESC"):
        order = await shop.names(orderBy=[{"field": "It", "direction": direction}])
        assert await shop.names(orderBy=[{"field": "Same", "direction": direction}]) == order
