"""What is typed stays a value, in filters and in names."""

import re

from hypothesis import given
from hypothesis import strategies as st
from ldap3.operation.search import MATCH_EQUAL, parse_filter
from ldap3.protocol.convert import prepare_filter_for_sending
from ldap3.utils.dn import parse_dn

from adapters.ldap.escaping import escaped, filled

FILTER = "(|(uid={login})(mail={login}))"
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)


def read(value: str) -> str:
    r"""What a directory reads: each `\xx` is an octet."""
    octets = re.sub(rb"\\([0-9a-f]{2})", lambda found: bytes([int(found[1], 16)]), value.encode())
    return octets.decode()


def test_letters_and_digits_stay_and_all_else_becomes_octets() -> None:
    assert escaped("Ada7") == "Ada7"
    assert escaped("*()\\\0") == "\\2a\\28\\29\\5c\\00"
    assert escaped('a,b+"<>;= #') == "a\\2cb\\2b\\22\\3c\\3e\\3b\\3d\\20\\23"
    assert escaped("\u00e9") == "\\c3\\a9"


@given(TEXTS)
def test_a_filter_keeps_its_shape_whatever_is_typed(text: str) -> None:
    [either] = parse_filter(filled(FILTER, text), None, True, True, None, False).elements
    found = [(each.tag, each.assertion["attr"], each.assertion["value"]) for each in either.elements]

    assert [(tag, name) for tag, name, _ in found] == [(MATCH_EQUAL, "uid"), (MATCH_EQUAL, "mail")]
    assert [prepare_filter_for_sending(value) for *_, value in found] == [text.encode()] * 2


@given(TEXTS)
def test_a_name_keeps_its_shape_whatever_is_typed(text: str) -> None:
    parts = parse_dn(filled("uid={login},dc=example", text))

    assert [(name, separator) for name, _, separator in parts] == [("uid", ","), ("dc", "")]
    assert read(parts[0][1]) == text
