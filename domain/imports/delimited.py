"""Reading files of delimited cells; the formats csv and tsv differ only in the delimiters that they look for."""

import csv
import io
from collections.abc import Iterator
from itertools import islice

from domain.errors import BadRequest
from domain.imports.dialects import DELIMITERS, Dialect, find_dialect
from domain.imports.encodings import find_encoding
from domain.imports.formats.contract import Layout, Row, TableReader
from domain.imports.lines import Lines, open_text
from domain.imports.names import name_columns
from domain.imports.options import ImportOptions
from domain.imports.problems import ImportProblem, Report
from domain.imports.source import ImportSource

_PEEKED_ROWS = 100
_BINARY = (
    b"PK\x03\x04",
    b"\xd0\xcf\x11\xe0",
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"\x1f\x8b",
    b"GIF8",
    b"SQLite format 3",
)
"""How files begin that are surely no text: zip and old Office files, PDF, pictures, gzip, SQLite."""


def is_text(head: bytes) -> bool:
    """Whether a file that begins with `head` may be text: not one of the well-known kinds of binary files."""
    return not head.startswith(_BINARY)


class DelimitedReader(TableReader):
    """Rows of texts. Rows that are too short or too long are reported, and filled up or cut."""

    def __init__(self, format: str, source: ImportSource, options: ImportOptions, candidates: str = DELIMITERS) -> None:
        self._source = source
        self._limits = options.limits
        self._encoding = find_encoding(source, options.encoding, options.limits.sniff_bytes)
        sample = self._sample()
        self._dialect = find_dialect(sample, options.delimiter, options.quote, candidates)
        named = name_columns(_peek(sample, self._dialect), options.has_header, options.limits.max_name_characters)
        self.layout = Layout(
            format=format,
            names=named.names,
            unnamed=named.unnamed,
            has_header=named.from_header,
            encoding=self._encoding,
            delimiter=self._dialect.delimiter,
            quote=self._dialect.quote,
        )

    def rows(self, report: Report) -> Iterator[Row]:
        # The csv module's own limit holds for the whole process and is far below ours, which `Lines` enforces.
        csv.field_size_limit(max(csv.field_size_limit(), self._limits.max_row_characters))
        with self._source.open() as stream, open_text(stream, self._encoding) as text:
            lines = Lines(text, self._encoding, self._limits.max_row_characters, report)
            for index, row in enumerate(self._whole_rows(lines, report)):
                if index % 100 == 0:
                    self.progress = stream.tell() / self._source.size
                yield row
            self.progress = 1.0

    def _whole_rows(self, lines: Lines, report: Report) -> Iterator[Row]:
        width = len(self.layout.names)
        for start, row in islice(self._all_rows(lines), 1 if self.layout.has_header else 0, None):
            if len(row) != width:
                row = _fitted(row, width, start, report)
            yield start, row

    def _all_rows(self, lines: Lines) -> Iterator[tuple[int, list[object]]]:
        """Every row that is not empty, with the line where it begins, the header too."""
        iterator = iter(lines)
        for _ in islice(iterator, self._dialect.skipped_lines):
            lines.row_is_done()
        try:
            for row in self._dialect.rows(iterator):
                start = lines.row_start
                lines.row_is_done()
                if any(row):
                    yield start, list[object](row)
        except csv.Error as error:
            raise BadRequest(f"Line {lines.row_start} cannot be read: {error}.", line=lines.row_start) from error

    def _sample(self) -> str:
        """The first lines of the file; the last of them is dropped where it may be cut off."""
        with self._source.open() as stream:
            head = stream.read(self._limits.sniff_bytes)
        is_whole = len(head) == self._source.size
        text = head.decode(self._encoding, errors="replace").replace("\0", "")
        end = max(text.rfind("\n"), text.rfind("\r"))
        return text if is_whole or end < 0 else text[: end + 1]


def _peek(sample: str, dialect: Dialect) -> list[list[str]]:
    lines = io.StringIO(sample, newline="")
    for _ in range(dialect.skipped_lines):
        lines.readline()
    return list(islice((row for row in dialect.rows(lines) if any(row)), _PEEKED_ROWS))


def _fitted(row: list[object], width: int, line: int, report: Report) -> list[object]:
    """The row with as many cells as there are columns; cells that are cut off or missing are reported."""
    if len(row) < width:
        report(ImportProblem(line, f"The row has {len(row)} cells instead of {width}; the others are left empty."))
        return row + [""] * (width - len(row))
    if any(row[width:]):
        report(ImportProblem(line, f"The row has {len(row)} cells instead of {width}; those at the end are left out."))
    return row[:width]
