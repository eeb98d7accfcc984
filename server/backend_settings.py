"""The settings of the backends that know passwords, and of the directory that may be one of them."""

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from ldap3.core.exceptions import LDAPException
from ldap3.operation.search import parse_filter
from pydantic import Field, NonNegativeInt, PositiveInt, SecretStr, field_validator, model_validator

from adapters.ldap.config import LOGIN, LdapConfig
from adapters.ldap.escaping import filled
from domain.accounts.auth_backends import LDAP
from server.settings_section import Section, listed


class Backends(Section):
    """Who knows the passwords that `login` takes. See [authentication backends](sign-in-backends.md)."""

    auth_backends: str = Field(
        "password",
        description="Who is asked about a password, in this order and separated by commas: `password` (the accounts of "
        "this server), `ldap` (a directory), and entry points of the group `tablegraph.auth_backends`.",
    )
    auth_backend_timeout: timedelta = Field(
        timedelta(seconds=15), gt=timedelta(0), description="How long one of them may take (ISO 8601)."
    )
    registration_by_backend: bool = Field(
        True,
        description="Whether somebody whom `ldap` or a backend of another package knows gets an account "
        "where `registration_open` is off, too.",
    )
    ldap_urls: str = Field(
        "",
        description="Servers of the directory, `ldaps://host` or `ldap://host:389`, separated by commas; the next is "
        "asked where one is away.",
    )
    ldap_start_tls: bool = Field(
        True, description="Whether connections to `ldap://` are secured by StartTLS. Without it passwords can be read."
    )
    ldap_ca_file: Path | None = Field(
        None, description="Certificates (PEM) of those who vouch for the directory's; without it the system's."
    )
    ldap_bind_dn: str | None = Field(
        None, description="The entry as which people are searched for; without it the search is anonymous."
    )
    ldap_bind_password: SecretStr | None = Field(None, description="Its password.")
    ldap_search_base: str | None = Field(
        None, description="Where people are searched for, `ou=people,dc=example,dc=com`."
    )
    ldap_search_filter: str = Field(
        "(|(uid={login})(mail={login}))",
        description="Finds the one entry of a person; `{login}` is what was typed. For Active Directory "
        "`(|(sAMAccountName={login})(userPrincipalName={login}))`.",
    )
    ldap_user_dn: str | None = Field(
        None,
        description="A person's entry, `uid={login},ou=people,dc=example,dc=com`, instead of a search; it must be "
        "readable to them.",
    )
    ldap_id_attribute: str = Field(
        "entryUUID", description="What an entry keeps for ever; `objectGUID` in Active Directory."
    )
    ldap_mail_attribute: str = Field("mail", description="A person's e-mail address.")
    ldap_name_attribute: str = Field("cn", description="A person's name.")
    ldap_vouches_for_mail: bool = Field(
        True,
        description="Whether addresses in the directory count as verified. Not where people may change their own: an "
        "address opens the account that has it here.",
    )
    ldap_required_group: str | None = Field(
        None, description="The group (DN) that a person must be in; without it none."
    )
    ldap_membership: Literal["group", "memberOf"] = Field(
        "group",
        description="Where it stands who is in a group: in its own entry (`member`, `uniqueMember`), or in the "
        "person's (`memberOf`).",
    )
    ldap_timeout: timedelta = Field(
        timedelta(seconds=5),
        ge=timedelta(seconds=1),
        description="How long a server may take to be connected to, and to answer each question (ISO 8601).",
    )
    ldap_connections: PositiveInt = Field(8, le=100, description="Connections of each worker to the directory.")
    ldap_max_waiting: NonNegativeInt = Field(
        50, description="Sign-ins that may wait for one of those, in each worker; more count it as away."
    )

    @field_validator("ldap_urls")
    @classmethod
    def _are_addresses(cls, given: str) -> str:
        for url in listed(given):
            parts = urlsplit(url)
            if parts.scheme not in ("ldap", "ldaps") or not parts.hostname or parts.path.strip("/") or parts.query:
                raise ValueError(f"{url} is not ldap://host, ldaps://host, or one of them with a port")
            _ = parts.port  # raises ValueError
        return given

    @field_validator("ldap_search_filter")
    @classmethod
    def _is_a_filter(cls, given: str) -> str:
        if LOGIN not in given:
            raise ValueError(f"{LOGIN} is missing")
        try:
            parse_filter(filled(given, "login"), None, True, True, None, False)  # type: ignore[no-untyped-call]  # the stubs'
        except LDAPException as error:
            raise ValueError(f"it is not a filter of RFC 4515: {error}") from None
        return given

    @model_validator(mode="after")
    def _names_a_directory(self) -> Self:
        names = listed(self.auth_backends)
        if not names or len(set(names)) != len(names):
            raise ValueError("auth_backends must name each backend once, and one at least")
        if (self.ldap_bind_dn is None) != (self.ldap_bind_password is None):
            raise ValueError("ldap_bind_dn and ldap_bind_password go together")
        if self.ldap_bind_password is not None and not self.ldap_bind_password.get_secret_value():
            raise ValueError("ldap_bind_password must not be empty: a bind without a password proves nothing")
        if self.ldap_user_dn is not None and LOGIN not in self.ldap_user_dn:
            raise ValueError(f"ldap_user_dn must contain {LOGIN}")
        is_whole = bool(listed(self.ldap_urls)) and (self.ldap_user_dn is None) != (self.ldap_search_base is None)
        if LDAP in names and not is_whole:
            raise ValueError("the backend ldap needs ldap_urls, and either ldap_search_base or ldap_user_dn")
        return self

    @property
    def directory(self) -> LdapConfig:
        """The directory, as its adapter takes it."""
        password = self.ldap_bind_password
        return LdapConfig(
            urls=tuple(listed(self.ldap_urls)),
            start_tls=self.ldap_start_tls,
            ca_file=self.ldap_ca_file,
            bind_dn=self.ldap_bind_dn,
            bind_password=None if password is None else password.get_secret_value(),
            user_dn=self.ldap_user_dn,
            search_base=self.ldap_search_base,
            search_filter=self.ldap_search_filter,
            id_attribute=self.ldap_id_attribute,
            mail_attribute=self.ldap_mail_attribute,
            name_attribute=self.ldap_name_attribute,
            vouches_for_mail=self.ldap_vouches_for_mail,
            required_group=self.ldap_required_group,
            membership=self.ldap_membership,
            seconds=self.ldap_timeout.total_seconds(),
        )
