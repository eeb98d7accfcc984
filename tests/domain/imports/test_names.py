"""The names of columns."""

import pytest

from domain.imports.names import looks_like_header, unique_names
from tests.domain.imports.files import import_file


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (["Name", "Name", ""], ("Name", "Name 2", "Column 3")),
        (["Name", "name", "NAME"], ("Name", "name 2", "NAME 3")),
        (["Name", "Name", "Name 2"], ("Name", "Name 3", "Name 2")),
        (["", "", "Column 1"], ("Column 1 2", "Column 2", "Column 1")),
        (["  two\n words ", "\ufeffid", None], ("two words", "id", "Column 3")),
        (["a\x00b", "x\ud800"], ("a b", "x")),
        ([1, 2.5, True], ("1", "2.5", "True")),
    ],
)
def test_names_become_clean_and_unique(raw: list[object], expected: tuple[str, ...]) -> None:
    assert unique_names(raw, len(raw), 255).names == expected


def test_long_names_are_cut_to_the_limit_and_stay_unique() -> None:
    assert unique_names(["x" * 20, "x" * 30], 2, 10).names == ("x" * 10, "x" * 8 + " 2")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Name", "City"], ["Ann", "Oslo"]], True),
        ([["Name"]], True),
        ([["Ann", "31"], ["Bob", "9"]], False),
        ([["x", "2024-01-02"], ["y", "2024-01-03"]], False),
        ([["a@b.example", "x"], ["c@d.example", "y"]], False),
        ([["true", "x"], ["false", "y"]], False),
        ([["Name", "", "Name"], ["Ann", "1", "x"]], True),
        ([["x", "x"], ["y", "z"]], False),
        ([["x", "", ""], ["y", "1", "2"]], False),
        ([["Name", 5], ["x", 6]], False),
    ],
)
def test_header_is_told_from_rows(rows: list[list[object]], expected: bool) -> None:
    assert looks_like_header(rows) is expected


def test_file_without_header_gets_numbered_columns_and_keeps_its_first_row() -> None:
    result = import_file("Ann,31\nBob,9\n")
    assert result.types == {"Column 1": "text", "Column 2": "number"}
    assert result.rows == [["Ann", 31], ["Bob", 9]]
    assert result.lines == [1, 2]


def test_repeated_and_missing_names_in_a_file() -> None:
    result = import_file("Name,Name,\nAnn,1,x\n")
    assert list(result.types) == ["Name", "Name 2", "Column 3"]
