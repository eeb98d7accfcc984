"""Argon2id, the scheme that is meant to be used."""

from typing import Final

from argon2 import Parameters, extract_parameters
from argon2 import PasswordHasher as Argon2
from argon2.exceptions import InvalidHashError, VerificationError

from adapters.passwords.hasher import password_bytes

DJANGO: Final = "argon2$"
"""What Django writes in front of the hash that everybody else writes."""
MAX_MEMORY_KIB: Final = 1 << 20
MAX_WORK_KIB: Final = 1 << 22
"""Memory times passes; some seconds."""
MAX_LANES: Final = 64
OWASP: Final = (19 * 1024, 2, 1)
"""Memory in KiB, passes and lanes of OWASP's Password Storage Cheat Sheet."""


class Argon2id:
    """Argon2id (RFC 9106); a hash of Argon2i or Argon2d is verified too, and outdated."""

    def __init__(self, memory_kib: int = OWASP[0], passes: int = OWASP[1], lanes: int = OWASP[2]) -> None:
        self._argon2 = Argon2(time_cost=passes, memory_cost=memory_kib, parallelism=lanes)

    def recognises(self, stored: str) -> bool:
        """See `PasswordHasher.recognises`: any parameters up to the bounds above."""
        found = _parameters(_plain(stored))
        return found is not None and _is_bounded(found)

    def hash(self, password: str) -> str:
        """The hash in the PHC string format."""
        return self._argon2.hash(password_bytes(password))

    def verify(self, stored: str, password: str) -> bool:
        """See `PasswordHasher.verify`."""
        if not self.recognises(stored):
            return False
        try:
            return self._argon2.verify(_plain(stored), password_bytes(password))
        except (VerificationError, InvalidHashError):
            return False

    def is_outdated(self, stored: str) -> bool:
        """Whether memory, passes, lanes, lengths, version or spelling are not the ones of now."""
        return stored.startswith(DJANGO) or self._argon2.check_needs_rehash(stored)


def _plain(stored: str) -> str:
    return "$" + stored.removeprefix(DJANGO) if stored.startswith(DJANGO) else stored


def _parameters(stored: str) -> Parameters | None:
    try:
        return extract_parameters(stored) if stored.startswith("$argon2") else None
    except (InvalidHashError, ValueError):
        return None


def _is_bounded(found: Parameters) -> bool:
    return (
        found.time_cost > 0
        and 0 < found.memory_cost <= MAX_MEMORY_KIB
        and found.memory_cost * found.time_cost <= MAX_WORK_KIB
        and 0 < found.parallelism <= MAX_LANES
    )
