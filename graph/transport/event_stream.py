"""Answers as server-sent events: GraphQL over SSE in its distinct connections mode.

The protocol: https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md
"""

from collections.abc import Mapping
from typing import ClassVar


class EventStream:
    """`next` events with the answers, then `complete`."""

    media_type: ClassVar[str] = "text/event-stream"
    content_type: ClassVar[bytes] = b"text/event-stream; charset=utf-8"
    opening: ClassVar[bytes] = b":\n\n"  # a comment: proxies pass headers on with the first bytes of the body
    heartbeat: ClassVar[bytes] = b":\n\n"
    closing: ClassVar[bytes] = b"event: complete\ndata:\n\n"  # browsers drop an event that has no data line

    @classmethod
    def is_meant_by(cls, parameters: Mapping[str, str]) -> bool:  # noqa: ARG003  # the contract of forms
        """Always: parameters such as `charset` change nothing."""
        return True

    def next(self, body: bytes) -> bytes:
        """A `next` event. Line breaks are only ever white space in JSON, and would end the data here."""
        return b"event: next\ndata: " + body.replace(b"\n", b" ").replace(b"\r", b" ") + b"\n\n"

    def failure(self, body: bytes) -> bytes:
        """A `next` event too: the protocol has no other way to tell errors."""
        return self.next(body)
