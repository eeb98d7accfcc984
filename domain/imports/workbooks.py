"""What is looked at in an XLSX file before it is loaded, so that a small file cannot take all memory.

A sheet is loaded as a full rectangle from A1 to its last row and column: two cells in far corners would take half a
terabyte. So the whole archive is unpacked once, piece by piece, and nothing that it says about itself is believed.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Final

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.limits import MEBIBYTE, ImportLimits

_CHUNK_BYTES: Final = MEBIBYTE
_MAX_TEXT_BYTES: Final = 4 * MEBIBYTE
"""A longer run without a tag is no sheet: the text of a cell has at most 32,767 characters."""
_BEFORE_XML: Final = b"\xef\xbb\xbf\xff\xfe \t\r\n"
_TAG = re.compile(rb"""<(?:[\w.-]+:)?(row|c)(?=[\s/>])((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>""")
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_ANY_REFERENCE = re.compile(rb"\br\s*=")
_AS_CSV = "As CSV it can have any size."


def check_workbook(stream: io.BufferedReader, size: int, limits: ImportLimits) -> None:
    """Raise `PayloadTooLarge` for a workbook beyond the limits, and `BadRequest` for what is none."""
    if size > limits.workbook_bytes:
        raise PayloadTooLarge(
            f"A workbook may have at most {limits.workbook_bytes / MEBIBYTE:,.1f} MiB; "
            f"this one has {size / MEBIBYTE:,.1f}. {_AS_CSV}"
        )
    try:
        with zipfile.ZipFile(stream) as archive:
            _check_kind(archive)
            budget = _Budget(limits.workbook_unpacked_bytes)
            for part in archive.infolist():  # a sheet may lie anywhere in the archive
                _check_area(budget.unpack(archive, part), part.filename, limits.workbook_cells)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise BadRequest(f"The workbook cannot be opened: {error}.") from error


def _check_kind(archive: zipfile.ZipFile) -> None:
    """Refuse other archives, and those that are several kinds of workbook at once."""
    names = {name.lower() for name in archive.namelist()}
    if "xl/workbook.xml" not in names or names & {"content.xml", "xl/workbook.bin"}:
        raise BadRequest("The file is not an XLSX workbook.")


class _Budget:
    """The bytes that the parts of an archive may still unpack to."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit

    def unpack(self, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
        """The content of the part in pieces; raises `PayloadTooLarge` when the budget is used up."""
        # Instead of what the archive says, which other programs do not go by; more than is ever read.
        part.file_size = self._left + 2 * _CHUNK_BYTES
        with archive.open(part) as content:
            for chunk in iter(partial(content.read, _CHUNK_BYTES), b""):
                self._left -= len(chunk)
                if self._left < 0:
                    raise PayloadTooLarge(
                        f"The workbook has more than {self._limit / MEBIBYTE:,.1f} MiB unpacked. {_AS_CSV}"
                    )
                yield chunk


def _check_area(chunks: Iterator[bytes], name: str, max_cells: int) -> None:
    """Refuse a sheet whose rectangle is too large; rows and cells without a reference follow the one before."""
    row = column = last_row = last_column = 0
    for tag, attributes in _tags(chunks):
        found = _REFERENCE.search(attributes)
        if found is None and _ANY_REFERENCE.search(attributes):
            raise BadRequest(f"The workbook has a cell in {name} whose reference cannot be read.")
        if tag == b"row":
            row, column = (int(found[2]) if found else row + 1), 0
        else:
            column = _column_number(found[1]) if found else column + 1
            row = int(found[2]) if found else row
        if attributes.endswith(b"/"):
            continue  # a cell that only has a style, which is not loaded
        if row > last_row or column > last_column:
            last_row, last_column = max(row, last_row), max(column, last_column)
            if last_row * last_column > max_cells:
                raise PayloadTooLarge(
                    f"The sheet in {name} reaches to row {last_row:,} and column {last_column:,}; "
                    f"at most {max_cells:,} cells are taken, empty ones counted. {_AS_CSV}"
                )


def _tags(chunks: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """The name and the attributes of each row and cell of a part; each piece that is searched ends before a tag."""
    first = next(chunks, b"")
    if not first.lstrip(_BEFORE_XML).startswith(b"<"):
        for _ in chunks:  # a picture, or something else that is no XML: only its size counts
            pass
        return
    rest = b""
    for chunk in chain([first], chunks):
        if b"\0" in chunk:
            raise BadRequest("The workbook holds XML that is not UTF-8.")
        piece = rest + chunk
        end = piece.rfind(b"<")
        if len(piece) - end > _MAX_TEXT_BYTES:
            raise BadRequest("The workbook holds XML that cannot be read.")
        yield from ((found[1], found[2]) for found in _TAG.finditer(piece, 0, max(end, 0)))
        rest = piece[end:]
    yield from ((found[1], found[2]) for found in _TAG.finditer(rest))


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
