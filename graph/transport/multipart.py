"""Answers as parts of a multipart/mixed body: Apollo's protocol of subscriptions, and the plain incremental form.

Apollo's: https://www.apollographql.com/docs/graphos/routing/operations/subscriptions/multipart-protocol
The plain one (urql and others): https://github.com/graphql/graphql-over-http/blob/main/rfcs/IncrementalDelivery.md

The delimiter follows each part at once, not with the next one: clients take a part when they see its end.
"""

from collections.abc import Mapping
from typing import ClassVar

_HEAD = b"\r\nContent-Type: application/json; charset=utf-8\r\n\r\n"
_DELIMITER = b"\r\n--graphql"
_END = b"--\r\n"
"""Makes the delimiter before it the last one."""


class SubscriptionParts:
    """Apollo's `subscriptionSpec=1.0`: answers under `payload`, an empty object as the sign of life."""

    media_type: ClassVar[str] = "multipart/mixed"
    content_type: ClassVar[bytes] = b'multipart/mixed;boundary="graphql";subscriptionSpec=1.0'
    heartbeat: ClassVar[bytes] = _HEAD + b"{}" + _DELIMITER
    opening: ClassVar[bytes] = b"--graphql" + heartbeat
    closing: ClassVar[bytes] = _END

    @classmethod
    def is_meant_by(cls, parameters: Mapping[str, str]) -> bool:
        """Only where the version of the protocol is named: other clients do not know the wrapper."""
        return parameters.get("subscriptionspec") == "1.0"

    def next(self, body: bytes) -> bytes:
        """One answer."""
        return _HEAD + b'{"payload":' + body + b"}" + _DELIMITER

    def failure(self, body: bytes) -> bytes:
        """Errors beside the payload, which end the subscription for the client."""
        return _HEAD + b'{"payload":null,' + body[1:] + _DELIMITER


class IncrementalParts:
    """Answers as they are, each saying whether more are to come.

    There is no part that clients would skip, so the sign of life is one more header of the part that comes next.
    """

    media_type: ClassVar[str] = "multipart/mixed"
    content_type: ClassVar[bytes] = b'multipart/mixed;boundary="graphql"'
    heartbeat: ClassVar[bytes] = b"\r\nX-Heartbeat: 1"
    opening: ClassVar[bytes] = b"--graphql"
    closing: ClassVar[bytes] = _HEAD + b'{"hasNext":false}' + _DELIMITER + _END

    @classmethod
    def is_meant_by(cls, parameters: Mapping[str, str]) -> bool:
        """Where no version of Apollo's protocol is named."""
        return "subscriptionspec" not in parameters

    def next(self, body: bytes) -> bytes:
        """One answer."""
        return _HEAD + body[:-1] + b',"hasNext":true}' + _DELIMITER

    def failure(self, body: bytes) -> bytes:
        """Errors, as of any other answer."""
        return self.next(body)
