"""Comma-separated values, and files like them with semicolons, tabs or bars."""

from domain.imports.delimited import DelimitedReader, is_text
from domain.imports.formats.contract import ImportFormat, TableReader
from domain.imports.options import ImportOptions
from domain.imports.source import ImportSource


class CsvFormat(ImportFormat):
    """Any text can be read as CSV, so this one is tried last."""

    key = "csv"
    title = "CSV"
    extensions = (".csv", ".txt")
    position = 90

    def recognises(self, head: bytes) -> bool:
        return is_text(head)

    def reader(self, source: ImportSource, options: ImportOptions) -> TableReader:
        return DelimitedReader(self.key, source, options)
