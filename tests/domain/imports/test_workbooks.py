"""What is refused before a workbook is loaded."""

import io
import zipfile
from collections.abc import Callable

import pytest

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.limits import MEBIBYTE, ImportLimits
from tests.domain.imports.files import import_file, workbook

_SHEET = "xl/worksheets/sheet1.xml"
_ROWS = [["Name", "n"], ["a", 1], ["b", 2]]


def _changed(change: Callable[[str], str | bytes], part: str = _SHEET, name: str | None = None) -> bytes:
    """The workbook with one part changed, under another name if there is one."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook(("S", _ROWS)))) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for each in old.namelist():
            content = old.read(each)
            if each == part:
                new.writestr(name or each, change(content.decode()))
            else:
                new.writestr(each, content.replace(_SHEET[3:].encode(), (name or _SHEET)[3:].encode()))
    return file.getvalue()


def _with_cell(cell: str) -> Callable[[str], str]:
    return lambda sheet: sheet.replace("</sheetData>", f"<row>{cell}</row></sheetData>")


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="XFD1048576"><v>1</v></c>',
        "<c t='n' r = 'XFD1048576' ><v>1</v></c>",
        '<c t="a>b" r="XFD1048576"><v>1</v></c>',
    ],
)
@pytest.mark.parametrize("name", [_SHEET, "xl/elsewhere.xml"])
def test_two_cells_in_far_corners_are_refused(cell: str, name: str) -> None:
    # Loaded, this file would take half a terabyte and end the process.
    with pytest.raises(PayloadTooLarge, match="reaches to row 1,048,576 and column 16,384; at most 5,000,000 cells"):
        import_file(_changed(_with_cell(cell), name=name), "data.xlsx")


def test_far_cells_without_references_are_counted() -> None:
    content = _changed(_with_cell("<c><v>1</v></c>" * 50))
    with pytest.raises(PayloadTooLarge, match="row 4 and column 26; at most 100 cells"):
        import_file(content, "data.xlsx", limits=ImportLimits(workbook_cells=100))
    limits = ImportLimits(workbook_cells=200)
    assert len(import_file(content, "data.xlsx", has_header=True, limits=limits).rows) == 3


def test_far_cells_that_only_have_a_style_do_not_count() -> None:
    content = _changed(_with_cell('<c r="XFD4" s="0"/>'))
    assert import_file(content, "data.xlsx", limits=ImportLimits(workbook_cells=100)).rows == [["a", 1], ["b", 2]]


def test_references_that_cannot_be_read_are_refused() -> None:
    with pytest.raises(BadRequest, match="reference cannot be read"):
        import_file(_changed(_with_cell('<c r="&#88;FD1048576"><v>1</v></c>')), "data.xlsx")


def test_sheet_in_utf_16_is_refused() -> None:
    content = _changed(lambda sheet: sheet.encode("utf-16"))
    with pytest.raises(BadRequest, match="not UTF-8"):
        import_file(content, "data.xlsx")


def test_workbook_beyond_the_limit_of_bytes_is_refused() -> None:
    content = workbook(("S", _ROWS))
    assert import_file(content, "data.xlsx", limits=ImportLimits(workbook_bytes=len(content))).rows
    with pytest.raises(PayloadTooLarge, match="at most 0.0 MiB"):
        import_file(content, "data.xlsx", limits=ImportLimits(workbook_bytes=len(content) - 1))


def test_workbook_that_unpacks_to_more_than_the_limit_is_refused() -> None:
    content = _changed(lambda sheet: sheet + " " * (2 * MEBIBYTE))
    with pytest.raises(PayloadTooLarge, match="more than 1.0 MiB unpacked"):
        import_file(content, "data.xlsx", limits=ImportLimits(workbook_unpacked_bytes=MEBIBYTE))


def test_size_that_the_archive_states_is_not_believed() -> None:
    content = bytearray(_changed(lambda sheet: sheet + " " * (2 * MEBIBYTE)))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(_SHEET).file_size.to_bytes(4, "little")
    assert content.count(size) == 2
    content = content.replace(size, (100).to_bytes(4, "little"))
    with pytest.raises(PayloadTooLarge, match="more than 1.0 MiB unpacked"):
        import_file(bytes(content), "data.xlsx", limits=ImportLimits(workbook_unpacked_bytes=MEBIBYTE))


@pytest.mark.parametrize("cut", [4, 100, 2_000])
def test_cut_workbook_is_refused(cut: int) -> None:
    with pytest.raises(BadRequest, match="cannot be opened"):
        import_file(workbook(("S", _ROWS))[:cut], "data.xlsx")


def test_other_archives_are_refused() -> None:
    for names in (["a.txt"], ["xl/workbook.xml", "content.xml"], ["xl/workbook.bin"]):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for name in names:
                archive.writestr(name, "x")
        with pytest.raises(BadRequest, match="not an XLSX workbook"):
            import_file(file.getvalue(), "data.xlsx")


def test_workbook_with_broken_parts_is_refused() -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        import_file(_changed(lambda part: part[: len(part) // 2], "xl/workbook.xml"), "data.xlsx")
