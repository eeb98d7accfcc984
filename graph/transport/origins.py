"""Which pages may open a WebSocket: browsers ask nobody before they do, so the server has to look at the origin."""

from collections.abc import Iterable
from typing import Final

ANY: Final = "*"


class Origins:
    """The origins that may: those of a list, and each page that comes from the host that it calls."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(each.lower().encode() for each in allowed)
        self._is_open = ANY.encode() in self._allowed

    def admit(self, headers: Iterable[tuple[bytes, bytes]]) -> bool:
        """Whether a handshake with these headers may go on; one without an origin comes from no browser."""
        origins = [value.strip().lower() for name, value in headers if name == b"origin"]
        if self._is_open or not origins:
            return True
        if len(origins) > 1:
            return False
        hosts = [value.strip().lower() for name, value in headers if name == b"host"]
        return origins[0] in self._allowed or origins[0].partition(b"://")[2] in hosts
