"""The networks that clients without an account come from, for what is counted by them."""

import ipaddress
from functools import lru_cache


@lru_cache(maxsize=10_000)
def network_of(address: str | None) -> str | None:
    """An address of IPv4; of IPv6 the network of 64 bits, for that is what one subscriber has."""
    if address is None or ":" not in address:
        return address
    try:
        return str(ipaddress.IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
