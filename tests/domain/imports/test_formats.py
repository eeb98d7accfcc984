"""Finding the format of a file."""

import pytest

from domain.errors import BadRequest
from domain.imports.formats.registry import choose_format, import_formats
from domain.imports.options import ImportOptions
from tests.domain.imports.files import import_file, source, workbook


def test_registry_holds_every_format_the_choosiest_first() -> None:
    assert list(import_formats()) == ["xlsx", "jsonl", "json", "tsv", "csv"]


@pytest.mark.parametrize(
    ("content", "name", "expected"),
    [
        ("a,b\n1,2\n", "data.csv", "csv"),
        ("a,b\n1,2\n", "DATA.CSV", "csv"),
        ("a\tb\n1\t2\n", "data.csv", "csv"),
        ("a\tb\n1\t2\n", "data.txt", "csv"),
        ("a\tb\n1\t2\n", "data", "tsv"),
        ("a,b\n1,2\n", "data", "csv"),
        ("a,b\n1,2\n", "data.json", "csv"),
        ('[{"a": 1}]', "data", "json"),
        ('\ufeff {"a": [{}]}', "data", "json"),
        ('{"a": 1}\n{"a": 2}', "data", "jsonl"),
        ('{"a": 1}', "data.ndjson", "jsonl"),
        ('{\n"a": [{}]}', "data.json", "json"),
        ("", "data.jsonl", "jsonl"),
        ("", "data", "csv"),
    ],
)
def test_format_follows_name_then_content(content: str, name: str, expected: str) -> None:
    assert choose_format(source(content, name), ImportOptions()).key == expected


def test_given_format_wins() -> None:
    result = import_file('{"a": 1}\n', "data.csv", format="jsonl")
    assert (result.plan.layout.format, result.rows) == ("jsonl", [[1]])
    with pytest.raises(BadRequest, match=r"'parquet' is not a format. The formats are csv, json, jsonl, tsv, xlsx"):
        import_file("a", format="parquet")
    with pytest.raises(BadRequest, match="cannot be opened"):
        import_file("a,b\n1,2\n", format="xlsx")


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"\x89PNG\r\n", b"\xd0\xcf\x11\xe0\xa1\xb1", b"\x1f\x8b\x08"])
def test_files_of_other_kinds_are_refused(head: bytes) -> None:
    with pytest.raises(BadRequest, match="is of no known format"):
        import_file(head + b"\0" * 100, "data.csv")


def test_workbook_needs_no_name() -> None:
    assert import_file(workbook(("S", [["a"], [1]])), "").plan.layout.format == "xlsx"
