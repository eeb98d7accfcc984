"""JSON Lines: one JSON object a line."""

from collections.abc import Iterator

from domain.imports.encodings import find_encoding
from domain.imports.formats.contract import ImportFormat, TableReader
from domain.imports.formats.json import is_json_lines
from domain.imports.json_text import DECODER, decode_error
from domain.imports.lines import Lines, open_text
from domain.imports.objects import Item, ObjectReader
from domain.imports.options import ImportOptions
from domain.imports.problems import ImportProblem, Report, shown
from domain.imports.source import ImportSource


class JsonLinesFormat(ImportFormat):
    """A JSON object in each line."""

    key = "jsonl"
    title = "JSON Lines"
    extensions = (".jsonl", ".ndjson", ".ldjson")
    position = 20

    def recognises(self, head: bytes) -> bool:
        return is_json_lines(_start(head))

    def accepts(self, head: bytes) -> bool:
        start = _start(head)
        return not start or start.startswith(b"{")

    def reader(self, source: ImportSource, options: ImportOptions) -> TableReader:
        return JsonLinesReader(source, options)


def _start(head: bytes) -> bytes:
    return head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")


class JsonLinesReader(ObjectReader):
    """The lines of a file; one that is not JSON is reported and left out."""

    def __init__(self, source: ImportSource, options: ImportOptions) -> None:
        self._source = source
        self._limit = options.limits.max_row_characters
        self._encoding = find_encoding(source, options.encoding, options.limits.sniff_bytes)
        self.layout = self.describe("jsonl", self._encoding, options)

    def items(self, report: Report) -> Iterator[Item]:
        with self._source.open() as stream, open_text(stream, self._encoding) as text:
            lines = Lines(text, self._encoding, self._limit, report)
            for line in lines:
                number = lines.row_start
                lines.row_is_done()
                if number % 100 == 1:
                    self.progress = stream.tell() / self._source.size
                yield from _parsed(number, line.strip(), report)
            self.progress = 1.0


def _parsed(number: int, line: str, report: Report) -> Iterator[Item]:
    """The value in the line: nothing for a blank one, and for one that is reported."""
    if not line:
        return
    try:
        value = DECODER.decode(line)
    except (ValueError, RecursionError) as error:
        message = f"The line is not valid JSON, it is left out: {decode_error(error)}."
        report(ImportProblem(number, message, value=shown(line)))
        return
    yield number, value
