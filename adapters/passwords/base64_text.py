"""The spellings of base64 that stored hashes use."""

from base64 import b64decode, b64encode
from binascii import Error


def decoded(text: str) -> bytes | None:
    """The bytes of base64 with or without padding, or with passlib's `.` for `+`; None for anything else."""
    plain = text.rstrip("=").replace(".", "+")
    try:
        return b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (Error, ValueError):
        return None


def encoded(value: bytes) -> str:
    """Base64 without padding, as the PHC string format has it."""
    return b64encode(value).decode().rstrip("=")
