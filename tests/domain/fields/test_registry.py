"""The registry finds every type, and a new type is one new file."""

from pathlib import Path

import pytest

from domain.fields import types
from domain.fields.registry import field_type, field_types

FOLDER = Path(types.__path__[0])
IN_ORDER = """
    text long_text number currency percent checkbox date datetime duration single_select multi_select linked_record
    lookup rollup formula attachment
    url email phone user rating barcode autonumber dimension gdt thread material
"""


def test_every_file_is_one_type() -> None:
    files = {path.stem for path in FOLDER.glob("*.py")} - {"__init__"}

    assert files == set(field_types())


def test_types_stand_in_the_order_of_the_public_contract() -> None:
    assert [key for key in field_types() if key in IN_ORDER.split()] == IN_ORDER.split()


def test_type_is_found_by_its_key() -> None:
    assert field_type("single_select") is field_types()["single_select"]
    assert field_type("single_select").key == "single_select"


def test_unknown_key_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        field_type("hologram")


def test_positions_differ() -> None:
    positions = [type.position for type in field_types().values()]

    assert len(set(positions)) == len(positions)
