"""Delimited files: rows, lines, quotes, and rows that are not as they should be."""

import csv
import io

import pytest

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.limits import ImportLimits
from tests.domain.imports.files import import_file


def test_csv_gives_names_values_and_lines() -> None:
    result = import_file("Name,Age,City\nAnn,31,Oslo\nBob,9,Łódź\n")
    assert result.types == {"Name": "text", "Age": "number", "City": "text"}
    assert result.rows == [["Ann", 31, "Oslo"], ["Bob", 9, "Łódź"]]
    assert result.lines == [2, 3]
    assert result.problems == []


def test_csv_layout_says_what_was_found() -> None:
    layout = import_file("a;b\n1;2\n").plan.layout
    assert (layout.format, layout.encoding, layout.delimiter, layout.quote) == ("csv", "utf-8", ";", '"')
    assert (layout.names, layout.has_header, layout.is_typed) == (("a", "b"), True, False)


def test_tsv_gives_the_same_as_csv() -> None:
    result = import_file("Name\tNote\nAnn\tone, two\n", "data.tsv")
    assert (result.plan.layout.format, result.plan.layout.delimiter) == ("tsv", "\t")
    assert result.rows == [["Ann", "one, two"]]


def test_tsv_with_one_column_is_not_cut_at_commas() -> None:
    result = import_file("Note\none, two\nthree, four\n", "data.tsv")
    assert result.rows == [["one, two"], ["three, four"]]


def test_quoted_line_ends_stay_and_lines_are_those_where_rows_begin() -> None:
    result = import_file('a,b\n1,"two\r\nlines"\n\n2,"three\n\nlines"\n3,x\n')
    assert result.rows == [[1, "two\r\nlines"], [2, "three\n\nlines"], [3, "x"]]
    assert result.lines == [2, 5, 8]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_understood(end: str) -> None:
    result = import_file(end.join(["a,b", "1,2", "3,4"]))
    assert result.rows == [[1, 2], [3, 4]]
    assert result.lines == [2, 3]


def test_doubled_quotes_delimiters_and_blanks_stay_in_texts() -> None:
    result = import_file('a,b\n"say ""hi""","x, y"\n  kept  ,5" pipe\n')
    assert result.rows == [['say "hi"', "x, y"], ["  kept  ", '5" pipe']]


def test_blanks_before_quotes_are_dropped() -> None:
    assert import_file('a, b\n1, "x, y"\n2, "z"\n').rows == [[1, "x, y"], [2, "z"]]


def test_ragged_rows_are_reported_and_imported() -> None:
    result = import_file("a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,1,1,\n")
    assert result.rows == [[1, 2, 3], [4, 5, None], [6, 7, 8], [1, 1, 1]]
    assert result.complaints == [
        (3, None, "The row has 2 cells instead of 3; the others are left empty."),
        (4, None, "The row has 4 cells instead of 3; those at the end are left out."),
    ]


def test_nul_characters_are_left_out_and_reported() -> None:
    result = import_file("a,b\nx\0y,1\nz,2\n")
    assert result.rows == [["xy", 1], ["z", 2]]
    assert result.complaints == [(2, None, "The line holds NUL characters; they are left out.")]


def test_open_quote_at_the_end_is_reported_where_it_begins() -> None:
    result = import_file('a,b\n1,x\n2,"y\n3,z\n')
    assert result.rows == [[1, "x"], [2, "y\n3,z\n"]]
    assert result.complaints == [
        (3, None, "A quote that is opened in this row is never closed: the rest of the file is in it.")
    ]


def test_empty_rows_are_left_out() -> None:
    result = import_file("a,b\n\n1,2\n,\n3,4\n,\n\n")
    assert result.rows == [[1, 2], [3, 4]]
    assert result.lines == [3, 5]


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", ",,\n"])
def test_empty_file_is_refused(content: str) -> None:
    with pytest.raises(BadRequest, match="The file is empty"):
        import_file(content)


def test_header_only_gives_columns_without_rows() -> None:
    result = import_file("Name,City\n")
    assert result.types == {"Name": "text", "City": "text"}
    assert result.rows == []


def test_separator_line_of_excel_is_obeyed_and_skipped() -> None:
    result = import_file('sep=|\r\na|b\r\n1|"x;y"\r\n')
    assert (result.plan.layout.delimiter, result.rows, result.lines) == ("|", [[1, "x;y"]], [3])


def test_emoji_and_right_to_left_texts_stay_as_they_are() -> None:
    result = import_file("שם,😀\nדוד,👩‍👩‍👧\n\u202eabc,x\n")
    assert list(result.types) == ["שם", "😀"]
    assert result.rows == [["דוד", "👩‍👩‍👧"], ["\u202eabc", "x"]]


def test_huge_cell_is_imported_whole() -> None:
    text = "x" * 300_000  # more than the csv module takes by itself
    result = import_file(f"a,b\n1,{text}\n")
    assert result.rows == [[1, text]]
    assert result.types["b"] == "long_text"


def test_row_beyond_the_limit_ends_the_import_and_names_its_line() -> None:
    limits = ImportLimits(max_row_characters=100)
    assert len(import_file(f"a,b\n1,{'x' * 90}\n", limits=limits).rows) == 1
    with pytest.raises(PayloadTooLarge, match="row that begins in line 3 has more than 100 characters") as caught:
        import_file('a,b\n1,y\n2,"' + "x\n" * 60, limits=limits)
    assert caught.value.location["line"] == 3
    with pytest.raises(PayloadTooLarge, match="line 2 "):
        import_file(f"a,b\n{'x' * 200},1\n", limits=limits)


def test_given_delimiter_quote_and_header_are_used() -> None:
    result = import_file("'x,y':1\nz:2\n", delimiter=":", quote="'", has_header=False)
    assert result.types == {"Column 1": "text", "Column 2": "number"}
    assert result.rows == [["x,y", 1], ["z", 2]]
    assert result.lines == [1, 2]


@pytest.mark.parametrize("options", [{"delimiter": "::"}, {"delimiter": ""}, {"quote": "\n"}, {"delimiter": '"'}])
def test_impossible_delimiters_and_quotes_are_refused(options: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match=r"one character|must differ"):
        import_file("a,b\n1,2\n", **options)


def test_more_columns_than_the_limit_are_refused() -> None:
    content = ",".join(f"c{i}" for i in range(501))
    with pytest.raises(BadRequest, match="more than 500 columns"):
        import_file(content)
    assert len(import_file(content, limits=ImportLimits(max_columns=501)).plan.columns) == 501


def test_wide_body_gives_columns_without_names() -> None:
    result = import_file("a,b\n1,2,x\n3,4,y\n")
    assert result.rows == [[1, 2, "x"], [3, 4, "y"]]
    assert list(result.types) == ["a", "b", "Column 3"]


def test_nameless_column_without_values_is_left_out() -> None:
    result = import_file("a,b,\n1,2,\n3,4,\n", has_header=True)
    assert list(result.types) == ["a", "b"]
    assert result.rows == [[1, 2], [3, 4]]


def test_mixed_dialects_of_the_csv_module_come_back() -> None:
    rows = [["id", "text"], ["1", 'a "b", c'], ["2", "d;e|f\tg"], ["3", "h\ni"]]
    for delimiter in ",;|\t":
        file = io.StringIO()
        csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(rows)
        result = import_file(file.getvalue())
        assert result.plan.layout.delimiter == delimiter
        assert result.rows == [[1, 'a "b", c'], [2, "d;e|f\tg"], [3, "h\ni"]]
