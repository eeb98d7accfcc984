"""The documents that clients sent once with their SHA-256, and name by it from then on."""

from collections import OrderedDict
from typing import Final

ENTRY_BYTES: Final = 300
"""What an entry takes beside its text: the hash, two objects and a place in the dictionary."""


class PersistedDocuments:
    """The most recently used ones of this process, bounded in bytes.

    Nothing is lost with one that was dropped, or with the process: the client sends its document once more.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._texts: OrderedDict[str, str] = OrderedDict()

    @property
    def bytes_held(self) -> int:
        """How many bytes all entries take."""
        return self._bytes

    def get(self, sha256: str) -> str | None:
        """The document with this hash; None where it is not known."""
        text = self._texts.get(sha256)
        if text is not None:
            self._texts.move_to_end(sha256)
        return text

    def keep(self, sha256: str, text: str) -> None:
        """Remember a document, whose hash was checked; the ones that were not used for longest make room."""
        if sha256 in self._texts:
            self._texts.move_to_end(sha256)
            return
        self._texts[sha256] = text
        self._bytes += _size(text)
        while self._bytes > self._max_bytes:
            _, dropped = self._texts.popitem(last=False)
            self._bytes -= _size(dropped)


def _size(text: str) -> int:
    return len(text.encode()) + ENTRY_BYTES
