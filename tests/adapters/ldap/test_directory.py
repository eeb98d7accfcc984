"""Whose name and password it is, as a real directory says."""

import pytest

from adapters.ldap.config import LdapConfig
from adapters.ldap.connection import DirectoryAway
from adapters.ldap.directory import Directory
from domain.accounts.profiles import Profile
from tests.support.slapd import ADA_ID, ADA_PASSWORD, CLUB, PEOPLE, SERVICE_PASSWORD, STAFF, Slapd

ADA = Profile(ADA_ID, "Ada@example.com", True, "Ada Lovelace")
CARL = "carl, (the *other*) \\ one"


def by_name(slapd: Slapd, **changes: object) -> LdapConfig:
    """The settings of a server that makes names instead of searching."""
    user_dn = f"uid={{login}},{PEOPLE}"
    return slapd.config(**{"user_dn": user_dn, "search_base": None, "bind_dn": None, "bind_password": None, **changes})


def identify(config: LdapConfig, login: str = "ada", password: str = ADA_PASSWORD) -> Profile | None:
    return Directory(config).identify(login, password)


@pytest.mark.parametrize("login", ["ada", "ADA", "ada@example.com", "Ada@Example.COM"])
def test_somebody_is_found_by_a_search(login: str, slapd: Slapd) -> None:
    assert identify(slapd.config(), login) == ADA


def test_somebody_is_found_by_their_name(slapd: Slapd) -> None:
    assert identify(by_name(slapd)) == ADA
    assert identify(by_name(slapd), "ada@example.com") is None


@pytest.mark.parametrize("how", ["search", "name"])
@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("ada", "another"),
        ("ada", ADA_PASSWORD + " "),
        ("ada", "bob's password"),
        ("ada", ""),
        ("ada", "\u00ad"),  # nothing is left of it by RFC 4013
        ("eve", ADA_PASSWORD),
        ("locked", "any"),
        ("tablegraph", SERVICE_PASSWORD),
        ("elsewhere", ADA_PASSWORD),
    ],
)
def test_wrong_names_and_passwords_are_nobodys(how: str, login: str, password: str, slapd: Slapd) -> None:
    assert identify(slapd.config() if how == "search" else by_name(slapd), login, password) is None


@pytest.mark.parametrize(
    "login",
    [
        "*",
        "a*",
        "ada)(uid=*",
        "ada)(|(uid=*",
        "*)(uid=*))(|(uid=*",
        "ada\\2a",
        "\\2a",
        "ada\x00",
        "ada))\x00",
        "eve)(&(uid=ada",
        "x)(userPassword=*",
    ],
)
def test_what_is_typed_is_never_a_part_of_a_filter(login: str, slapd: Slapd) -> None:
    assert identify(slapd.config(), login) is None


@pytest.mark.parametrize(
    "login",
    [
        f"ada,{PEOPLE}",
        "ada+cn=Ada Lovelace",
        "ada,ou=x",
        'ada"',
        "#0461",
        "ada\\",
        "ada\x00",
        " ada\\20",
        "ada;uid=ada",
        "ada=",
    ],
)
def test_what_is_typed_is_never_a_part_of_a_name(login: str, slapd: Slapd) -> None:
    assert identify(by_name(slapd), login) is None


def test_a_name_of_nothing_but_special_characters_is_found(slapd: Slapd) -> None:
    for config in (slapd.config(), by_name(slapd)):
        found = identify(config, CARL, "carl's password")
        assert found is not None
        assert found.email == "carl@example.com"


def test_two_entries_of_one_name_are_nobodys(slapd: Slapd, caplog: pytest.LogCaptureFixture) -> None:
    assert identify(slapd.config(), "twins@example.com", "twin's password") is None
    assert "several entries for one name" in caplog.text
    assert identify(slapd.config(), "twin", "twin's password") is not None


def test_somebody_without_an_address_proves_none(slapd: Slapd) -> None:
    found = identify(slapd.config(), "dan", "dan's password")

    assert found is not None
    assert (found.email, found.proven_email, found.name) == (None, None, "Dan")


def test_a_directory_need_not_vouch_for_addresses(slapd: Slapd) -> None:
    found = identify(slapd.config(vouches_for_mail=False))

    assert found is not None
    assert (found.known_email, found.proven_email) == ("Ada@example.com", None)


@pytest.mark.parametrize(
    ("group", "membership", "login", "password", "is_member"),
    [
        (STAFF, "group", "ada", ADA_PASSWORD, True),
        (STAFF.upper().replace(",", " , "), "group", "ada", ADA_PASSWORD, True),
        (STAFF, "group", "bob", "bob's password", False),
        (CLUB, "group", "bob", "bob's password", True),
        (STAFF, "memberOf", "ada", ADA_PASSWORD, True),
        (STAFF, "memberOf", "bob", "bob's password", False),
        (f"cn=nobody,{PEOPLE}", "group", "ada", ADA_PASSWORD, False),
        (STAFF, "group", CARL, "carl's password", False),
    ],
)
def test_a_group_may_be_required(
    group: str, membership: str, login: str, password: str, is_member: bool, slapd: Slapd
) -> None:
    config = slapd.config(required_group=group, membership=membership)

    assert (identify(config, login, password) is not None) == is_member
    assert identify(config, login, password + "!") is None


@pytest.mark.parametrize("membership", ["group", "memberOf"])
def test_a_group_may_be_required_of_those_who_are_found_by_name(membership: str, slapd: Slapd) -> None:
    config = by_name(slapd, required_group=STAFF, membership=membership)

    assert identify(config) == ADA
    assert identify(config, "bob", "bob's password") is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"bind_password": "wrong"}, "does not take ldap_bind_dn"),
        ({"bind_dn": None, "bind_password": None}, "a search was answered by insufficientAccessRights"),
        ({"id_attribute": "employeeNumber"}, "an entry has no employeeNumber"),
    ],
)
def test_a_directory_that_is_set_up_wrongly_refuses_nobody_s_password(
    changes: dict[str, object], said: str, slapd: Slapd
) -> None:
    with pytest.raises(DirectoryAway, match=said):
        identify(slapd.config(**changes))
