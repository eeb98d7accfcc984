"""What workbooks of other programs look like, and what is refused."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

import pytest

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.cell_formats import NumberKind, kind_of_format, reading
from domain.imports.limits import MEBIBYTE, ImportLimits
from tests.domain.imports.files import import_file, workbook

_MAIN = "xl/workbook.xml"
_SHEET = "xl/worksheets/sheet1.xml"
_STRINGS = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
Rows = Sequence[Sequence[object]]
_ROWS: Rows = [["Name", "n"], ["a", 1], ["b", 2]]

Change = Callable[[str], str | bytes]


def _archive(parts: dict[str, str | bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return file.getvalue()


def _parts(rows: Rows = _ROWS) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook(("S", rows)))) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def _changed(change: Change, part: str = _SHEET, rows: Rows = _ROWS) -> bytes:
    """The workbook with one part changed."""
    parts = _parts(rows)
    return _archive({**parts, part: change(str(parts[part]))})


def _with_row(cells: str) -> bytes:
    """The workbook with one row more."""
    return _changed(lambda sheet: sheet.replace("</sheetData>", f"<row>{cells}</row></sheetData>"))


def _with_texts(texts: str, cells: str) -> bytes:
    """The workbook with one row more, and with texts that its cells share."""
    parts = _parts()
    relations = str(parts["xl/_rels/workbook.xml.rels"])
    relation = '<Relationship Id="t" Type="http://x/sharedStrings" Target="/xl/sharedStrings.xml"/></Relationships>'
    return _archive(
        {
            **parts,
            "xl/_rels/workbook.xml.rels": relations.replace("</Relationships>", relation),
            _STRINGS: f'<sst uniqueCount="4294967295">{texts}</sst>',
            _SHEET: str(parts[_SHEET]).replace("</sheetData>", f"<row>{cells}</row></sheetData>"),
        }
    )


def test_shared_and_formatted_texts_are_read_without_their_pronunciation() -> None:
    texts = "<si><t>plain</t></si><si><r><t>two </t></r><r><t>parts</t></r><rPh><t>no</t></rPh></si><si/>"
    result = import_file(_with_texts(texts, '<c t="s"><v>0</v></c><c t="s"><v>1</v></c>'), "data.xlsx")
    assert result.rows[-1] == ["plain", "two parts"]


def test_number_of_texts_that_is_claimed_takes_no_memory() -> None:
    # Readers that trust the claim of four billion texts end the process.
    assert import_file(_with_texts("<si><t>x</t></si>", '<c t="s"><v>0</v></c>'), "data.xlsx").rows[-1] == ["x", None]


def test_long_texts_and_texts_of_many_runs_are_read_whole() -> None:
    runs = "".join(f"<r><t>{index},</t></r>" for index in range(20_000))
    cells = f'<c t="inlineStr"><is>{runs}</is></c><c t="str"><v>{"x" * 600_000}</v></c>'
    result = import_file(_with_row(cells), "data.xlsx")
    assert result.rows[-1] == ["".join(f"{index}," for index in range(20_000)), "x" * 600_000]


@pytest.mark.parametrize("index", ["1", "-1", "x"])
def test_shared_text_that_is_not_there_is_refused(index: str) -> None:
    with pytest.raises(BadRequest, match=r"^The workbook cannot be read: a cell names a text that is not there\.$"):
        import_file(_with_texts("<si><t>x</t></si>", f'<c t="s"><v>{index}</v></c>'), "data.xlsx")


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ('<c t="str"><f>A1&amp;"x"</f><v>ax</v></c>', "ax"),
        ("<c><f>1+1</f></c><c><v>7</v></c>", None),
        ('<c t="inlineStr"><is>\n <t xml:space="preserve"> in &lt;line </t></is></c>', " in <line "),
        ('<c t="inlineStr"><is><t>a_x000D_b_x0041_</t></is></c>', "a\rbA"),
        ('<c t="e"><v>#N/A</v></c><c><v>7</v></c>', None),
        ('<c t="b"><v>1</v></c>', "true"),
        ('<c t="d"><v>2024-01-02</v></c>', "2024-01-02"),
        ('<c t="d"><v>2024-01-02T03:04:05</v></c>', "2024-01-02T03:04:05"),
        ("<c><v> 0.1 </v></c>", "0.1"),
        ("<c><v>1E+20</v></c>", "100000000000000000000"),
        ('<c r="A9"><v>5</v></c>', "5"),
        ('<c r="b9"><v>5</v></c><c r="A9"><v>6</v></c>', "6"),
    ],
)
def test_cells_of_every_kind_are_read(cell: str, value: object) -> None:
    assert import_file(_with_row(cell), "data.xlsx").rows[-1][0] == value


def test_prefixes_and_rows_without_numbers_are_understood() -> None:
    content = (
        '<x:worksheet xmlns:x="u"><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a</x:t></x:is></x:c></x:row>'
        '<x:row r="5"><x:c><x:v>1</x:v></x:c></x:row><x:row><x:c><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    result = import_file(_changed(lambda sheet: content), "data.xlsx")
    assert (result.rows, result.lines) == ([[1], [2]], [5, 6])


def test_sheet_may_lie_anywhere_in_the_archive() -> None:
    parts = _parts()
    parts["other/place.xml"] = parts.pop(_SHEET)
    relations = str(parts["xl/_rels/workbook.xml.rels"])
    for target in ("../other/place.xml", "/other/place.xml"):
        parts["xl/_rels/workbook.xml.rels"] = relations.replace("/" + _SHEET, target)
        assert import_file(_archive(parts), "data.xlsx").rows == [["a", 1], ["b", 2]]


def test_cells_in_far_corners_take_no_memory_and_are_reported() -> None:
    # Readers that load a sheet as a rectangle end the process.
    cells = '<c r="A1048576" t="str"><v>c</v></c><c r="XFD1048576"><v>1</v></c><c r="ZZZ1048576"><v>1</v></c>'
    far_row = f'<row r="1048576">{cells}</row></sheetData>'
    result = import_file(_changed(lambda sheet: sheet.replace("</sheetData>", far_row)), "data.xlsx")
    assert (result.rows, result.lines) == ([["a", 1], ["b", 2], ["c", None]], [2, 3, 1_048_576])
    message = "The row has cells beyond column 2, the last one of the table; they are left out."
    assert result.complaints == [(1_048_576, None, message)]


def test_header_beyond_the_limit_of_columns_is_refused() -> None:
    with pytest.raises(BadRequest, match="more than 500 columns"):
        import_file(workbook(("S", [[f"c{index}" for index in range(501)]])), "data.xlsx")


@pytest.mark.parametrize("reference", ["5", "ZZ", "AAAA1", "$A$1", "A-1", ""])
def test_references_that_are_none_are_refused(reference: str) -> None:
    with pytest.raises(BadRequest, match="which is none"):
        import_file(_with_row(f'<c r="{reference}"><v>1</v></c>'), "data.xlsx")


@pytest.mark.parametrize("text", ["x", "nan", "1e999", ""])
def test_numbers_that_are_none_are_refused_or_empty(text: str) -> None:
    content = _with_row(f"<c><v>{text}</v></c><c><v>7</v></c>")
    if text:
        with pytest.raises(BadRequest, match=f"^The workbook cannot be read: '{text}' in a cell is not a number.$"):
            import_file(content, "data.xlsx")
    else:
        assert import_file(content, "data.xlsx").rows[-1] == [None, 7]


def test_document_types_are_refused() -> None:
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(BadRequest, match="document type"):
        import_file(_changed(lambda sheet: entity + sheet), "data.xlsx")


def test_dates_from_1904_are_four_years_later() -> None:
    rows = [["day"], [date(2024, 1, 2)], [date(1999, 12, 31)]]
    content = _changed(lambda main: main.replace("<workbookPr ", '<workbookPr date1904="1" '), _MAIN, rows)
    assert import_file(content, "data.xlsx").rows == [["2028-01-03"], ["2004-01-01"]]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", NumberKind.NUMBER),
        ("0.00%", NumberKind.NUMBER),
        ('#,##0.00 "days"', NumberKind.NUMBER),
        ("[Red]-0.0;[Green]0", NumberKind.NUMBER),
        ("\\d0", NumberKind.NUMBER),
        ("@", NumberKind.NUMBER),
        ("yyyy-mm-dd", NumberKind.DATE),
        ("[$-409]d-mmm-yy;@", NumberKind.DATE),
        ("mmm", NumberKind.DATE),
        ("m/d/yy h:mm", NumberKind.MOMENT),
        ('dd"."mm"."yyyy hh:mm:ss', NumberKind.MOMENT),
        ("h:mm AM/PM", NumberKind.CLOCK),
        ("mm:ss.0", NumberKind.CLOCK),
        ("[h]:mm:ss", NumberKind.ELAPSED),
        ("[mm]:ss", NumberKind.ELAPSED),
    ],
)
def test_format_codes_tell_what_numbers_mean(code: str, kind: NumberKind) -> None:
    assert kind_of_format(code) == kind


@pytest.mark.parametrize(
    ("kind", "serial", "value"),
    [
        (NumberKind.DATE, 1, date(1900, 1, 1)),
        (NumberKind.DATE, 59, date(1900, 2, 28)),
        (NumberKind.DATE, 61, date(1900, 3, 1)),
        (NumberKind.DATE, 45293, date(2024, 1, 2)),
        (NumberKind.DATE, 45293.5, datetime(2024, 1, 2, 12)),
        (NumberKind.DATE, 2958465, date(9999, 12, 31)),
        (NumberKind.DATE, 2958466, 2958466),
        (NumberKind.DATE, -1, -1),
        (NumberKind.MOMENT, 45293, datetime(2024, 1, 2)),
        (NumberKind.MOMENT, 45293.1278356481, datetime(2024, 1, 2, 3, 4, 5)),
        (NumberKind.MOMENT, 2958465.9999999999, 2958465.9999999999),
        (NumberKind.CLOCK, 0.5625, time(13, 30)),
        (NumberKind.CLOCK, 0.9999999999, time(0, 0)),
        (NumberKind.CLOCK, 45293.5625, datetime(2024, 1, 2, 13, 30)),
        (NumberKind.ELAPSED, 1.25, timedelta(hours=30)),
    ],
)
def test_serial_numbers_become_what_they_mean(kind: NumberKind, serial: float, value: object) -> None:
    read = reading(kind, is_from_1904=False)
    assert read is not None
    assert read(serial) == value
    assert type(read(serial)) is type(value)


def test_workbook_beyond_the_limit_of_bytes_is_refused() -> None:
    content = workbook(("S", _ROWS))
    assert import_file(content, "data.xlsx", limits=ImportLimits(workbook_bytes=len(content))).rows
    with pytest.raises(PayloadTooLarge, match=r"at most 0\.0 MiB"):
        import_file(content, "data.xlsx", limits=ImportLimits(workbook_bytes=len(content) - 1))


def test_sheet_beyond_the_limit_of_bytes_is_refused() -> None:
    content = _changed(lambda sheet: sheet + " " * (2 * MEBIBYTE))
    assert import_file(content, "data.xlsx").rows == [["a", 1], ["b", 2]]
    with pytest.raises(PayloadTooLarge, match=r"sheet1\.xml of the workbook has more than 1\.0 MiB unpacked"):
        import_file(content, "data.xlsx", limits=ImportLimits(workbook_sheet_bytes=MEBIBYTE))


def test_shared_texts_beyond_the_limit_of_bytes_are_refused() -> None:
    content = _with_texts(f"<si><t>{'x' * 2 * MEBIBYTE}</t></si>", "")
    with pytest.raises(PayloadTooLarge, match=r"sharedStrings\.xml of the workbook has more than 1\.0 MiB unpacked"):
        import_file(content, "data.xlsx", limits=ImportLimits(workbook_text_bytes=MEBIBYTE))


def test_size_that_the_archive_states_is_not_believed() -> None:
    content = _changed(lambda sheet: sheet + " " * (2 * MEBIBYTE))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        size = archive.getinfo(_SHEET).file_size.to_bytes(4, "little")
    assert content.count(size) == 2
    lying = content.replace(size, (100).to_bytes(4, "little"))
    with pytest.raises(PayloadTooLarge, match=r"more than 1\.0 MiB unpacked"):
        import_file(lying, "data.xlsx", limits=ImportLimits(workbook_sheet_bytes=MEBIBYTE))


def test_row_beyond_the_limit_of_characters_is_refused() -> None:
    limits = ImportLimits(max_row_characters=50_000)
    assert import_file(_with_row(f'<c t="str"><v>{"x" * 40_000}</v></c>'), "data.xlsx", limits=limits).rows
    for cells in (f'<c t="str"><v>{"x" * 40_000}</v></c>' * 2, f'<c t="str"><v>{"x" * 400_000}</v></c>'):
        with pytest.raises(PayloadTooLarge, match="row with more than 50,000 characters"):
            import_file(_with_row(cells), "data.xlsx", limits=limits)


def test_tag_without_an_end_is_refused() -> None:
    with pytest.raises(BadRequest, match="a tag that does not end"):
        import_file(_changed(lambda sheet: f'<worksheet a="{"x" * 6 * MEBIBYTE}'), "data.xlsx")


@pytest.mark.parametrize("cut", [4, 100, 2_000])
def test_cut_workbook_is_refused(cut: int) -> None:
    with pytest.raises(BadRequest, match=r"^The workbook cannot be opened: it is damaged, or no XLSX at all\.$"):
        import_file(workbook(("S", _ROWS))[:cut], "data.xlsx")


@pytest.mark.parametrize("name", ["a.txt", "content.xml", "xl/workbook.bin"])
def test_other_archives_are_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="not an XLSX workbook"):
        import_file(_archive({name: "x"}), "data.xlsx")


def test_workbook_without_sheets_is_refused() -> None:
    with pytest.raises(BadRequest, match="no sheet with cells"):
        import_file(_changed(lambda main: "<workbook/>", _MAIN), "data.xlsx")


@pytest.mark.parametrize("part", [_MAIN, _SHEET, _STYLES, "xl/_rels/workbook.xml.rels"])
def test_workbook_with_broken_parts_is_refused(part: str) -> None:
    with pytest.raises(BadRequest, match=r"a part of it is no well-formed XML, line 1, column \d+\.$"):
        import_file(_changed(lambda content: content[: len(content) // 2], part), "data.xlsx")


def test_row_without_a_number_is_refused() -> None:
    with pytest.raises(BadRequest, match=r"^The workbook cannot be read: a row, cell or style in it makes no sense\.$"):
        import_file(_changed(lambda sheet: sheet.replace("<row r=", "<row r='x' a=")), "data.xlsx")


@pytest.mark.parametrize(
    "content", ['<?xml version="1.0" encoding="nope"?><a/>', '<?xml version="1.0" encoding="utf-7"?><a/>']
)
def test_part_in_an_unknown_encoding_is_refused(content: str) -> None:
    with pytest.raises(BadRequest, match=r"^The workbook cannot be read: ") as refused:
        import_file(_changed(lambda sheet: content), "data.xlsx")
    assert "nope" not in refused.value.message


@pytest.mark.parametrize(("at", "value"), [(8, 1), (10, 99)])
def test_encrypted_or_oddly_packed_workbook_is_refused(at: int, value: int) -> None:
    """The flags, and the method of compression, of each entry of the archive's directory."""
    content = bytearray(workbook(("S", _ROWS)))
    entry = content.find(b"PK\x01\x02")
    while entry >= 0:
        content[entry + at] = value
        entry = content.find(b"PK\x01\x02", entry + 4)
    with pytest.raises(
        BadRequest, match=r"^The workbook cannot be opened: it is encrypted, or packed as no workbook is\.$"
    ):
        import_file(bytes(content), "data.xlsx")


def test_archive_whose_directory_lies_before_its_start_is_refused_in_our_words() -> None:
    content = workbook(("S", _ROWS))
    end = content.rfind(b"PK\x05\x06")
    size = int.from_bytes(content[end + 12 : end + 16], "little")
    broken = content[: end + 12] + (size + end + 5).to_bytes(4, "little") + content[end + 16 :]
    with pytest.raises(BadRequest, match=r"^The workbook cannot be opened: it is damaged, or no XLSX at all\.$"):
        import_file(broken, "data.xlsx")
