"""Which passwords a server takes: the rules of the domain, and checks that ask something outside."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from adapters.plugins import installed
from domain.accounts.passwords import MIN_PASSWORD_LENGTH, clean_password, refused_password

GROUP: Final = "tablegraph.password_checks"
"""Entry points of this group are checks that other distributions bring."""

PasswordCheck = Callable[[str, str], str | None]
"""Is given password and e-mail address, on a thread, and says in a sentence why the password is refused, or None."""


class PasswordPolicy:
    """The least length, and the checks that each new password must pass."""

    def __init__(self, min_length: int = MIN_PASSWORD_LENGTH, checks: Sequence[PasswordCheck] = ()) -> None:
        self.min_length = min_length
        self._checks = tuple(checks)

    def with_length(self, min_length: int) -> "PasswordPolicy":
        """The same checks behind another least length."""
        return PasswordPolicy(min_length, self._checks)

    async def clean(self, text: str, email: str, *, loc: str = "password") -> str:
        """The password as it is hashed; raises `ValidationFailed`."""
        password = clean_password(text, email, loc=loc, min_length=self.min_length)
        await self.check(password, email, loc=loc)
        return password

    async def check(self, password: str, email: str, *, loc: str = "password") -> None:
        """Raise `ValidationFailed` for a password that a check refuses; the first that does is heard."""
        for check in self._checks:
            message = await asyncio.to_thread(check, password, email)
            if message is not None:
                raise refused_password(message, "value_error.guessable", loc)


def load_checks(names: Sequence[str]) -> list[PasswordCheck]:
    """The checks of these names that are installed; raises `LookupError` for a name that is not."""
    found = {each.name: each for each in installed(GROUP)}
    missing = [name for name in names if name not in found]
    if missing:
        raise LookupError(f"no installed distribution has the entry point {missing[0]!r} of {GROUP}")
    return [found[name].load() for name in names]
