"""The threads on which a directory is asked, so that nobody else waits for it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from adapters.ldap.config import LdapConfig
from adapters.ldap.directory import Directory
from domain.accounts.passwords import MAX_PASSWORD_LENGTH, normal_password
from domain.accounts.profiles import Profile
from domain.errors import Unavailable


class LdapBackend:
    """An `AuthBackend`. It has up to `connections` at a time, and up to `max_waiting` sign-ins that wait for one."""

    def __init__(self, config: LdapConfig, *, connections: int, max_waiting: int) -> None:
        self._directory = Directory(config)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="ldap")
        self._most = connections + max_waiting
        self._under_way = 0

    async def authenticate(self, login: str, password: str) -> Profile | None:
        """See `AuthBackend.authenticate`; raises `DirectoryAway`, and `Unavailable` where too many wait."""
        if not _is_possible(password):
            return None
        if self._under_way >= self._most:
            raise Unavailable(f"{self._most} sign-ins wait for the directory already; try again.")
        self._under_way += 1
        work = asyncio.get_running_loop().run_in_executor(
            self._threads, self._directory.identify, login, normal_password(password)
        )
        try:
            return await work
        finally:
            self._under_way -= 1


def _is_possible(password: str) -> bool:
    """Whether this can be anybody's: some directories take one that begins with a NUL for none at all."""
    is_whole = not any("\ud800" <= each <= "\udfff" or each == "\0" for each in password)
    return 0 < len(password) <= MAX_PASSWORD_LENGTH and is_whole
