"""What came back, as far as it was read."""

from collections.abc import Iterable
from dataclasses import dataclass
from email.message import Message
from typing import Final

MAX_HEADERS: Final = 50
"""Headers of an answer that are kept."""
MAX_VALUE: Final = 1_000
"""Characters of a header of an answer that are kept."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of a target. `url` is the last one, behind redirects; `seconds` is how long all of it took."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    is_cut: bool
    """Whether there is more of the body, which was not read."""
    url: str
    seconds: float

    @property
    def is_success(self) -> bool:
        """Whether the status is one of 200 to 299."""
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body for a log: a text that a database can hold, or how many bytes there are of what is none."""
        encoding = self.header("content-encoding")
        if encoding not in (None, "identity"):
            return f"({len(self.body):,} bytes, {encoding})"
        return _decoded(self.body, self.header("content-type")).replace("\x00", "\ufffd")

    def header(self, name: str) -> str | None:
        """The first header with this name, in small letters."""
        return next((value for each, value in self.headers if each == name), None)


def kept_headers(headers: Iterable[tuple[bytes, bytes]]) -> tuple[tuple[str, str], ...]:
    """The first headers, their names in small letters and their values no longer than what is kept."""
    first = list(headers)[:MAX_HEADERS]
    return tuple((name.decode("latin-1").lower(), value.decode("latin-1")[:MAX_VALUE]) for name, value in first)


def _decoded(body: bytes, content_type: str | None) -> str:
    message = Message()
    message["content-type"] = content_type or "text/plain"
    try:
        return body.decode(message.get_content_charset("utf-8"), "replace")
    except (LookupError, UnicodeError):
        return body.decode("utf-8", "replace")
