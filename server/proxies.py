"""Where requests come from that reach the server through proxies.

Each proxy writes down, behind what it was told, whom it was called by. So the list is read from its end, and believed
for as long as who wrote it is trusted: the first address that is not is the client's, and what stands before it is the
client's own word.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from domain.networks import Network, is_within, networks, read_address
from server.settings import Settings
from server.settings_section import listed

MAX_HOPS: Final = 20
"""How many addresses are read; a client may send any number."""


def proxies(settings: Settings) -> list[Middleware]:
    """The middleware for the settings; nothing where no proxy is trusted."""
    trusted = networks(listed(settings.trusted_proxies))
    return [Middleware(Proxies, trusted, settings.proxy_header)] if trusted else []


class Proxies:
    """ASGI middleware: puts the client's address in the place of a trusted proxy's. Others see nothing of proxies."""

    def __init__(self, app: ASGIApp, trusted: Sequence[Network], header: str) -> None:
        self._app = app
        self._trusted = trusted
        self._header = header.encode()
        self._read: Callable[[str], str] = _forwarded_for if header == "forwarded" else str

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, from where it comes."""
        client = scope.get("client")
        if client and scope["type"] in {"http", "websocket"}:
            scope["client"] = (self._origin(client[0], scope), client[1])
        await self._app(scope, receive, send)

    def _origin(self, peer: str, scope: Scope) -> str:
        """The client's address: the last in the chain that nobody trusted vouches for any further."""
        origin = peer
        for hop in self._hops(scope):
            known = read_address(origin)
            if known is None or not is_within(known, self._trusted):
                break
            if read_address(hop) is None:  # `unknown`, or made up: the proxy itself is all that is known
                break
            origin = hop
        return origin

    def _hops(self, scope: Scope) -> Iterator[str]:
        """The addresses that the proxies wrote, the last one first."""
        sent = b",".join(value for name, value in scope["headers"] if name == self._header)
        for part in reversed(sent.decode("latin-1").rsplit(",", MAX_HOPS)[-MAX_HOPS:]):
            yield _bare(self._read(part.strip()))


def _forwarded_for(element: str) -> str:
    """The address in an element of the header `Forwarded` (RFC 7239)."""
    for pair in element.split(";"):
        name, _, value = pair.strip().partition("=")
        if name.lower() == "for":
            return value.strip().strip('"')
    return ""


def _bare(node: str) -> str:
    """An address without its port and brackets."""
    if node.startswith("["):
        return node[1:].partition("]")[0]
    return node.partition(":")[0] if node.count(":") == 1 else node
