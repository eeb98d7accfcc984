"""The headers by which every answer tells browsers to do nothing with it but hand it to who asked."""

from collections.abc import Iterable, Sequence
from typing import Final

from graph.transport.refusals import Header

SECURITY_HEADERS: Final[tuple[Header, ...]] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
)
"""Strict-Transport-Security is for the proxy that has the certificate to say."""

_NAMES: Final = frozenset(name for name, _ in SECURITY_HEADERS)


def lacking_security_headers(own: Iterable[Header]) -> Sequence[Header]:
    """Those that the headers of an answer lack; what a page says of itself, such as GraphiQL, is kept."""
    names = {name for name, _ in own}
    if names.isdisjoint(_NAMES):
        return SECURITY_HEADERS
    return [header for header in SECURITY_HEADERS if header[0] not in names]
