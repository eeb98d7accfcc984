"""The headers by which every answer tells browsers to do nothing with it but hand it to who asked."""

from collections.abc import Iterable
from typing import Final

Header = tuple[bytes, bytes]

SECURITY_HEADERS: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
"""Strict-Transport-Security is for the proxy that has the certificate to say."""


def with_security_headers(headers: Iterable[Header]) -> list[Header]:
    """The headers of an answer and those that it lacks; what a page says of itself, such as GraphiQL, is kept."""
    own = list(headers)
    names = {name for name, _ in own}
    return [*own, *(header for header in SECURITY_HEADERS if header[0] not in names)]
