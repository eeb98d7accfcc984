"""Workbooks: sheets, rows and typed cells."""

from datetime import date, datetime, time, timedelta

import pytest

from domain.errors import BadRequest
from tests.domain.imports.files import import_file, workbook

_PEOPLE = [["Name", "Age", "Member"], ["Ann", 31, True], ["Łukasz", 9.5, False]]


def test_first_sheet_gives_rows_with_their_types_and_numbers() -> None:
    result = import_file(workbook(("People", _PEOPLE), ("Other", [["x"], [1]])), "data.xlsx")
    assert result.types == {"Name": "text", "Age": "number", "Member": "checkbox"}
    assert (result.rows, result.lines) == ([["Ann", 31, True], ["Łukasz", 9.5, False]], [2, 3])
    assert (result.plan.layout.sheet, result.plan.layout.sheets) == ("People", ("People", "Other"))


def test_named_sheet_is_read() -> None:
    content = workbook(("People", _PEOPLE), ("Größen 📏", [["x"], [1]]))
    assert import_file(content, "data.xlsx", sheet="Größen 📏").rows == [[1]]
    with pytest.raises(BadRequest, match=r"no sheet 'Nobody'. It has: 'People', 'Größen 📏'"):
        import_file(content, "data.xlsx", sheet="Nobody")


def test_dates_times_and_lengths_of_time_keep_their_meaning() -> None:
    rows = [
        ["day", "moment", "clock", "length"],
        [date(2024, 2, 29), datetime(2024, 1, 2, 3, 4, 5), time(13, 30), timedelta(hours=30, seconds=5)],
        [date(1999, 12, 31), datetime(2024, 1, 2), time(0, 5), timedelta(minutes=90)],
    ]
    result = import_file(workbook(("S", rows)), "data.xlsx")
    assert result.types == {"day": "date", "moment": "datetime", "clock": "text", "length": "duration"}
    assert result.rows == [
        ["2024-02-29", "2024-01-02T03:04:05", "13:30:00", 108_005],
        ["1999-12-31", "2024-01-02T00:00:00", "00:05:00", 5_400],
    ]


def test_table_may_begin_anywhere_and_have_gaps() -> None:
    rows = [[], [None, "Name", "n"], [None, "a", 1], [], [None, None, 2], [None, "b"]]
    result = import_file(workbook(("S", rows)), "data.xlsx", has_header=True)
    assert result.types == {"Name": "text", "n": "number"}
    assert (result.rows, result.lines) == ([["a", 1], [None, 2], ["b", None]], [3, 5, 6])


def test_cells_of_mixed_types_become_texts() -> None:
    rows = [["code", "note"], ["00123", 5], [17, True], [2.5, "x"], ["N/A", date(2024, 1, 2)]]
    result = import_file(workbook(("S", rows)), "data.xlsx")
    assert result.types == {"code": "text", "note": "text"}
    assert result.rows == [["00123", "5"], ["17", "true"], ["2.5", "x"], ["N/A", "2024-01-02"]]


def test_marks_of_missing_numbers_are_no_values() -> None:
    result = import_file(workbook(("S", [["n"], [1], ["n/a"], ["-"], [2]])), "data.xlsx")
    assert (result.types, result.values("n")) == ({"n": "number"}, [1, None, None, 2])


def test_errors_and_formulas_without_a_result_are_empty() -> None:
    result = import_file(workbook(("S", [["a", "b"], [1, "#DIV/0!"], [2, "=1/0"]])), "data.xlsx")
    assert result.rows == [[1, None], [2, None]]


def test_file_is_known_by_its_content() -> None:
    assert import_file(workbook(("S", _PEOPLE)), "data.csv").plan.layout.format == "xlsx"


def test_empty_sheet_is_refused() -> None:
    with pytest.raises(BadRequest, match="The file is empty"):
        import_file(workbook(("S", [])), "data.xlsx")
