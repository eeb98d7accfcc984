"""The signatures of Standard Webhooks (https://www.standardwebhooks.com), symmetric ones: HMAC-SHA256, `v1`.

Signed are the id, the time and the raw bytes, which need not be a text: the package `standardwebhooks` signs texts
only, and knows one tolerance and one secret. Its verifier reads what is signed here.
"""

import base64
import binascii
import hmac
import secrets as random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final

from domain.errors import BadRequest, Unauthenticated

PREFIX: Final = "whsec_"
"""What a secret begins with; base64 follows."""
SECRET_BYTES: Final = 32
LEAST_SECRET_BYTES: Final = 24
MOST_SECRET_BYTES: Final = 64
"""What the specification allows."""
MAX_SIGNATURES: Final = 16
"""Of a message; senders that rotate their secrets send two."""
MAX_ID: Final = 256
"""Characters of the id of a message."""
TOLERANCE: Final = timedelta(minutes=5)
"""How far the time of a message may lie from now, unless told otherwise."""

ID: Final = "webhook-id"
TIMESTAMP: Final = "webhook-timestamp"
SIGNATURE: Final = "webhook-signature"

_VERSION: Final = "v1"
_DIGITS: Final = 12
"""Of a time in seconds; enough for 30,000 years."""


class InvalidSignature(Unauthenticated):
    """A message that was not signed with one of the secrets, or not now; the message says which."""


def new_secret() -> str:
    """A secret that nobody knows yet."""
    return PREFIX + base64.b64encode(random.token_bytes(SECRET_BYTES)).decode()


def check_secret(secret: str) -> None:
    """Raise `BadRequest` for what is no secret of the scheme."""
    _key(secret)


def signed_headers(body: bytes, message_id: str, at: datetime, secrets: Sequence[str]) -> dict[str, str]:
    """The headers of a message. While a secret is replaced there are two, and receivers may know either."""
    seconds = str(int(at.timestamp()))
    signatures = (f"{_VERSION},{base64.b64encode(mac).decode()}" for mac in _macs(secrets, message_id, seconds, body))
    return {ID: message_id, TIMESTAMP: seconds, SIGNATURE: " ".join(signatures)}


def verify(
    body: bytes,
    headers: Mapping[str, str],
    secrets: Sequence[str],
    now: datetime | None = None,
    tolerance: timedelta = TOLERANCE,
) -> str:
    """The id of a message that was signed with one of the secrets; raises `InvalidSignature`.

    Who sends a message again sends the same id: receivers remember it for as long as the tolerance.
    """
    known = {name.lower(): value for name, value in headers.items()}
    message_id, seconds, signatures = (_header(known, name) for name in (ID, TIMESTAMP, SIGNATURE))
    if len(message_id) > MAX_ID:
        raise InvalidSignature(f"{ID} has more than {MAX_ID} characters.")
    _check_time(seconds, now or datetime.now(UTC), tolerance)
    given = _given(signatures)
    # every pair is compared, so that the time taken tells nothing
    matches = [hmac.compare_digest(mac, each) for mac in _macs(secrets, message_id, seconds, body) for each in given]
    if not any(matches):
        raise InvalidSignature("No signature of this message was made with the secret.")
    return message_id


def _header(headers: Mapping[str, str], name: str) -> str:
    value = headers.get(name)
    if not value:
        raise InvalidSignature(f"The header {name} is missing.")
    return value


def _check_time(seconds: str, now: datetime, tolerance: timedelta) -> None:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= _DIGITS):
        raise InvalidSignature(f"{TIMESTAMP} must be a number of seconds since 1970.")
    age = now.timestamp() - int(seconds)
    if abs(age) > tolerance.total_seconds():
        raise InvalidSignature(f"The message is too {'old' if age > 0 else 'new'}: its time is not now.")


def _given(signatures: str) -> list[bytes]:
    """Those of our version; others are of schemes that come beside it, and say nothing here."""
    parts = signatures.split(" ", MAX_SIGNATURES)[:MAX_SIGNATURES]
    pairs = (part.partition(",") for part in parts)
    return [_decoded(text) for version, _, text in pairs if version == _VERSION]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _macs(secrets: Sequence[str], message_id: str, seconds: str, body: bytes) -> list[bytes]:
    signed = f"{message_id}.{seconds}.".encode() + body
    return [hmac.digest(_key(secret), signed, sha256) for secret in secrets]


def _key(secret: str) -> bytes:
    if not secret.startswith(PREFIX):
        raise BadRequest(f"A secret of a webhook begins with {PREFIX}.")
    text = secret.removeprefix(PREFIX)
    key = _decoded(text + "=" * (-len(text) % 4))
    if not LEAST_SECRET_BYTES <= len(key) <= MOST_SECRET_BYTES:
        raise BadRequest(
            f"Behind {PREFIX} a secret of a webhook has {LEAST_SECRET_BYTES} to {MOST_SECRET_BYTES} bytes as base64."
        )
    return key
