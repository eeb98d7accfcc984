"""Reading the XML parts of a workbook piece by piece, so that no part is in memory as a whole."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from functools import partial
from typing import Final
from xml.parsers import expat

from domain.errors import BadRequest, PayloadTooLarge
from domain.imports.limits import MEBIBYTE

_CHUNK_BYTES: Final = 256 * 1024
_MAX_TOKEN_BYTES: Final = 4 * MEBIBYTE
"""More bytes without the end of a tag are no workbook."""

Tag = tuple[str, dict[str, str]]


@contextmanager
def workbook_errors() -> Iterator[None]:
    """Turn what broken archives and broken XML raise into `BadRequest`, in words that are not those of libraries."""
    try:
        yield
    except RuntimeError as error:  # all that `zipfile` raises it for, NotImplementedError included
        raise BadRequest("The workbook cannot be opened: it is encrypted, or packed as no workbook is.") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError) as error:
        raise BadRequest("The workbook cannot be opened: it is damaged, or no XLSX at all.") from error
    except expat.ExpatError as error:
        place = f"line {error.lineno}, column {error.offset + 1}"
        raise BadRequest(f"The workbook cannot be read: a part of it is no well-formed XML, {place}.") from error
    except (ValueError, LookupError) as error:
        raise BadRequest("The workbook cannot be read: a row, cell or style in it makes no sense.") from error


class PartReader:
    """The bytes of one part of an archive; what the archive says about its size is not believed."""

    def __init__(self, archive: zipfile.ZipFile, name: str, max_bytes: int) -> None:
        self.bytes_read = 0
        self._archive = archive
        self._part = archive.getinfo(name)
        self._max_bytes = max_bytes
        self._stated_size = self._part.file_size

    @property
    def progress(self) -> float:
        """How much of the part has been read, from 0 to 1, as far as its size is known."""
        return min(1.0, self.bytes_read / self._stated_size) if self._stated_size else 1.0

    def __iter__(self) -> Iterator[bytes]:
        part = copy(self._part)
        part.file_size = self._max_bytes + 2 * _CHUNK_BYTES
        with self._archive.open(part) as content:
            for chunk in iter(partial(content.read, _CHUNK_BYTES), b""):
                self.bytes_read += len(chunk)
                if self.bytes_read > self._max_bytes:
                    raise PayloadTooLarge(
                        f"The part {self._part.filename} of the workbook has more than "
                        f"{self._max_bytes / MEBIBYTE:,.1f} MiB unpacked. As CSV it can have any size."
                    )
                yield chunk


def new_parser() -> expat.XMLParserType:
    """A parser without document types, whose entities could make a small file large."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    return parser


def _refuse_doctype(name: str, system_id: str | None, public_id: str | None, has_internal_subset: bool) -> None:
    raise BadRequest("The workbook holds a document type declaration, which is not taken.")


def feed(parser: expat.XMLParserType, chunks: PartReader) -> Iterator[None]:
    """Feed the parser; the caller takes what its handlers have collected after each piece."""
    for chunk in chunks:
        parser.Parse(chunk, False)
        if chunks.bytes_read - parser.CurrentByteIndex > _MAX_TOKEN_BYTES:
            raise BadRequest("The workbook holds XML with a tag that does not end.")
        yield
    parser.Parse(b"", True)
    yield


def local_name(name: str) -> str:
    """The name without its prefix."""
    return name.rpartition(":")[2]


def tags(chunks: PartReader) -> Iterator[Tag]:
    """The opening tags of a part in their order, with their attributes; names are without prefixes."""
    found: list[Tag] = []
    parser = new_parser()

    def start(name: str, attributes: dict[str, str]) -> None:
        found.append((local_name(name), {local_name(key): value for key, value in attributes.items()}))

    parser.StartElementHandler = start
    for _ in feed(parser, chunks):
        yield from found
        found.clear()
