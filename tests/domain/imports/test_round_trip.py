"""What is written is what is read, and no bytes bring a reader down."""

import csv
import io
import json
from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

from domain.errors import DomainError
from domain.fields.registry import field_type
from domain.imports.columns import TargetField
from tests.domain.imports.files import Imported, import_file

_TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=20)
_TABLES = st.integers(1, 5).flatmap(
    lambda width: st.lists(st.lists(_TEXT, min_size=width, max_size=width).filter(any), min_size=1, max_size=12)
)


@given(
    _TABLES,
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-16", "utf-8-sig"]),
)
def test_csv_comes_back_as_it_was_written(rows: list[list[str]], delimiter: str, end: str, encoding: str) -> None:
    names = [f"c{index}" for index in range(len(rows[0]))]
    file = io.StringIO(newline="")
    # By itself the writer leaves a CR or LF without quotes where it is not the line end, and then it is one.
    quoting = csv.QUOTE_ALL if any(set("\r\n") & set(text) for row in rows for text in row) else csv.QUOTE_MINIMAL
    csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows([names, *rows])
    result = import_file(
        file.getvalue().encode(encoding),
        targets=[TargetField(name, "text") for name in names],
        delimiter=delimiter,
        quote='"',
        has_header=True,
    )
    assert result.rows == [[text or None for text in row] for row in rows]
    assert result.problems == []
    assert result.lines[0] == 2
    assert result.lines == sorted(set(result.lines))


_VALUES = (
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | _TEXT
)


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), _VALUES, min_size=1), min_size=1, max_size=10))
def test_json_and_json_lines_give_the_same(rows: list[dict[str, Any]]) -> None:
    document = import_file(json.dumps(rows), "data.json")
    lines = import_file("".join(json.dumps(row) + "\n" for row in rows), "data.jsonl")
    assert document.rows == lines.rows
    assert document.types == lines.types
    assert document.problems == lines.problems == []


_PIECES = st.sampled_from(
    [
        *rb"""a 1 , ; " ' [ ] { } "k": true NaN 1.5 1e9 $5 7% 2024-01-02 1/2/2024 x@y.zz \ud800""".split(),
        *(b"\t", b"\n", b"\r", b"\0", b"\xff", b"\xe9", b"\xc3\xa9", b" "),
    ]
)


@given(
    st.lists(_PIECES, max_size=40).map(b"".join) | st.binary(max_size=60),
    st.sampled_from(["csv", "tsv", "json", "jsonl", ""]),
)
def test_any_bytes_are_imported_or_refused_with_a_code(content: bytes, extension: str) -> None:
    try:
        result = import_file(content, f"data.{extension}")
    except DomainError as refusal:
        event(f"refused: {refusal.code}")
    else:
        _assert_strict_parsers_take_everything(result)


def _assert_strict_parsers_take_everything(result: Imported) -> None:
    """Every value that an inferred column yields is one that its field takes; nothing of a whole sample is a misfit."""
    assert [problem for problem in result.problems if problem.column is not None] == []
    for column in result.plan.columns:
        type = field_type(column.field_type)
        parse = type.parser(type.parse_options(column.options))
        for value in result.values(column.name):
            parse(value)
