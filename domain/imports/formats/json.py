"""JSON: an array of objects, alone or as the only such array in an object such as {"records": [...]}."""

import json
from collections.abc import Iterator

from domain.errors import BadRequest
from domain.imports.encodings import find_encoding
from domain.imports.formats.contract import ImportFormat, TableReader
from domain.imports.json_text import JsonText
from domain.imports.lines import open_text
from domain.imports.objects import Item, ObjectReader
from domain.imports.options import ImportOptions
from domain.imports.problems import Report
from domain.imports.source import ImportSource


class JsonFormat(ImportFormat):
    """One JSON document."""

    key = "json"
    title = "JSON"
    extensions = (".json", ".geojson")
    position = 30

    def recognises(self, head: bytes) -> bool:
        start = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
        return start.startswith((b"[", b"{")) and not is_json_lines(start)

    def reader(self, source: ImportSource, options: ImportOptions) -> TableReader:
        return JsonReader(source, options)


def is_json_lines(head: bytes) -> bool:
    """Whether the first two lines that are not empty are JSON objects, each by itself."""
    lines = [line for line in head.split(b"\n") if line.strip()][:2]
    if len(lines) < 2 or not all(line.startswith(b"{") for line in lines):
        return False
    try:
        return isinstance(json.loads(lines[0]), dict)
    except (ValueError, RecursionError):
        return False


class JsonReader(ObjectReader):
    """The elements of one array of a JSON document."""

    def __init__(self, source: ImportSource, options: ImportOptions) -> None:
        self._source = source
        self._limit = options.limits.max_row_characters
        self._encoding = find_encoding(source, options.encoding, options.limits.sniff_bytes)
        self._records_key = self._find_array(options.records_key)
        self.layout = self.describe("json", self._encoding, options, self._records_key)

    def items(self, report: Report) -> Iterator[Item]:
        with self._source.open() as stream, open_text(stream, self._encoding) as text:
            document = JsonText(text, self._limit)
            for number, element in enumerate(self._elements(document), 1):
                if number % 100 == 1:
                    self.progress = stream.tell() / self._source.size
                yield number, element
            self.progress = 1.0

    def _elements(self, document: JsonText) -> Iterator[object]:
        if self._records_key is None:
            yield from document.elements()
        else:
            for key in document.members():
                if key == self._records_key and document.peek() == "[":
                    yield from document.elements()
                else:
                    document.value()
        document.end()

    def _find_array(self, wanted: str | None) -> str | None:
        """The key of the array that holds the records; None if the document itself is the array."""
        with self._source.open() as stream, open_text(stream, self._encoding) as text:
            document = JsonText(text, self._limit)
            first = document.peek()
            if first == "[":
                return None
            if first != "{":
                raise BadRequest("The file holds no table: expected a JSON array of objects.")
            return _choose_array(_arrays(document), wanted)


def _arrays(document: JsonText) -> dict[str, bool]:
    """The arrays among the values of an object by their keys, each with whether it holds an object."""
    arrays = {}
    for key in document.members():
        if document.peek() == "[":
            arrays[key] = sum(isinstance(element, dict) for element in document.elements()) > 0
        else:
            document.value()
    return arrays


def _choose_array(arrays: dict[str, bool], wanted: str | None) -> str:
    if wanted is not None:
        if wanted not in arrays:
            raise BadRequest(f"The file has no array under the key {wanted!r}.", value=wanted)
        return wanted
    of_objects = [key for key, holds_objects in arrays.items() if holds_objects] or list(arrays)
    if len(of_objects) == 1:
        return of_objects[0]
    if not of_objects:
        raise BadRequest("The file holds one JSON object without an array in it: expected an array of objects.")
    keys = ", ".join(map(repr, of_objects[:10]))
    raise BadRequest(f"The file holds {len(of_objects)} arrays: {keys}. Say which one holds the records.")
