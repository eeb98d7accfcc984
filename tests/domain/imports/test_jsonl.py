"""JSON Lines: one object a line."""

import pytest

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.limits import ImportLimits
from tests.domain.imports.files import import_file


def test_lines_give_rows_and_their_numbers() -> None:
    result = import_file('{"a": 1, "b": "x"}\n\n{"b": "y", "c": 2.5}\r\n', "data.jsonl")
    assert result.plan.layout.format == "jsonl"
    assert (result.rows, result.lines) == ([[1, "x", None], [None, "y", 2.5]], [1, 3])


def test_broken_lines_are_reported_and_left_out() -> None:
    deep = "[" * 100_000
    result = import_file(f'{{"a": 1}}\n{{"a": \n[1]\n{{"a": {deep}\n{{"a": {"9" * 5000}}}\n{{"a": 2}}\n', "data.jsonl")
    assert (result.rows, result.lines) == ([[1], [2]], [1, 6])
    assert result.complaints == [
        (2, None, "The line is not valid JSON, it is left out: Expecting value."),
        (3, None, "This is not a JSON object; it is left out."),
        (4, None, "The line is not valid JSON, it is left out: it is nested too deeply."),
        (5, None, "The line is not valid JSON, it is left out: a number in it has too many digits."),
    ]


def test_json_file_with_lines_of_objects_is_read_as_lines() -> None:
    result = import_file('{"a": 1}\n{"a": 2}\n', "data.json")
    assert (result.plan.layout.format, result.rows) == ("jsonl", [[1], [2]])


def test_line_beyond_the_limit_ends_the_import() -> None:
    with pytest.raises(PayloadTooLarge, match="row that begins in line 2 has more than 50 characters"):
        import_file('{"a": 1}\n{"a": "' + "x" * 50 + '"}', "data.jsonl", limits=ImportLimits(max_row_characters=50))


def test_lines_without_objects_are_refused() -> None:
    with pytest.raises(BadRequest, match="holds no JSON objects"):
        import_file("1\n2\n", "data.jsonl", format="jsonl")
