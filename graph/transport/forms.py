"""What every form of a streamed HTTP response has."""

from collections.abc import Mapping
from typing import ClassVar, Protocol


class StreamForm(Protocol):
    """Puts the answers to one operation into one response body; each piece reaches the client by itself."""

    media_type: ClassVar[str]
    content_type: ClassVar[bytes]
    opening: ClassVar[bytes]
    """What the body begins with; may be empty."""
    heartbeat: ClassVar[bytes]
    """A sign of life that no client takes for an answer."""
    closing: ClassVar[bytes]
    """Says that no more answers come."""

    @classmethod
    def is_meant_by(cls, parameters: Mapping[str, str]) -> bool:
        """Whether a media range of this type with these parameters asks for this form."""
        ...

    def next(self, body: bytes) -> bytes:
        """One answer, given as the JSON of a response."""
        ...

    def failure(self, body: bytes) -> bytes:
        """The errors, given as the JSON of a response, that end answers which had begun."""
        ...
