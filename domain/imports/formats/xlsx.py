"""Excel workbooks: one sheet of them, with the types that its cells have.

Unlike the other formats a sheet is in memory as a whole while it is read, hence the limits of `workbooks.py`.
"""

import io
from collections.abc import Iterator
from itertools import islice

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum

from domain.errors import BadRequest
from domain.imports.formats.contract import ImportFormat, Layout, Row, TableReader
from domain.imports.names import name_columns
from domain.imports.options import ImportOptions
from domain.imports.problems import Report
from domain.imports.source import ImportSource
from domain.imports.workbooks import check_workbook

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
    """Rows of typed values; an empty cell, and one with an error such as #DIV/0!, is an empty text."""

    def __init__(self, source: ImportSource, options: ImportOptions) -> None:
        with source.open() as stream:
            check_workbook(stream, source.size, options.limits)
        with source.open() as stream:
            self._sheet, sheets = _load_sheet(stream.read(), options.sheet)
        peeked = list(islice(self._filled_rows(), _PEEKED_ROWS))
        first_rows = [cells for _, cells in peeked]
        named = name_columns(first_rows, options.has_header, options.limits.max_name_characters)
        self.layout = Layout(
            format="xlsx",
            names=named.names,
            unnamed=named.unnamed,
            is_typed=True,
            has_header=named.from_header,
            sheet=self._sheet.name,
            sheets=sheets,
        )

    def rows(self, report: Report) -> Iterator[Row]:
        height = max(1, self._sheet.total_height)
        for number, cells in islice(self._filled_rows(), 1 if self.layout.has_header else 0, None):
            self.progress = number / height
            yield number, cells
        self.progress = 1.0

    def _filled_rows(self) -> Iterator[Row]:
        """The rows in which anything stands, with their numbers in the sheet."""
        if self._sheet.start is not None:
            for number, cells in enumerate(self._sheet.iter_rows(), 1):
                if any(cell != "" for cell in cells):
                    yield number, list[object](cells)


def _load_sheet(content: bytes, name: str | None) -> tuple[CalamineSheet, tuple[str, ...]]:
    """The sheet of that name, else the first with cells, and the names of all."""
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = tuple(sheet.name for sheet in workbook.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet)
        if not sheets:
            raise BadRequest("The workbook has no sheet with cells.")
        if name is not None and name not in sheets:
            known = ", ".join(map(repr, sheets[:20]))
            raise BadRequest(f"The workbook has no sheet {name!r}. It has: {known}.", value=name)
        return workbook.get_sheet_by_name(sheets[0] if name is None else name), sheets
    except CalamineError as error:
        raise BadRequest(f"The workbook cannot be read: {error}.") from error
