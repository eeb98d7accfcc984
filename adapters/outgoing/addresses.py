"""Which addresses a request may go to: those of the public internet, and what the operator allows."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Final

from domain.networks import Address, Network, is_within, networks, read_address

_NOT_PUBLIC: Final = networks(
    (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and where clouds keep their metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",
        "2001::/23",  # Teredo and others of the IETF's
        "2001:db8::/32",
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",
        "3fff::/20",
    )
)
"""The special-purpose registries of IANA, with what is assigned for a few machines there."""
_PUBLIC_6: Final = IPv6Network("2000::/3")
"""All that has been assigned of IPv6 for the public."""
_NAT64: Final = networks(("64:ff9b::/96", "64:ff9b:1::/48"))


def may_go_to(text: str, allowed: Sequence[Network]) -> bool:
    """Whether an address is public or in a network that is allowed; one that stands for another, only if both are.

    An address of IPv4 that is mapped into IPv6 is the one of IPv4.
    """
    address = read_address(text)
    if address is None:
        return False
    is_allowed = is_within(address, allowed)
    inner = _inner(address)
    if inner is not None:
        return is_allowed and may_go_to(str(inner), allowed)
    return is_allowed or _is_public(address)


def _is_public(address: Address) -> bool:
    if is_within(address, _NOT_PUBLIC) or not address.is_global or address.is_multicast:
        return False
    return address.version == 4 or address in _PUBLIC_6


def _inner(address: Address) -> Address | None:
    """The address of IPv4 that one of IPv6 leads to by way of a translator."""
    if not isinstance(address, IPv6Address):
        return None
    if is_within(address, _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.sixtofour or (address.teredo[1] if address.teredo else None)
