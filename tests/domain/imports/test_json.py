"""JSON documents: arrays of objects, alone and inside an object."""

import json

import pytest

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.limits import ImportLimits
from tests.domain.imports.files import import_file


def test_array_gives_rows_with_their_types_and_numbers() -> None:
    content = '[{"name": "Ann", "age": 31, "pro": true}, {"age": 9.5, "name": "Bob", "pro": null}]'
    result = import_file(content, "data.json")
    assert result.types == {"name": "text", "age": "number", "pro": "checkbox"}
    assert result.rows == [["Ann", 31, True], ["Bob", 9.5, None]]
    assert result.lines == [1, 2]
    assert result.plan.layout.is_typed


def test_keys_of_all_objects_become_columns() -> None:
    result = import_file('[{"a": 1}, {"b": "x"}, {}, {"a": 2, "b": "y"}]', "data.json")
    assert result.rows == [[1, None], [None, "x"], [None, None], [2, "y"]]


@pytest.mark.parametrize("key", ["records", "data", "größe"])
def test_only_array_of_an_object_holds_the_records(key: str) -> None:
    content = json.dumps({"version": 1, "meta": {"tags": ["x"]}, key: [{"a": 1}, {"a": 2}], "next": None})
    result = import_file(content, "data.json")
    assert (result.plan.layout.records_key, result.rows) == (key, [[1], [2]])


def test_arrays_without_objects_do_not_count() -> None:
    result = import_file('{"errors": [], "codes": [1, 2], "rows": [{"a": 1}]}', "data.json")
    assert result.rows == [[1]]


def test_several_arrays_need_a_choice() -> None:
    content = '{"users": [{"a": 1}], "teams": [{"b": 2}]}'
    with pytest.raises(BadRequest, match=r"2 arrays: 'users', 'teams'. Say which"):
        import_file(content, "data.json")
    assert import_file(content, "data.json", records_key="teams").rows == [[2]]
    with pytest.raises(BadRequest, match="no array under the key 'nobody'"):
        import_file(content, "data.json", records_key="nobody")


def test_elements_that_are_no_objects_are_reported_and_left_out() -> None:
    result = import_file('[{"a": 1}, 5, [1], "x", {"a": 2}]', "data.json")
    assert (result.rows, result.lines) == ([[1], [2]], [1, 5])
    assert [problem.line for problem in result.problems] == [2, 3, 4]
    assert result.problems[0].message == "This is not a JSON object; it is left out."
    assert result.problems[0].value == "5"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[1, 2]", "holds no JSON objects"),
        ('"text"', "expected a JSON array of objects"),
        ('{"a": 1}', "one JSON object without an array"),
        ('[{"a": 1},]', "Expecting value, in line 1"),
        ('[\n{"a": 1}\n{"a": 2}]', "Expecting ',', in line 3"),
        ('[{"a": 1}', "Expecting ',', in line 1"),
        ('[{"a": "x', "Unterminated string starting at, in line 1"),
        ('[{"a": 1}] x', "Expecting the end of the file, in line 1"),
        ('{"a": [{"b": 1}]} {}', "Expecting the end of the file"),
        ("{1: 2}", "Expecting a key in double quotes"),
        ('[{"a": ' + "9" * 5000 + "}]", "a number in it has too many digits"),
        ('[{"a": ' + "[" * 200_000 + "]" * 200_000 + "}]", "it is nested too deeply"),
        ("[" * 200_000, "it is nested too deeply"),
    ],
)
def test_what_is_no_table_is_refused(content: str, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        import_file(content, "data.json", format="json")


def test_error_behind_the_sample_names_its_line() -> None:
    elements = ",\n".join('{"a": 1}' for _ in range(50))
    with pytest.raises(BadRequest, match="in line 50"):
        import_file(f"[{elements[:-1]},", "data.json", limits=ImportLimits(sample_rows=5, sample_cells=5))


def test_long_documents_are_read_in_pieces() -> None:
    # Elements of all lengths around the size of the pieces, numbers last, so that each kind of cut comes up.
    rows = [{"n": i, "text": 'é\\"' * (i * 371 % 2000), "last": i / 8} for i in range(1_000)]
    result = import_file(json.dumps(rows), "data.json")
    assert result.rows == [[row["n"], row["text"] or None, row["last"]] for row in rows]


def test_element_longer_than_a_piece_is_read() -> None:
    text = "x" * 1_000_000
    assert import_file(json.dumps([{"a": text}, {"a": "y"}]), "data.json").rows == [[text], ["y"]]


def test_element_beyond_the_limit_ends_the_import() -> None:
    content = '[\n{"a": "' + "x" * 1_000_000 + '"}]'
    assert len(import_file(content, "data.json").rows) == 1
    with pytest.raises(PayloadTooLarge, match="begins in line 2 has more than 400,000 characters"):
        import_file(content, "data.json", limits=ImportLimits(max_row_characters=400_000))


def test_key_that_comes_too_late_is_reported_once() -> None:
    content = json.dumps([{"a": 1}] * 3 + [{"a": 2, "b": 1}, {"b": 2}])
    result = import_file(content, "data.json", limits=ImportLimits(sample_rows=2, sample_cells=2))
    assert result.rows == [[1], [1], [1], [2], [None]]
    assert result.complaints == [(4, None, "The key 'b' first comes here, too late for a column of its own.")]


def test_texts_that_cannot_be_stored_are_cleaned() -> None:
    result = import_file(r'[{"a": "x\u0000y", "b\u0000": "\ud800z", "c": "\ud83d\ude00"}]', "data.json")
    assert result.types == {"a": "text", "b": "text", "c": "text"}
    assert result.rows == [["xy", "\ufffdz", "😀"]]


def test_nan_and_infinity_are_no_values() -> None:
    result = import_file('[{"a": NaN, "b": 1}, {"a": 2.5, "b": -Infinity}]', "data.json")
    assert result.rows == [[None, 1], [2.5, None]]


def test_nested_values_become_json_texts() -> None:
    result = import_file('[{"a": {"b": [1, "é"]}, "c": [[1]]}, {"a": null, "c": []}]', "data.json")
    assert result.types == {"a": "long_text", "c": "long_text"}
    assert result.rows == [['{"b": [1, "é"]}', "[[1]]"], [None, None]]


def test_lists_of_few_texts_become_a_multi_select() -> None:
    rows = [{"tags": ["new", "hot"]}, {"tags": ["hot"]}, {"tags": []}, {"tags": ["new", "hot", "new"]}]
    result = import_file(json.dumps(rows), "data.json")
    assert result.types == {"tags": "multi_select"}
    assert result.options("tags") == {"choices": [{"name": "new"}, {"name": "hot"}]}
    assert result.rows == [[["new", "hot"]], [["hot"]], [None], [["new", "hot"]]]


def test_texts_that_look_like_numbers_stay_texts() -> None:
    result = import_file(
        '[{"a": "12", "b": 1, "c": "2024-01-02"}, {"a": "13", "b": "x", "c": "2024-01-03"}]', "data.json"
    )
    assert result.types == {"a": "text", "b": "text", "c": "date"}
    assert result.rows == [["12", "1", "2024-01-02"], ["13", "x", "2024-01-03"]]


def test_whole_numbers_that_json_programs_lose_become_texts() -> None:
    result = import_file('[{"id": 12345678901234567890}, {"id": 5}]', "data.json")
    assert (result.types, result.rows) == ({"id": "text"}, [["12345678901234567890"], ["5"]])


def test_keys_that_differ_in_case_only_get_names_of_their_own() -> None:
    result = import_file('[{"a": 1, "A": 2, "": 3}]', "data.json")
    assert (list(result.types), result.rows) == (["a", "A 2", "Column 3"], [[1, 2, 3]])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_json_is_read_in_other_encodings(encoding: str) -> None:
    content = '[{"name": "Jörg"}, {"name": "Ana Sofía"}]'.encode(encoding)
    assert import_file(content, "data.json").rows == [["Jörg"], ["Ana Sofía"]]


def test_empty_array_has_no_columns() -> None:
    with pytest.raises(BadRequest, match="The file is empty"):
        import_file("[]", "data.json")
