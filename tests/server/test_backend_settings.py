"""The settings of authentication backends, and what is made of them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.auth_backends import NamedAuthBackend
from adapters.ldap.config import LdapConfig
from adapters.plugins import BackendsRefused
from server.backends import auth_backends_of
from server.settings import Settings
from tests.support.auth_backends import install_auth_backend

LDAP: dict[str, Any] = {
    "auth_backends": "password, ldap",
    "ldap_urls": "ldaps://one.example.com, ldap://two.example.com:3890",
    "ldap_search_base": "dc=example,dc=com",
}


def made(**given: Any) -> Settings:
    return Settings(secret_key=SecretStr("a secret for tests only, 32+ letters"), **given)


def test_by_default_there_are_the_server_s_own_passwords() -> None:
    assert auth_backends_of(made()) == ("password",)
    assert auth_backends_of(made(ldap_urls="ldap://one.example.com")) == ("password",)


def test_the_order_is_that_of_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install_auth_backend(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))

    found = auth_backends_of(made(**{**LDAP, "auth_backends": "company,ldap,password"}, auth_backend_timeout="PT7S"))

    assert [each.name if isinstance(each, NamedAuthBackend) else each for each in found] == [
        "company",
        "ldap",
        "password",
    ]
    assert [each.seconds for each in found if isinstance(each, NamedAuthBackend)] == [7, 7]


def test_a_directory_is_described_by_settings(tmp_path: Path) -> None:
    settings = made(
        **LDAP,
        ldap_bind_dn="cn=tablegraph",
        ldap_bind_password=SecretStr("its own"),
        ldap_ca_file=tmp_path,
        ldap_required_group="cn=staff",
        ldap_membership="memberOf",
        ldap_vouches_for_mail=False,
        ldap_timeout=timedelta(seconds=3),
    )

    assert settings.directory == LdapConfig(
        urls=("ldaps://one.example.com", "ldap://two.example.com:3890"),
        start_tls=True,
        ca_file=tmp_path,
        bind_dn="cn=tablegraph",
        bind_password="its own",
        search_base="dc=example,dc=com",
        search_filter="(|(uid={login})(mail={login}))",
        vouches_for_mail=False,
        required_group="cn=staff",
        membership="memberOf",
        seconds=3.0,
    )
    assert "its own" not in repr(settings) + repr(settings.directory)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"auth_backends": "ldap"}, "the backend ldap needs ldap_urls"),
        ({**LDAP, "ldap_urls": ""}, "the backend ldap needs ldap_urls"),
        ({**LDAP, "ldap_search_base": None}, "either ldap_search_base or ldap_user_dn"),
        ({**LDAP, "ldap_user_dn": "uid={login}"}, "either ldap_search_base or ldap_user_dn"),
        ({"ldap_user_dn": "uid=ada"}, "ldap_user_dn must contain {login}"),
        ({"ldap_bind_dn": "cn=a"}, "ldap_bind_dn and ldap_bind_password go together"),
        ({"ldap_bind_dn": "cn=a", "ldap_bind_password": SecretStr("")}, "must not be empty"),
        ({"ldap_search_filter": "(uid=ada)"}, "{login} is missing"),
        ({"ldap_search_filter": "(uid={login}"}, "it is not a filter of RFC 4515"),
        ({"ldap_search_filter": "uid {login}"}, "it is not a filter of RFC 4515"),
        ({"ldap_urls": "http://a"}, "http://a is not ldap://host"),
        ({"ldap_urls": "ldap://a,ldaps://"}, "ldaps:// is not ldap://host"),
        ({"ldap_urls": "ldap://a/dc=example"}, "is not ldap://host"),
        ({"ldap_urls": "ldap://a:99999"}, "Port out of range"),
        ({"auth_backends": " , "}, "one at least"),
        ({"auth_backends": "password,password"}, "name each backend once"),
        ({"ldap_timeout": timedelta(0)}, "ldap_timeout"),
        ({"ldap_connections": 0}, "ldap_connections"),
        ({"ldap_membership": "nested"}, "ldap_membership"),
    ],
)
def test_what_cannot_be_is_refused(given: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError) as caught:
        made(**given)

    assert said in str(caught.value)


@pytest.mark.parametrize("text", ["(sAMAccountName={login})", "(&(uid={login})(memberOf=cn=a,dc=b)(!(x=1)))"])
def test_any_filter_can_be_one(text: str) -> None:
    assert made(**LDAP, ldap_search_filter=text).directory.search_filter == text


def test_backends_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    absent = tmp_path / "absent.pem"
    client = {"client_id": "id", "client_secret": "secret", "issuer": "https://login.example.com"}

    with pytest.raises(BackendsRefused, match=r"The certificates in .*absent\.pem cannot be read"):
        auth_backends_of(made(**LDAP, ldap_ca_file=absent))
    with pytest.raises(BackendsRefused, match="There is no authentication backend 'company'"):
        auth_backends_of(made(auth_backends="company"))
    with pytest.raises(BackendsRefused, match="auth_backends and oauth_providers both have 'ldap'"):
        auth_backends_of(made(**LDAP, oauth_providers={"ldap": client}))
