"""Where requests may go, and how much they may take."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from domain.networks import Network

DEFAULT_PORTS: Final = "80,443,1024-65535"
_LAST_PORT: Final = 65_535
_SPAN: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


@dataclass(frozen=True, slots=True)
class Rules:
    """The bounds of all requests; times are in seconds."""

    networks: Sequence[Network] = ()
    """That are allowed although they are not public."""
    ports: Sequence[range] = (range(80, 81), range(443, 444), range(1024, _LAST_PORT + 1))
    connect_timeout: float = 5.0
    """For the name, the connection and its encryption."""
    read_timeout: float = 10.0
    """Between two pieces of an answer."""
    total_timeout: float = 30.0
    """From the name to the last byte, all redirects together."""
    max_bytes: int = 256 << 10
    """Of an answer's body; of more the rest is not read."""


def read_ports(texts: Sequence[str]) -> Sequence[range]:
    """Ports from numbers and spans such as `1024-65535`; raises `ValueError` that names the first that is none."""
    return tuple(_span(text) for text in texts)


def _span(text: str) -> range:
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no port, and no span of ports such as 1024-65535")
    span = range(int(found[1]), int(found[2] or found[1]) + 1)
    if not 0 < span.start < span.stop <= _LAST_PORT + 1:
        raise ValueError(f"{text!r} is no port from 1 to {_LAST_PORT}, and no span of them")
    return span
