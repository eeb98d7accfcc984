"""Which names the server answers to: a page of a foreign name that leads to this machine could use it otherwise."""

import re
from collections.abc import Iterable
from typing import Any, Final

from domain.errors import BadRequest
from server.settings import Settings
from server.settings_section import listed

ANY: Final = "*"
OWN: Final = ("localhost", "127.0.0.1", "[::1]")
"""The names of the machine itself, for who is on it."""
MAX_KNOWN: Final = 1_000

_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._~!$&'()*+,;=%-]*)(?::\d{0,5})?")


def hosts_of(settings: Settings) -> "Hosts":
    """The names that are set; or else those of the machine where only it can call, and any where others can too."""
    if settings.allowed_hosts is not None:
        return Hosts(listed(settings.allowed_hosts))
    is_local = settings.host == "localhost" or settings.host == "::1" or settings.host.startswith("127.")
    return Hosts(OWN if is_local else (ANY,))


class Hosts:
    """The names that are allowed."""

    def __init__(self, allowed: Iterable[str]) -> None:
        names = {f"[{each}]" if each.count(":") > 1 and each[0] != "[" else each for each in map(str.lower, allowed)}
        self._is_open = ANY in names
        self._names = {name for name in names if not name.startswith("*.")}
        self._endings = tuple(name[1:] for name in names if name.startswith("*."))
        self._known: set[bytes] = set()
        """Headers that were found to be in order: nearly all have one of a few."""

    def refusal(self, scope: Any) -> BadRequest | None:
        """Why the request of an ASGI scope is not for this server; None where it is."""
        found = [value for name, value in scope["headers"] if name == b"host"]
        if len(found) == 1 and found[0] in self._known:
            return None
        if not found and scope["http_version"] == "1.0":  # it has no such header
            return None if self._is_open else BadRequest("The request names no host.")
        if len(found) != 1:
            return BadRequest("The request must have one Host header.")
        return self._check(found[0])

    def _check(self, header: bytes) -> BadRequest | None:
        host = _HOST.fullmatch(header.decode("latin-1").lower())
        if host is None:
            return BadRequest("The Host header is malformed.")
        name = host[1]
        if not (self._is_open or name in self._names or name.endswith(self._endings)):
            return BadRequest("The server is not called by this host; the setting allowed_hosts names those it is.")
        if len(self._known) < MAX_KNOWN:
            self._known.add(header)
        return None
