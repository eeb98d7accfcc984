"""The backends that `login` asks besides the server's own passwords, kept from doing harm when they fail."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from adapters.plugins import load_plugins
from domain.accounts.auth_backends import GROUP, AuthBackend
from domain.accounts.profiles import Profile, is_subject

logger = logging.getLogger(__name__)


class BackendAway(Exception):
    """A backend could not say whose a password is; why was logged."""


@dataclass(frozen=True, slots=True)
class NamedAuthBackend:
    """A backend under the name of its entry point, or of the server's own, and the seconds that it may take."""

    name: str
    backend: AuthBackend = field(repr=False)
    seconds: float

    async def authenticate(self, login: str, password: str) -> Profile | None:
        """As `AuthBackend.authenticate`; raises `BackendAway` where it fails, takes too long or answers nonsense."""
        try:
            async with asyncio.timeout(self.seconds):
                return _sound(await self.backend.authenticate(login, password))
        except Exception as error:  # it is not ours, and the users of all others depend on it
            logger.warning("the authentication backend %s is away: %s", self.name, _why(error))
            raise BackendAway(self.name) from error


def load_auth_backends(names: Sequence[str], seconds: float) -> dict[str, NamedAuthBackend]:
    """The backends of other packages by these names; raises `BackendsRefused`."""
    loaded = load_plugins(GROUP, "authentication backend", names)
    return {name: NamedAuthBackend(name, made, seconds) for name, made in loaded}


def _sound(answer: object) -> Profile | None:
    if answer is None:
        return None
    if not isinstance(answer, Profile):
        raise TypeError(f"it answered {type(answer).__name__} instead of a Profile")
    if not is_subject(answer.subject):
        raise ValueError("the subject of its answer is not 1 to 255 characters of ASCII")
    return answer


def _why(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"
