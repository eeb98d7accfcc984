"""The networks that clients come from, for what is counted by them; and who speaks for a client."""

import ipaddress
from collections.abc import Iterable, Sequence
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@lru_cache(maxsize=10_000)
def network_of(address: str | None) -> str | None:
    """An address of IPv4, also where it is written as one of IPv6; of IPv6 the network of 64 bits, a subscriber's."""
    if address is None or ":" not in address:
        return address
    known = read_address(address)
    if known is None:
        return address
    return str(known) if known.version == 4 else str(ipaddress.IPv6Network((known, 64), strict=False))


def read_address(text: str) -> Address | None:
    """An address, of IPv4 also where it is mapped into IPv6, without its zone; None for what is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if address.version == 6 else None
    return mapped or address


def networks(texts: Iterable[str]) -> Sequence[Network]:
    """Networks from addresses and CIDRs; raises `ValueError` that names the first that is none."""
    found = []
    for text in texts:
        try:
            found.append(ipaddress.ip_network(text))
        except ValueError:
            message = f"{text!r} is no address or network, such as 10.0.0.0/8 or fd00::/8 without bits behind the mask"
            raise ValueError(message) from None
    return found


def is_within(address: Address, trusted: Sequence[Network]) -> bool:
    """Whether an address lies in one of the networks."""
    return any(address in network for network in trusted)
