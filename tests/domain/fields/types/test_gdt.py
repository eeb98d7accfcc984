"""The geometric tolerance field's exact rules."""

import asyncpg
import pytest

from domain.fields.control_frames import CHARACTERISTICS
from domain.fields.operators import FilterOperator
from tests.domain.fields.column import make_column
from tests.domain.fields.parsing import parse, refusal


def test_there_are_the_14_symbols() -> None:
    assert len(CHARACTERISTICS) == 14
    assert len({kind.sign for kind in CHARACTERISTICS.values()}) == 14


@pytest.mark.parametrize("symbol", CHARACTERISTICS)
def test_frame_reads_back_from_its_text(symbol: str) -> None:
    kind = CHARACTERISTICS[symbol]
    frame = {"symbol": symbol, "tolerance": 0.05, "unit": "mm"}
    frame |= {"datums": [{"datum": "A"}, {"datum": "B-C"}][: kind.max_datums]} if kind.max_datums else {}
    frame |= {"diameter": True} if kind.may_be_diameter else {}
    frame |= {"material_condition": "lmc"} if kind.may_have_material_condition else {}

    stored = parse("gdt", frame)
    assert isinstance(stored, dict)
    assert parse("gdt", stored["text"], typecast=True) == stored


def test_text_without_boxes_is_read() -> None:
    stored = parse("gdt", "Perpendicularity 0.1 A", typecast=True)

    assert stored == {
        "symbol": "perpendicularity",
        "tolerance": 0.1,
        "datums": [{"datum": "A"}],
        "text": "⟂ 0.1 | A",
    }


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ({"symbol": "circularity", "tolerance": 1, "datums": ["A"]}, "circularity takes at most 0 datums."),
        ({"symbol": "total_runout", "tolerance": 1}, "total_runout needs a datum."),
        ({"symbol": "symmetry", "tolerance": 1, "datums": ["A"], "diameter": True}, "cannot be a diameter."),
    ],
)
def test_rules_of_the_standard_hold(frame: dict[str, object], message: str) -> None:
    assert refusal("gdt", frame).message.endswith(message)


def test_place_of_a_bad_datum_is_named() -> None:
    assert refusal("gdt", {"symbol": "position", "tolerance": 1, "datums": ["A", "O"]}).loc == ("datums", 1, "datum")


async def test_equal_when_all_of_it_is(connection: asyncpg.Connection) -> None:
    flat, position = {"symbol": "flatness", "tolerance": 0.05}, {"symbol": "position", "tolerance": 1, "datums": ["A"]}
    column = await make_column(connection, "gdt", {}, flat, position, None)

    assert await column.matching(FilterOperator.EQ, {"tolerance": 0.05, "symbol": "⏥"}) == {0}
    assert await column.matching(FilterOperator.IN, ["position 1 A"]) == {1}
    assert await column.matching(FilterOperator.NEQ, flat) == {1, 2}
    assert await column.matching(FilterOperator.CONTAINS, "| A") == {1}
