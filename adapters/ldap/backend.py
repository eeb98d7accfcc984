"""The threads on which a directory is asked, so that nobody else waits for it."""

from adapters.ldap.config import LdapConfig
from adapters.ldap.directory import Directory
from adapters.threads import Threads
from domain.accounts.passwords import MAX_PASSWORD_LENGTH, normal_password
from domain.accounts.profiles import Profile
from domain.errors import Unavailable


class LdapBackend:
    """An `AuthBackend`. It has up to `connections` at a time, and up to `max_waiting` sign-ins that wait for one."""

    def __init__(self, config: LdapConfig, *, connections: int, max_waiting: int) -> None:
        self._directory = Directory(config)
        self._threads = Threads(connections, "ldap")
        self._most = connections + max_waiting
        self._under_way = 0

    async def authenticate(self, login: str, password: str) -> Profile | None:
        """See `AuthBackend.authenticate`; raises `DirectoryAway`, and `Unavailable` where too many wait."""
        if not _is_possible(password):
            return None
        if self._under_way >= self._most:
            raise Unavailable(f"{self._most} sign-ins wait for the directory already; try again.")
        self._under_way += 1
        try:
            found: Profile | None = await self._threads.run(self._directory.identify, login, normal_password(password))
            return found
        finally:
            self._under_way -= 1


def _is_possible(password: str) -> bool:
    """Whether this can be anybody's: some directories take one that begins with a NUL for none at all."""
    is_whole = not any("\ud800" <= each <= "\udfff" or each == "\0" for each in password)
    return 0 < len(password) <= MAX_PASSWORD_LENGTH and is_whole
