"""Tab-separated values, quoted like CSV."""

from domain.imports.delimited import DelimitedReader, is_text
from domain.imports.formats.contract import ImportFormat, TableReader
from domain.imports.options import ImportOptions
from domain.imports.source import ImportSource


class TsvFormat(ImportFormat):
    """Cells between tabs, whatever else they hold."""

    key = "tsv"
    title = "TSV"
    extensions = (".tsv", ".tab")
    position = 80

    def recognises(self, head: bytes) -> bool:
        first_line = head.replace(b"\0", b"").partition(b"\n")[0]
        return is_text(head) and first_line.count(b"\t") > max(map(first_line.count, (b",", b";", b"|")))

    def accepts(self, head: bytes) -> bool:
        return is_text(head)

    def reader(self, source: ImportSource, options: ImportOptions) -> TableReader:
        return DelimitedReader(self.key, source, options, candidates="\t")
