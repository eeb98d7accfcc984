"""Excel workbooks: one sheet of them, with the types that its cells have.

Sheets are read in pieces by the standard library's XML parser. The native reader that was tried first (calamine) is
three times as fast, but it loads a sheet as a full rectangle, so that two cells in far corners of a small file, or an
attribute that claims billions of texts, end the process.
"""

from collections.abc import Iterator
from itertools import islice

from domain.errors import BadRequest
from domain.imports.formats.contract import ImportFormat, Layout, Row, TableReader
from domain.imports.names import name_columns
from domain.imports.options import ImportOptions
from domain.imports.problems import ImportProblem, Report
from domain.imports.sheets import SheetParser, SheetRow
from domain.imports.source import ImportSource
from domain.imports.workbooks import open_archive, read_workbook
from domain.imports.xml_parts import PartReader, workbook_errors

_PEEKED_ROWS = 100


class XlsxFormat(ImportFormat):
    """A zip file with XML in it."""

    key = "xlsx"
    title = "Excel workbook"
    extensions = (".xlsx", ".xlsm")
    position = 10

    def recognises(self, head: bytes) -> bool:
        return head.startswith(b"PK\x03\x04")

    def reader(self, source: ImportSource, options: ImportOptions) -> TableReader:
        return SheetReader(source, options)


class SheetReader(TableReader):
    """Rows of typed values; a cell with an error such as #DIV/0! is an empty one."""

    def __init__(self, source: ImportSource, options: ImportOptions) -> None:
        self._source = source
        self._limits = options.limits
        with source.open() as stream:
            self._book = read_workbook(stream, source.size, options.limits)
        sheet = _choose(tuple(self._book.sheets), options.sheet)
        self._part = self._book.sheets[sheet]
        first_rows = _rectangle(
            [cells for _, cells in islice(self._sheet_rows(), _PEEKED_ROWS)], options.limits.max_columns
        )
        named = name_columns(first_rows, options.has_header, options.limits.max_name_characters)
        self.layout = Layout(
            format="xlsx",
            names=named.names,
            unnamed=named.unnamed,
            is_typed=True,
            has_header=named.from_header,
            sheet=sheet,
            sheets=tuple(self._book.sheets),
        )

    def rows(self, report: Report) -> Iterator[Row]:
        width = len(self.layout.names)
        for number, cells in islice(self._sheet_rows(), 1 if self.layout.has_header else 0, None):
            row: list[object] = [None] * width
            for column, value in cells.items():
                if column < width:
                    row[column] = value
            if max(cells) >= width:
                message = f"The row has cells beyond column {width:,}, the last one of the table; they are left out."
                report(ImportProblem(number, message))
            yield number, row

    def _sheet_rows(self) -> Iterator[SheetRow]:
        """The rows in which anything stands, with their numbers in the sheet."""
        parser = SheetParser(self._book.texts, self._book.formats, self._limits.max_row_characters)
        with (
            workbook_errors(),
            self._source.open() as stream,
            open_archive(stream, self._source.size, self._limits) as archive,
        ):
            part = PartReader(archive, self._part, self._limits.workbook_sheet_bytes)
            for row in parser.rows(part):
                self.progress = part.progress
                yield row
        self.progress = 1.0


def _choose(sheets: tuple[str, ...], wanted: str | None) -> str:
    if not sheets:
        raise BadRequest("The workbook has no sheet with cells.")
    if wanted is not None and wanted not in sheets:
        known = ", ".join(map(repr, sheets[:20]))
        raise BadRequest(f"The workbook has no sheet {wanted!r}. It has: {known}.", value=wanted)
    return wanted or sheets[0]


def _rectangle(rows: list[dict[int, object]], max_columns: int) -> list[list[object]]:
    """The rows as lists of one length; single cells far from the others do not count, except in the first row."""
    columns = {column for cells in rows for column in cells if column < max_columns} | set(rows[0] if rows else ())
    width = max(columns, default=-1) + 1
    return [[cells.get(column) for column in range(width)] for cells in rows]
