"""Makes the backends that the settings name, of tokens and of passwords."""

from typing import Literal

from adapters.auth_backends import NamedAuthBackend, load_auth_backends
from adapters.ldap.backend import LdapBackend
from adapters.plugins import BackendsRefused
from domain.accounts.auth_backends import LDAP, OWN, PASSWORD
from server.settings import Settings
from server.settings_section import listed


def auth_backends_of(settings: Settings) -> tuple[NamedAuthBackend | Literal["password"], ...]:
    """Those that `login` asks, in their order; raises `BackendsRefused`."""
    names = listed(settings.auth_backends)
    both = set(names).intersection(settings.oauth_providers)
    if both:  # accounts at either are known by the name
        raise BackendsRefused(f"The settings auth_backends and oauth_providers both have {min(both)!r}.")
    seconds = settings.auth_backend_timeout.total_seconds()
    made = load_auth_backends([name for name in names if name not in OWN], seconds)
    if LDAP in names:
        made[LDAP] = NamedAuthBackend(LDAP, _directory(settings), seconds)
    return tuple(PASSWORD if name == PASSWORD else made[name] for name in names)


def _directory(settings: Settings) -> LdapBackend:
    try:
        return LdapBackend(
            settings.directory, connections=settings.ldap_connections, max_waiting=settings.ldap_max_waiting
        )
    except OSError as error:
        raise BackendsRefused(f"The certificates in {settings.ldap_ca_file} cannot be read: {error}.") from error
