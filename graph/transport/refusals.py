"""Requests that are refused before they are executed: as exceptions, and as the statuses and headers of HTTP."""

from collections.abc import Mapping
from typing import Final

from domain.errors import (
    BadRequest,
    Conflict,
    DomainError,
    EmailNotVerified,
    Forbidden,
    NotFound,
    PayloadTooLarge,
    RateLimited,
    Unauthenticated,
    Unavailable,
)

SECONDS_TO_RETRY: Final = b"1"

Header = tuple[bytes, bytes]

_STATUS: Final[Mapping[str, int]] = {
    Unauthenticated.code: 401,
    EmailNotVerified.code: 403,
    Forbidden.code: 403,
    NotFound.code: 404,
    Conflict.code: 409,
    PayloadTooLarge.code: 413,
    RateLimited.code: 429,
    Unavailable.code: 503,
    "INTERNAL_ERROR": 500,
    "QUERY_TIMEOUT": 504,
}
_HEADERS: Final[Mapping[str, tuple[Header, ...]]] = {
    Unauthenticated.code: ((b"www-authenticate", b"Bearer"),),
    Unavailable.code: ((b"retry-after", SECONDS_TO_RETRY),),
}


class RefusedByHttp(BadRequest):
    """A request that HTTP has a status of its own for, and perhaps a header that says what would be taken."""

    status: int
    headers: tuple[Header, ...] = ()


class MethodNotAllowed(RefusedByHttp):
    """A mutation by GET, which proxies, prefetching browsers and links of other sites could send as well."""

    status = 405
    headers = ((b"allow", b"POST"),)


class NotAcceptable(RefusedByHttp):
    """No form that answers have is one that the client takes."""

    status = 406


class UnsupportedMediaType(RefusedByHttp):
    """A body that is not JSON in UTF-8."""

    status = 415
    headers = ((b"accept-post", b"application/json"),)


class UnsupportedEncoding(RefusedByHttp):
    """A body that is compressed: what it would be unpacked is not bounded by its length."""

    status = 415
    headers = ((b"accept-encoding", b"identity"),)


def status_of(error: DomainError) -> int:
    """The HTTP status of a request that failed before it was executed."""
    return error.status if isinstance(error, RefusedByHttp) else status_of_code(error.code)


def status_of_code(code: str) -> int:
    """The HTTP status for a code of the public contract."""
    return _STATUS.get(code, 400)


def headers_of(error: DomainError) -> tuple[Header, ...]:
    """The headers that go with such a status."""
    if isinstance(error, RefusedByHttp):
        return error.headers
    wait = error.location.get("retryAfter")
    return _HEADERS.get(error.code, ()) if wait is None else ((b"retry-after", str(wait).encode()),)
