"""What another package brings to have its own passwords taken by `login`: an entry point of the group below.

    [project.entry-points."tablegraph.auth_backends"]
    company = "company_sso:Directory"

Its object is a class, or a function, that is called without arguments and returns an `AuthBackend`. It is asked where
the setting `auth_backends` names it.
"""

from typing import Final, Protocol

from domain.accounts.profiles import Profile

GROUP: Final = "tablegraph.auth_backends"
PASSWORD: Final = "password"  # noqa: S105  # the name of a backend
LDAP: Final = "ldap"
OWN: Final = (PASSWORD, LDAP)
"""The backends of the server itself; no entry point goes by these names."""


class AuthBackend(Protocol):
    """Knows names and passwords. The backends are asked in the order of the setting, until one says who it is."""

    async def authenticate(self, login: str, password: str) -> Profile | None:
        """Whose name and password these are; None where they are wrong, or not of this backend: the next is asked.

        `login` is a name or an address as it was typed, but with one spelling for what looks the same, and never empty;
        the password is not empty either. A profile with a verified address opens the account of that address here.
        What this raises is logged, as is one that takes longer than `auth_backend_timeout`; the next is asked then, and
        where none says who it is the caller gets `UNAVAILABLE`.
        """
