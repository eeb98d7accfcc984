"""Which addresses are public, in all the ways that there are to write one that is not."""

import pytest

from adapters.outgoing.addresses import may_go_to
from domain.networks import networks


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "93.184.216.34", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8"],
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert may_go_to(address, ())


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b::8.8.8.8",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:808:808::",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
        "",
        "localhost",
        "0x7f.1",
        "2130706433",
    ],
)
def test_others_are_not(address: str) -> None:
    assert not may_go_to(address, ())


def test_networks_can_be_allowed() -> None:
    allowed = networks(["10.1.0.0/16", "fd00::/8"])

    assert may_go_to("10.1.2.3", allowed)
    assert may_go_to("::ffff:10.1.2.3", allowed)
    assert may_go_to("fd12::1", allowed)
    assert not may_go_to("10.2.0.1", allowed)


def test_a_translator_leads_only_where_one_may_go_anyway() -> None:
    allowed = networks(["64:ff9b::/96", "2002::/16"])

    assert may_go_to("64:ff9b::8.8.8.8", allowed)
    assert may_go_to("2002:808:808::", allowed)
    assert not may_go_to("64:ff9b::10.0.0.1", allowed)
    assert not may_go_to("2002:7f00:1::", allowed)
    assert may_go_to("64:ff9b::10.0.0.1", networks(["64:ff9b::/96", "10.0.0.0/8"]))
