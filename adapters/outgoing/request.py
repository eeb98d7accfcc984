"""A request to a target that a user has named, and what may not be in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urljoin

import httpx2

from adapters.outgoing.faults import SHOWN, TargetRefused
from adapters.outgoing.rules import Rules

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD")
MAX_URL: Final = 4_096
"""Characters of an address."""
MAX_HEADERS: Final = 50
MAX_HEADER_BYTES: Final = 16 << 10
"""Of all headers together."""
AGENT: Final = "Tablegraph"

_OURS: Final = frozenset(
    (
        "host",
        "content-length",
        "transfer-encoding",
        "connection",
        "keep-alive",
        "upgrade",
        "te",
        "trailer",
        "expect",
        "accept-encoding",
        "proxy-authorization",
        "proxy-authenticate",
        "proxy-connection",
        "http2-settings",
    )
)
"""Headers that say how the request is sent, which is not the user's."""
_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"[A-Za-z0-9._:-]+")
_NAME: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_VALUE: Final = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_KEPT: Final = frozenset(("content-type", "accept", "user-agent", "accept-language"))
"""Headers that go on to another server when the first one redirects there: none that could be a secret."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent where. `redirects` is how many are followed; by default their answers are the answer."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    redirects: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that has been looked at."""

    scheme: str
    host: str
    port: int
    path: bytes
    url: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """What two URLs of the same server have in common."""
        return self.scheme, self.host, self.port


def target_of(url: str, rules: Rules) -> Target:
    """Where a URL leads; raises `TargetRefused`. Its addresses are looked at when it is connected to."""
    if len(url) > MAX_URL:
        raise TargetRefused(f"The address has more than {MAX_URL:,} characters.")
    try:
        parsed = httpx2.URL(url)
        host = parsed.raw_host.decode("ascii")
    except (httpx2.InvalidURL, ValueError) as error:
        raise TargetRefused(f"{url[:SHOWN]!r} is no URL: {error}") from None
    if parsed.scheme not in _PORTS or _HOST.fullmatch(host) is None:
        raise TargetRefused(f"{url[:SHOWN]!r} must begin with http:// or https:// and a host.")
    if parsed.userinfo:
        raise TargetRefused("The address may not have a user or a password in it; use a header.")
    port = parsed.port or _PORTS[parsed.scheme]
    if not any(port in span for span in rules.ports):
        raise TargetRefused(f"The port {port} is not allowed.")
    return Target(parsed.scheme, host, port, parsed.raw_path, str(parsed.copy_with(fragment=None)))


def check_request(request: Request, rules: Rules) -> Target:
    """Where a request goes; raises `TargetRefused` for what may not be sent."""
    if request.method not in METHODS:
        raise TargetRefused(f"The method must be one of {', '.join(METHODS)}.")
    check_headers(request.headers)
    return target_of(request.url, rules)


def check_headers(headers: Mapping[str, str]) -> None:
    """Raise `TargetRefused` for headers that a user may not set, or that would be read as several."""
    if len(headers) > MAX_HEADERS:
        raise TargetRefused(f"There may be at most {MAX_HEADERS} headers.")
    if sum(len(name) + len(value) for name, value in headers.items()) > MAX_HEADER_BYTES:
        raise TargetRefused(f"The headers may have at most {MAX_HEADER_BYTES:,} bytes.")
    for name, value in headers.items():
        if _NAME.fullmatch(name) is None:
            raise TargetRefused(f"{name[:SHOWN]!r} is no name of a header.")
        if name.lower() in _OURS:
            raise TargetRefused(f"The header {name} may not be set.")
        if _VALUE.fullmatch(value) is None:
            raise TargetRefused(f"The value of the header {name} has characters that no header may have.")


def redirected(request: Request, target: Target, status: int, location: str, rules: Rules) -> tuple[Request, Target]:
    """The request that a redirect asks for, looked at like the first one. Another server gets no secret headers."""
    following = target_of(urljoin(target.url, location), rules)
    if (target.scheme, following.scheme) == ("https", "http"):
        raise TargetRefused("A redirect leads from https:// to http://.")
    headers, method, body = request.headers, request.method, request.body
    if following.origin != target.origin:
        headers = {name: value for name, value in headers.items() if name.lower() in _KEPT}
    if status == 303 or (status in (301, 302) and method == "POST"):  # as browsers do
        method, body = ("HEAD" if method == "HEAD" else "GET"), b""
    return Request(method, following.url, headers, body, request.redirects - 1), following
