"""Which encoding a file of text has: its byte order mark, else UTF-8 if it is, else the likeliest older one."""

import codecs
from typing import Final

from charset_normalizer import CharsetMatch, CharsetMatches, from_bytes

from domain.errors import BadRequest
from domain.imports.source import ImportSource

UTF_8: Final = "utf-8"
_FALLBACK: Final = "cp1252"
_CHUNK_BYTES = 1024 * 1024
_NOT_OF_FILES: Final = frozenset({"idna", "punycode", "utf-7", "unicode-escape", "raw-unicode-escape"})
"""Encodings of single names or of source code; some of them decode to halves of characters."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARKED: Final = frozenset({"utf-16", "utf-32"})
_CANDIDATES: Final = (
    *("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),  # Windows, by region
    *("koi8_r", "cp932", "euc_jp", "cp949", "gb18030", "big5"),
)
"""What files of today come in; without a short list, short texts are taken for exotic DOS and Macintosh tables."""


def find_encoding(source: ImportSource, wanted: str | None, sniff_bytes: int) -> str:
    """The name of the encoding, as Python's codecs know it.

    `wanted` is taken as it is if Python knows it and it is one of text; raises `BadRequest` otherwise. Whether a
    file is UTF-8 is decided by all of its bytes, so no reader meets a surprise in the middle.
    """
    head = source.head(sniff_bytes)
    if wanted is not None:
        return _with_byte_order(_known_encoding(wanted), head)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    wide = _wide_encoding(head)
    if wide is not None:
        return wide
    offset = _first_not_utf8(source)
    return UTF_8 if offset is None else _older_encoding(_telling_bytes(source, offset, sniff_bytes))


def is_unicode(encoding: str) -> bool:
    """Whether the encoding is UTF-8, which has been checked byte by byte when it was found."""
    return encoding in (UTF_8, "utf-8-sig")


def _known_encoding(name: str) -> str:
    try:
        found = codecs.lookup(name).name
        b"\0\0\0\0".decode(name)  # refuses codecs that are none of text, such as base64; a character of any width
    except (LookupError, ValueError):
        found = ""
    if not found or found in _NOT_OF_FILES:
        raise BadRequest(f"{name!r} is not a text encoding of files; known ones are utf-8, utf-16, cp1252.", value=name)
    return "utf-8-sig" if found == UTF_8 else found


def _with_byte_order(encoding: str, head: bytes) -> str:
    """With the order of bytes where the name leaves it to a mark that is not there; Python's readers need one."""
    if encoding not in _MARKED or any(head.startswith(mark) for mark, name in _MARKS if name == encoding):
        return encoding
    if encoding == "utf-16":
        return _wide_encoding(head) or "utf-16-le"
    return "utf-32-be" if head.startswith(b"\0") else "utf-32-le"


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a mark: mostly Latin text has a NUL in every second byte, always on the same side."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half >= 2 and max(even, odd) * 3 > half and min(even, odd) * 20 < max(even, odd):
        return "utf-16-le" if odd > even else "utf-16-be"
    return None


def _first_not_utf8(source: ImportSource) -> int | None:
    """The offset of the first chunk with a byte that is not UTF-8, None when all are."""
    decoder = codecs.getincrementaldecoder(UTF_8)()
    offset = 0
    with source.open() as stream:
        while True:
            chunk = stream.read(_CHUNK_BYTES)
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                return max(0, offset - 4)  # a character may have begun in the chunk before
            if not chunk:
                return None
            offset += len(chunk)


def _telling_bytes(source: ImportSource, offset: int, size: int) -> bytes:
    """Lines with bytes beyond ASCII, up to `size` bytes of them: the others tell nothing about the encoding."""
    with source.open() as stream:
        stream.seek(offset)
        lines = stream.read(_CHUNK_BYTES + 4).splitlines(keepends=True)
    telling = b"".join(line for line in lines if not line.isascii())
    return telling[:size]


def _older_encoding(sample: bytes) -> str:
    matches = from_bytes(sample, cp_isolation=list(_CANDIDATES))
    best = matches.best()
    if best is None:
        return _FALLBACK
    western = _western(matches)
    if western is not None and western.chaos <= best.chaos + 0.1 and western.coherence >= best.coherence - 0.1:
        return _FALLBACK  # a short text fits several tables alike, and this is by far the commonest
    return best.encoding


def _western(matches: CharsetMatches) -> CharsetMatch | None:
    return next((match for match in matches if _FALLBACK in match.could_be_from_charset), None)
